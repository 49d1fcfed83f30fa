/** `luthier train`: preflight, then training; events as they come. */
import { orThrow } from '../../../../src-shared/contract/coded-error.ts';
import type { FinishedEvent, TrainingEvent } from '../../../../src-shared/domain/training.ts';
import { launchRun } from '../../../backend/launch-run.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { openRecipe, type RecipeArgument } from '../open-recipe.ts';
import type { Output } from '../output.ts';

export async function trainCommand(context: CommandContext, argument: RecipeArgument): Promise<ExitCode> {
  const { output, parts, signal } = context;
  const recipe = openRecipe(context, argument);
  const launched = orThrow(
    await launchRun(parts, recipe, {
      signal,
      onProgress: output.progress,
      onEvent: event => showEvent(output, event),
    }),
  );
  return exitCodeOfRun(await launched.finished, signal);
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
  if (event.error)
    process.stderr.write(
      `${event.error.code}: ${event.error.title}\n${event.error.cause}\n${event.error.remedy}\n`,
    );
}
