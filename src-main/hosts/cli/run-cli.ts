/** Every command with its arguments and options, and the way from a thrown fault to an exit code. */
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import manifest from '../../../package.json' with { type: 'json' };
import { orThrow, toCodedError } from '../../../src-shared/contract/coded-error.ts';
import { EXPORT_FORMATS, MERGED_TYPES } from '../../../src-shared/domain/export.ts';
import type { BackendParts } from '../../backend/backend-parts.ts';
import { createBackendParts } from '../create-backend.ts';
import { locateFiles } from '../locate-files.ts';
import { type ChatArguments, chatCommand } from './commands/chat.ts';
import { inspectCommand, renderCommand } from './commands/data.ts';
import { demoCommand } from './commands/demo.ts';
import { diskCommand } from './commands/disk.ts';
import { doctorCommand } from './commands/doctor.ts';
import { type ExportArguments, exportCommand } from './commands/export.ts';
import { batchesCommand, labelsCommand, preflightCommand } from './commands/labels.ts';
import { modelsCommand } from './commands/models.ts';
import { serveCommand } from './commands/serve.ts';
import { settingsCommand } from './commands/settings.ts';
import { trainCommand } from './commands/train.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-codes.ts';
import {
  type Action,
  collect,
  decimal,
  type GlobalOptions,
  type Perform,
  wholeNumber,
  withGlobalOptions,
} from './options.ts';
import { createOutput } from './output.ts';
import { addRunsCommands } from './runs-commands.ts';

export interface CliPlaces {
  /** What relative paths are relative to: the folder that the command was called from. */
  readonly directory: string;
  /** The folder with the built entry files. */
  readonly builtDirectory: string;
}

interface RecipeOptions extends GlobalOptions {
  readonly set: readonly string[];
}

