/** `luthier runs`: the history on the command line. */
import { CodedException, orThrow } from '../../../../src-shared/contract/coded-error.ts';
import {
  adapterOfParent,
  type RunChanges,
  type RunDetails,
  runChangesSchema,
} from '../../../../src-shared/domain/run.ts';
import type { StepMetric } from '../../../../src-shared/domain/training.ts';
import { runNotFound } from '../../../backend/answer-prompts.ts';
import type { BackendParts } from '../../../backend/backend-parts.ts';
import { findRun } from '../../../backend/find-run.ts';
import { changeRun, deleteRuns, restoreRuns } from '../../../backend/keep-history.ts';
import { continued, recipeOfRun } from '../../../backend/recipe-of-run.ts';
import { runDirectoryOf } from '../../../backend/supervise-run.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { invalidArguments } from '../invalid-arguments.ts';
import { repetitionText } from '../repetition-text.ts';

export async function showRunCommand(
  { parts, output }: CommandContext,
  idOrPrefix: string,
): Promise<ExitCode> {
  const run = parts.store.show(resolveRunId(parts, idOrPrefix));
  if (!run) throw new CodedException(runNotFound(idOrPrefix));
  if (output.json) await output.document({ ...run, steps: allSteps(parts, run.id) });
  output.text(
    [
      `${run.name} (${run.id})`,
      `Status    ${run.status}${run.paused ? ', paused' : ''}`,
      `Started   ${run.createdAt}`,
      `Ended     ${run.endedAt ?? 'not yet'}`,
      `Steps     ${run.stepsDone} of ${run.plannedSteps}`,
      `Loss      ${run.firstStep?.loss.toFixed(4) ?? 'none'} → ${run.lastSteps.at(-1)?.loss.toFixed(4) ?? 'none'}`,
      ...costOf(run),
      ...(run.versions['device'] ? [`Device    ${run.versions['device']}`] : []),
      ...(run.tags.length === 0 ? [] : [`Tags      ${run.tags.join(', ')}`]),
      ...(run.note === '' ? [] : [`Note      ${run.note}`]),
      `Adapter   ${run.adapterPath ?? 'none'}`,
      ...familyOf(run),
      ...(run.bestAdapterPath === null ? [] : [`Best      ${run.bestAdapterPath}`]),
      ...run.checkpoints.map(({ step, path }) => `Saved     step ${step}: ${path}`),
      ...run.resumptions.map(
        ({ at, fromStep, savedMs }) =>
          `Resumed   ${at} at step ${fromStep + 1}; ${fromStep} steps and ${(savedMs / 1000).toFixed(1)} s of training were done`,
      ),
      ...(run.error ? [`Error     ${run.error.title} ${run.error.cause}`] : []),
      ...(run.processExit ? ['Last lines', ...run.processExit.lastLines.map(line => `  ${line}`)] : []),
    ].join('\n'),
  );
  return EXIT.done;
}

const RELATIONS = { continued: 'continues', cloned: 'changed from', again: 'repeats' } as const;

const ADAPTERS = {
  best: ', with the adapter of its best evaluation',
  last: ', with the adapter of its last step',
};

function familyOf({ parent, parentName, children, repetition, recipe }: RunDetails): string[] {
  const adapter = parent?.kind === 'continued' ? adapterOfParent(recipe) : null;
  return [
    ...(parent
      ? [
          `From      ${RELATIONS[parent.kind]} ${parentName ?? 'a deleted run'} (${parent.id})${adapter ? ADAPTERS[adapter] : ''}`,
        ]
      : []),
    ...(repetition ? [`Repeated  ${repetitionText(repetition)}`] : []),
    ...children.map(({ id, name, kind }) => `Led to    ${name} (${id}), which ${RELATIONS[kind]} it`),
  ];
}

/** What preflight expected beside what the run took: memory, and time per step over all its steps. */
function costOf({ preflight, memoryBytes, lastSteps, stepsDone }: RunDetails): string[] {
  const { estimate } = preflight;
  const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
  const seconds = (value: number) => `${value.toPrecision(3)} s`;
  const last = lastSteps.at(-1);
  const [memory, time] = [
    memoryBytes === null ? 'not measured' : `peak ${mebibytes(memoryBytes)}`,
    last === undefined ? 'not measured' : seconds(last.elapsedMs / 1000 / Math.max(1, stepsDone)),
  ];
  const expected =
    estimate.secondsPerStep === null ? 'no estimate' : `estimate ${seconds(estimate.secondsPerStep)}`;
  return [
    `Memory    ${memory}, estimate ${mebibytes(estimate.memoryBytes)}`,
    `Time      ${time} per step, ${expected}`,
  ];
}

