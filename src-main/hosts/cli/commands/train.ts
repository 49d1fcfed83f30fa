/** `luthier train`: preflight, then training; events as they come. */
import { CodedException, orThrow } from '../../../../src-shared/contract/coded-error.ts';
import { type RunLength, runLengthSchema } from '../../../../src-shared/domain/run.ts';
import type { FinishedEvent, TrainingEvent } from '../../../../src-shared/domain/training.ts';
import type { Recipe } from '../../../../src-shared/recipe/schema.ts';
import { extendRun } from '../../../backend/extend-run.ts';
import { launchRun } from '../../../backend/launch-run.ts';
import { parentOfRecipe } from '../../../backend/parent-of-recipe.ts';
import { launchInTurn } from '../../../backend/queue/launch-in-turn.ts';
import { resumeRun } from '../../../backend/resume-run.ts';
import type { LaunchOptions } from '../../../backend/supervise-run.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { openRecipe } from '../open-recipe.ts';
import type { Output } from '../output.ts';
import { repetitionText } from '../repetition-text.ts';
import { resolveRunId } from './runs.ts';

/** The recipe may be left out where a run is resumed: then it is the one of the history. */
export interface TrainArguments {
  readonly recipePath: string | undefined;
  readonly set: readonly string[];
  readonly resume: string | undefined;
  /** A run that is to become as long as `length` says. */
  readonly extend: string | undefined;
  readonly length: { readonly epochs: number | undefined; readonly steps: number | undefined };
  /** Takes its turn behind the runs of other processes. */
  readonly waits: boolean;
}

export async function trainCommand(context: CommandContext, args: TrainArguments): Promise<ExitCode> {
  const { output, parts, signal } = context;
  const options: LaunchOptions = {
    signal,
    onProgress: output.progress,
    onEvent: event => showEvent(output, event),
  };
  const { epochs, steps } = args.length;
  if (args.extend !== undefined) {
    const length = lengthOf(args);
    const extended = await extendRun(parts, resolveRunId(parts, args.extend), length, options);
    return exitCodeOfRun(await orThrow(extended).finished, signal);
  }
  if (epochs !== undefined || steps !== undefined)
    throw invalid('`--epochs` and `--steps` are for `--extend`; a recipe says how long its run is.');
  const recipe = recipeOf(context, args);
  if (args.waits && args.resume !== undefined)
    throw invalid('A run that is resumed takes no place in the queue.');
  const launched = await (args.resume === undefined
    ? launchNew(context, args, recipe as Recipe, options)
    : resumeRun(parts, resolveRunId(parts, args.resume), recipe, options));
  return exitCodeOfRun(await orThrow(launched).finished, signal);
}

/** As the child of the run that the recipe comes from, where it does from one. */
async function launchNew(
  { parts, output, at }: CommandContext,
  { recipePath = '', waits }: TrainArguments,
  recipe: Recipe,
  options: LaunchOptions,
) {
  const parent = parentOfRecipe(parts, recipe, parts.runNamedIn(at(recipePath)));
  if (parent !== null)
    await output.text(`${RELATIONS[parent.kind]} ${parts.store.brief(parent.id)?.name} (${parent.id}).`);
  const related = parent === null ? options : { ...options, parent };
  if (!waits) return await launchRun(parts, recipe, related);
  return await launchInTurn(parts, recipe, related, what => process.stderr.write(`Waits for ${what}.\n`));
}

const RELATIONS = { continued: 'Continues', cloned: 'Changed from' } as const;

/** Of a run that is extended: everything else of it stays. */
function lengthOf({ recipePath, set, resume, waits, length }: TrainArguments): RunLength {
  if (recipePath !== undefined || set.length > 0 || resume !== undefined || waits)
    throw invalid('A run is extended with its own recipe, at once: only `--epochs` or `--steps` go with it.');
  const { epochs, steps } = length;
  const parsed = runLengthSchema.safeParse({
    ...(epochs === undefined ? {} : { epochs }),
    ...(steps === undefined ? {} : { maxSteps: steps }),
  });
  if (parsed.success) return parsed.data;
  throw invalid('`--extend` needs `--epochs` or `--steps`, one of them: how long the whole run is to be.');
}

/** Null only where a run is resumed with the recipe that it was started with. */
function recipeOf(context: CommandContext, { recipePath, set, resume }: TrainArguments): Recipe | null {
  if (recipePath !== undefined) return openRecipe(context, { path: recipePath, set });
  if (resume !== undefined && set.length === 0) return null;
  throw invalid('A recipe is missing.');
}

function invalid(cause: string): CodedException {
  return new CodedException({
    code: 'arguments.invalid',
    title: 'The arguments do not fit.',
    cause,
    remedy: 'Give the path of a recipe; `--wait` is for new runs. `luthier train --help` lists the options.',
  });
}

export function exitCodeOfRun(finished: FinishedEvent, signal: AbortSignal): ExitCode {
  if (finished.status === 'completed') return EXIT.done;
  return finished.status === 'stopped' && signal.aborted ? EXIT.interrupted : EXIT.failed;
}

/** With `--json` every event is a line; else a line of text for those that people wait for. */
export function showEvent(output: Output, event: TrainingEvent): void {
  if (output.json) {
    void output.document(event);
    return;
  }
  switch (event.type) {
    case 'run':
      output.text(`Run ${event.id}, ${event.steps} steps.`);
      if (event.resumed) output.text(resumptionText(event.resumed, event.steps));
      break;
    case 'checkpoint':
      output.text(`step ${event.step}  checkpoint ${event.path}`);
      break;
    case 'sample':
      output.text(`step ${event.step}  sample ${JSON.stringify(event.prompt)}: ${event.text}`);
      break;
    case 'step': {
      const rate = event.learningRate.toExponential(2);
      output.text(
        `step ${event.step}  loss ${event.loss.toFixed(4)}  gradient norm ${event.gradNorm.toFixed(3)}  rate ${rate}  ${Math.round(event.tokensPerSecond)} tokens/s`,
      );
      break;
    }
    case 'evaluation':
      output.text(
        `step ${event.step}  evaluation loss ${event.loss.toFixed(4)}  perplexity ${event.perplexity.toFixed(2)}`,
      );
      break;
    case 'warning':
      process.stderr.write(`${event.code}: ${event.message}\n`);
      break;
    case 'finished':
      showFinished(output, event);
      break;
    default:
      break;
  }
}

function showFinished(output: Output, event: FinishedEvent): void {
  output.text(`Run ${event.status} after ${event.steps} steps.`);
  if (event.adapterPath !== null) output.text(`Adapter: ${event.adapterPath}`);
  if (event.bestAdapterPath !== null) output.text(`Adapter of the best evaluation: ${event.bestAdapterPath}`);
  if (event.repetition) output.text(repetitionText(event.repetition));
  if (event.error)
    process.stderr.write(
      `${event.error.code}: ${event.error.title}\n${event.error.cause}\n${event.error.remedy}\n`,
    );
}

/** What the checkpoint was worth: `Goes on at step 51 of 100; 50 steps and 12.3 s of training are done.` */
function resumptionText({ fromStep, savedMs }: { fromStep: number; savedMs: number }, steps: number): string {
  if (fromStep === 0) return 'There is no checkpoint: the run begins again at step 1.';
  const seconds = (savedMs / 1000).toFixed(1);
  return `Goes on at step ${fromStep + 1} of ${steps}; ${fromStep} steps and ${seconds} s of training are done.`;
}
