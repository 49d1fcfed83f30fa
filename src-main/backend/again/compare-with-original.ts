/** A run that repeats another one, beside it: inputs, versions, steps, and the adapter byte for byte. */
import type { AdapterComparison, Repetition } from '../../../src-shared/domain/repetition.ts';
import type { RunStatus } from '../../../src-shared/domain/run.ts';
import type { RunHashes } from '../../../src-shared/domain/training.ts';
import type { BackendParts } from '../backend-parts.ts';
import { compareInputs } from '../compare-inputs.ts';
import type { RunStore } from '../ports.ts';
import { AGAIN_EXTENDED } from './again-extended.ts';

/** The run that has just ended. Its steps are in the history already. */
export interface EndedRun {
  readonly id: string;
  readonly hashes: RunHashes;
  readonly versions: Readonly<Record<string, string>>;
  readonly status: RunStatus;
  readonly adapterPath: string | null;
}

export async function compareWithOriginal(
  { store, adapterFiles }: Pick<BackendParts, 'store' | 'adapterFiles'>,
  originalId: string,
  run: EndedRun,
): Promise<Repetition> {
  const original = store.brief(originalId);
  if (original === null) {
    return { ...NOTHING_COMPARED, adapter: { kind: 'notCompared', reason: 'originalGone' } };
  }
  const adapter = async (): Promise<AdapterComparison> => {
    if (run.status !== 'completed' || run.adapterPath === null)
      return { kind: 'notCompared', reason: 'ended' };
    if (original.status !== 'completed') return { kind: 'notCompared', reason: 'originalEnded' };
    const compared = original.adapterPath
      ? await adapterFiles.compare(original.adapterPath, run.adapterPath)
      : null;
    return compared ?? { kind: 'notCompared', reason: 'fileMissing' };
  };
  return {
    changedInputs: [...(compareInputs(original.hashes, run.hashes)?.differing ?? [])],
    changedVersions: changedVersions(original.versions, run.versions),
    steps: compareSteps(store, originalId, run.id),
    adapter: await adapter(),
    isOriginalExtended: store.show(run.id)?.warnings.some(({ code }) => code === AGAIN_EXTENDED) ?? false,
  };
}

const NOTHING_COMPARED = {
  changedInputs: [],
  changedVersions: [],
  steps: { compared: 0, firstDifferent: null },
};

/** Runs of earlier versions do not say what these were. */
const ONLY_LATER: ReadonlySet<string> = new Set(['device', 'llamaCpp', 'native']);

function changedVersions(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): Repetition['changedVersions'] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    name => before[name] !== undefined || !ONLY_LATER.has(name),
  );
  return names
    .filter(name => before[name] !== now[name])
    .map(name => ({ name, before: before[name] ?? 'none', now: now[name] ?? 'none' }));
}

const AT_ONCE = 5000;

/** Page by page, up to the first step that differs. Both runs count their steps from 1 without a gap. */
function compareSteps(store: RunStore, original: string, repetition: string): Repetition['steps'] {
  let compared = 0;
  for (;;) {
    const before = store.steps(original, compared, AT_ONCE).steps;
    const now = store.steps(repetition, compared, AT_ONCE).steps;
    const both = Math.min(before.length, now.length);
    for (let i = 0; i < both; i++) {
      const [one, other] = [before[i], now[i]];
      if (one?.loss !== other?.loss || one?.gradNorm !== other?.gradNorm) {
        return { compared: compared + i + 1, firstDifferent: other?.step ?? null };
      }
    }
    compared += both;
    if (both < AT_ONCE) return { compared, firstDifferent: null };
  }
}