function allSteps({ store }: BackendParts, id: string): StepMetric[] {
  const steps: StepMetric[] = [];
  for (
    let page = store.steps(id, 0, PAGE);
    page.steps.length > 0;
    page = store.steps(id, steps.length, PAGE)
  ) {
    steps.push(...page.steps);
  }
  return steps;
}

const PAGE = 10_000;

export interface RecipeArguments {
  /** The recipe begins with this adapter of the run. */
  readonly continue?: 'best' | 'last';
}

/** The recipe that a run was made with, to be kept as a file and trained again; paths in it are absolute. */
export async function runRecipeCommand(
  { parts, output }: CommandContext,
  idOrPrefix: string,
  { continue: adapter }: RecipeArguments = {},
): Promise<ExitCode> {
  const id = resolveRunId(parts, idOrPrefix);
  const stored = orThrow(recipeOfRun(parts, id));
  const recipe = adapter === undefined ? stored : orThrow(continued(parts, stored, id, adapter));
  if (output.json) await output.document({ recipe });
  await output.text(parts.recipeToYaml(recipe, id).trimEnd());
  return EXIT.done;
}

/** What the trainers of a run wrote: the end of it, where it is long. */
export async function runLogCommand(
  { parts, output }: CommandContext,
  idOrPrefix: string,
): Promise<ExitCode> {
  const id = resolveRunId(parts, idOrPrefix);
  const { recipe } = orThrow(findRun(parts, id));
  const log = parts.trainerLogs.read(runDirectoryOf(parts, recipe, id));
  if (output.json) await output.document(log);
  if (log.isCut) process.stderr.write(`Only its end. The whole log: ${log.path}\n`);
  await output.text(log.lines.join('\n'));
  return EXIT.done;
}

export function changeRunCommand(
  context: CommandContext,
  idOrPrefix: string,
  changes: RunChanges,
  text: string,
): Promise<ExitCode> {
  const id = resolveRunId(context.parts, idOrPrefix);
  orThrow(changeRun(context.parts, id, checkedChanges(changes)));
  return done(context, id, text);
}

export function deleteRunCommand(context: CommandContext, idOrPrefix: string): Promise<ExitCode> {
  const id = resolveRunId(context.parts, idOrPrefix);
  orThrow(deleteRuns(context.parts, [id]));
  return done(context, id, `Deleted; its files stay. Undo: luthier runs restore ${id}`);
}

export function restoreRunCommand(context: CommandContext, idOrPrefix: string): Promise<ExitCode> {
  const id = resolveDeletedRunId(context.parts, idOrPrefix);
  orThrow(restoreRuns(context.parts, [id]));
  return done(context, id, `${id} is in the history again.`);
}

async function done({ output }: CommandContext, id: string, text: string): Promise<ExitCode> {
  if (output.json) await output.document({ id });
  await output.text(text);
  return EXIT.done;
}

function checkedChanges(changes: RunChanges): RunChanges {
  const parsed = runChangesSchema.safeParse(changes);
  if (parsed.success) return parsed.data;
  throw invalidArguments(
    parsed.error.issues.map(({ message, path }) => `${path.join('.')}: ${message}`).join('\n'),
    'Give a name of 1 to 200 characters, tags of 1 to 100, or a shorter note.',
  );
}

/** A whole id, or the beginning of exactly one. Throws a CodedException. */
export function resolveRunId(parts: BackendParts, idOrPrefix: string): string {
  return onlyOne(parts.store.idsStartingWith(idOrPrefix), idOrPrefix);
}

/** The same of a run that was deleted. Throws a CodedException. */
export function resolveDeletedRunId(parts: BackendParts, idOrPrefix: string): string {
  return onlyOne(parts.store.hiddenIdsStartingWith(idOrPrefix), idOrPrefix);
}

function onlyOne(ids: readonly string[], idOrPrefix: string): string {
  const [first, second] = ids;
  if (first !== undefined && (second === undefined || ids.includes(idOrPrefix))) {
    return ids.includes(idOrPrefix) ? idOrPrefix : first;
  }
  if (first === undefined) throw new CodedException(runNotFound(idOrPrefix));
  throw new CodedException({
    code: 'arguments.ambiguous',
    title: 'The id fits more than one run.',
    cause: `${idOrPrefix} begins ${ids.length} ids: ${ids.slice(0, 5).join(', ')}.`,
    remedy: 'Give more of it.',
  });
}
