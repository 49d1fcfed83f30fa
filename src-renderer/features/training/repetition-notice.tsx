/** What a run that repeats another one found: whether the adapter is the same, and what is not. */
import type { Repetition } from '../../../src-shared/domain/repetition.ts';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { familyStrings as strings } from '../../strings/family.ts';
import { Callout } from '../../ui/callout.tsx';
import { type RunState, repetitionOf } from './run-state.ts';

export function RepetitionNotice({ run }: { readonly run: RunState }) {
  const repetition = repetitionOf(run);
  if (repetition === null) return null;
  const { adapter } = repetition;
  const [tone, title] = {
    same: ['ok', strings.same] as const,
    different: ['warn', strings.different] as const,
    notCompared: ['warn', strings.notCompared] as const,
  }[adapter.kind];
  return (
    <Callout tone={tone} title={title}>
      {sentencesOf(repetition).map(sentence => (
        <p key={sentence} className="wrap">
          {sentence}
        </p>
      ))}
      {adapter.kind === 'same' && (
        <p className="small wrap">
          SHA-256 <code>{adapter.sha256}</code>
        </p>
      )}
    </Callout>
  );
}

function sentencesOf(repetition: Repetition): readonly string[] {
  const { adapter, steps, changedInputs, changedVersions, isOriginalExtended } = repetition;
  const { compared, firstDifferent } = steps;
  return [
    adapterSentence(adapter),
    ...(firstDifferent === null ? [] : [strings.firstDifferent(formatCount(firstDifferent))]),
    ...(firstDifferent === null && compared > 0 ? [strings.sameSteps(formatCount(compared))] : []),
    ...(isOriginalExtended === true ? [strings.originalExtended] : []),
    ...(changedInputs.length === 0 ? [] : [strings.changed(changedInputs)]),
    ...(changedVersions.length === 0 ? [] : [strings.versions(changedVersions)]),
  ];
}

function adapterSentence(adapter: Repetition['adapter']): string {
  switch (adapter.kind) {
    case 'same':
      return strings.sameHelp(formatBytes(adapter.bytes));
    case 'different': {
      const { matrices, differing, largestDifference: distance } = adapter;
      if (matrices === 0) return strings.unreadable;
      return strings.matrices(
        formatCount(differing),
        formatCount(matrices),
        distance === null ? null : distance.toPrecision(2),
      );
    }
    default:
      return strings.reasons[adapter.reason];
  }
}