export async function runCli(args: readonly string[], places: CliPlaces): Promise<ExitCode> {
  const outcome: { exitCode: ExitCode } = { exitCode: EXIT.done };
  const program = buildProgram(async (options, action) => {
    outcome.exitCode = await runAction(options, places, action);
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return outcome.exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.done;
    const output = createOutput({ json: args.includes('--json'), debug: args.includes('--debug') });
    if (thrown instanceof CommanderError) {
      output.error({
        code: 'arguments.invalid',
        title: 'The arguments do not fit.',
        cause: thrown.message.replace(/^error: /, ''),
        remedy: 'See `luthier --help`.',
      });
      return EXIT.refused;
    }
    output.error(toCodedError(thrown));
    return EXIT.failed;
  }
}

/** One Ctrl-C may arrive several times: from the terminal, from npm, from the set-up script. */
const ONE_PRESS_MS = 1_000;

function buildProgram(perform: Perform): Command {
  const program = new Command('luthier')
    .description('Fine-tunes language models on your own machine.')
    .version(manifest.version)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .showHelpAfterError(false);

  const command = (usage: string, description: string) =>
    withGlobalOptions(program.command(usage).description(description));

  const recipeCommand = (name: string, description: string) =>
    command(`${name} <recipe>`, description).option(
      '--set <key=value>',
      'override a key of the recipe; may be given again',
      collect,
      [],
    );

  command('demo', 'train the bundled demo and compare base and tuned answers').action(
    (options: GlobalOptions) => perform(options, demoCommand),
  );
  command('dataset <file>', 'inspect a data file').action((file: string, options: GlobalOptions) =>
    perform(options, context => inspectCommand(context, file)),
  );
  recipeCommand('render', 'show what the chat template makes of a row')
    .option('--row <n>', 'which row, counted from 0', wholeNumber, 0)
    .option('--context <file>', 'a JSON template context to render instead')
    .action((path: string, options: RecipeOptions & { row: number; context?: string }) =>
      perform(options, context => renderCommand(context, { path, set: options.set }, options)),
    );
  recipeCommand('labels', 'every example as the trainer will see it, one a line')
    .option('--limit <n>', 'only the first n', wholeNumber)
    .action((path: string, options: RecipeOptions & { limit?: number }) =>
      perform(options, context => labelsCommand(context, { path, set: options.set }, options.limit ?? null)),
    );
  recipeCommand('batches', 'the collated micro-batches in training order, one a line')
    .option('--limit <n>', 'only the first n', wholeNumber)
    .action((path: string, options: RecipeOptions & { limit?: number }) =>
      perform(options, context => batchesCommand(context, { path, set: options.set }, options.limit ?? null)),
    );
  recipeCommand('preflight', 'all checks over the whole dataset, before any weights are loaded')
    .option('--probe', 'take a real step too: check its loss and gradients, measure its memory and time')
    .action((path: string, options: RecipeOptions & { probe?: boolean }) =>
      perform(options, context =>
        preflightCommand(context, { path, set: options.set }, options.probe === true),
      ),
    );
  command('train [recipe]', 'preflight, then training; Ctrl-C stops and keeps what there is')
    .option('--set <key=value>', 'override a key of the recipe; may be given again', collect, [])
    .option('--resume <run>', 'go on with a run from its newest checkpoint; its recipe may be left out')
    .option('--extend <run>', 'go on with a run for longer than it was meant to, from its newest checkpoint')
    .option('--epochs <n>', 'extend: how many epochs the whole run is to have', decimal)
    .option('--steps <n>', 'extend: how many steps the whole run is to have', wholeNumber)
    .option('--wait', 'take a place in the queue of runs, and start when no other run trains')
    .action(
      (
        recipePath: string | undefined,
        options: GlobalOptions & {
          set: string[];
          resume?: string;
          extend?: string;
          epochs?: number;
          steps?: number;
          wait?: boolean;
        },
      ) =>
        perform(options, context =>
          trainCommand(context, {
            recipePath,
            set: options.set,
            resume: options.resume,
            extend: options.extend,
            length: { epochs: options.epochs, steps: options.steps },
            waits: options.wait === true,
          }),
        ),
    );
  addRunsCommands(program, perform);
  command('chat <run>', 'base and tuned answers side by side')
    .option('--prompt <text>', 'one prompt; without it a conversation, or each line of a pipe is one')
    .option('--base', 'only the base model')
    .option('--other <run>', 'the tuned model of another run beside them')
    .option('--system <text>', "the system prompt; without it the recipe's")
    .option('--temperature <t>', '0 is greedy', decimal, 0)
    .option('--top-p <p>', 'nucleus sampling', decimal, 1)
    .option('--top-k <n>', 'only the likeliest n tokens; 0 takes all', wholeNumber, 0)
    .option('--seed <n>', 'seed of the sampling', wholeNumber, 42)
    .option('--max-tokens <n>', 'the longest answer', wholeNumber, 512)
    .action((run: string, options: GlobalOptions & ChatArguments) =>
      perform(options, context => chatCommand(context, run, options)),
    );
  command('export <run>', 'the tuned model as files for other programs, verified')
    .requiredOption('--format <format>', EXPORT_FORMATS.join(', '))
    .requiredOption('--output <path>', 'where to; a folder keeps the name that the run gives')
    .option('--quantization <type>', `of a merged model: ${MERGED_TYPES.join(', ')}`, 'keep')
    .option('--best', 'the adapter with the lowest validation loss instead of the last')
    .option('--force', 'replace what is there')
    .action((run: string, options: GlobalOptions & ExportArguments) =>
      perform(options, context => exportCommand(context, run, options)),
    );
  command('serve', 'the studio in a browser, on this machine only')
    .option('--port <n>', '0 takes a free one', wholeNumber, 0)
    .option('--no-open', 'do not open a browser')
    .action((options: GlobalOptions & { port: number; open: boolean }) =>
      perform(options, context => serveCommand(context, options)),
    );
  command('models [folders...]', 'GGUF files on this machine, and which of them can be trained').action(
    (folders: string[], options: GlobalOptions) =>
      perform(options, context => modelsCommand(context, folders)),
  );
  command(
    'disk [what] [names...]',
    'what takes space: list, models, clean, restore ID, or limit SIZE of the cache',
  )
    .option('--dry-run', 'with clean: only show what would go')
    .action((what: string | undefined, names: string[], options: GlobalOptions & { dryRun?: boolean }) =>
      perform(options, context =>
        diskCommand(context, { what: what ?? 'list', names, dryRun: options.dryRun === true }),
      ),
    );
  command(
    'settings [what] [names...]',
    'choices that hold for the data folder: show, or set NAME VALUE (modelFolders takes several, none empties it)',
  ).action((what: string | undefined, names: string[], options: GlobalOptions) =>
    perform(options, context => settingsCommand(context, what ?? 'show', names)),
  );
  command('doctor', 'versions, devices, memory, folders, database').action((options: GlobalOptions) =>
    perform(options, doctorCommand),
  );
  return program;
}

/** Opens the backend for one command, closes it, and turns faults into coded errors. */
async function runAction(options: GlobalOptions, places: CliPlaces, action: Action): Promise<ExitCode> {
  const output = createOutput({ json: options.json === true, debug: options.debug === true });
  const stop = new AbortController();
  let interruptedAt = 0;
  const interrupt = () => {
    const again = stop.signal.aborted && performance.now() - interruptedAt > ONE_PRESS_MS;
    if (again) process.exit(EXIT.interrupted);
    if (!stop.signal.aborted) interruptedAt = performance.now();
    stop.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  let parts: BackendParts | null = null;
  try {
    const files = locateFiles(places.builtDirectory);
    parts = orThrow(
      createBackendParts({
        host: 'cli',
        home: options.home === undefined ? null : resolve(places.directory, options.home),
        resourcesDirectory: files.resourcesDirectory,
        nativeDirectory: files.nativeDirectory,
        processDirectory: files.processDirectory,
      }),
    );
    if (parts.notice) output.notice(parts.notice);
    return await action({
      parts,
      output,
      signal: stop.signal,
      directory: places.directory,
      rendererDirectory: files.rendererDirectory,
      at: path => resolve(places.directory, path),
    });
  } catch (thrown) {
    const coded = toCodedError(thrown);
    output.error(coded);
    return stop.signal.aborted ? EXIT.interrupted : exitCodeOf(coded);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    parts?.queue.close();
    parts?.store.close();
  }
}
