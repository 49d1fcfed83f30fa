/** `luthier runs …`: every command of the history with its arguments and options. */
import type { Command } from 'commander';
import { HISTORY_FORMATS } from '../../../src-shared/domain/history-export.ts';
import { type RunStatus, runStatusSchema } from '../../../src-shared/domain/run.ts';
import { RUN_SORT_KEYS } from '../../../src-shared/domain/run-list.ts';
import { type AgainArguments, againCommand } from './commands/again.ts';
import { type CompareArguments, compareCommand } from './commands/compare.ts';
import { type EraseArguments, eraseCommand } from './commands/erase.ts';
import { type ListArguments, listRunsCommand } from './commands/list-runs.ts';
import { type ExportHistoryArguments, exportHistoryCommand, importCommand } from './commands/move-history.ts';
import {
  changeRunCommand,
  deleteRunCommand,
  type RecipeArguments,
  restoreRunCommand,
  runLogCommand,
  runRecipeCommand,
  showRunCommand,
} from './commands/runs.ts';
import { type SqlArguments, sqlCommand } from './commands/sql.ts';
import { type WorstArguments, worstCommand } from './commands/worst.ts';
import {
  collect,
  type GlobalOptions,
  oneOf,
  type Perform,
  wholeNumber,
  withGlobalOptions,
} from './options.ts';
import { TABLE_FORMATS } from './print-table.ts';

const RUN_STATUSES = runStatusSchema.options;
const oneStatus = oneOf(RUN_STATUSES);

function statuses(text: string, previous: readonly RunStatus[]): RunStatus[] {
  return [...previous, oneStatus(text)];
}

export function addRunsCommands(program: Command, perform: Perform): void {
  const runs = withGlobalOptions(program.command('runs').description('the history of runs'));
  const command = (usage: string, description: string, isDefault = false) =>
    withGlobalOptions(runs.command(usage, { isDefault }).description(description));
  /** Options may stand before the command too. */
  const optionsOf = <T>(found: Command) => found.optsWithGlobals() as GlobalOptions & T;

  command('list', 'the runs, newest first', true)
    .option('--status <status>', `${RUN_STATUSES.join(', ')}; may be repeated`, statuses, [])
    .option('--model <name>', 'of models whose name contains it; may be repeated', collect, [])
    .option('--data <name>', 'on data whose name contains it; may be repeated', collect, [])
    .option('--tag <tag>', 'with the tag; may be repeated', collect, [])
    .option('--text <words>', 'with each of the words in name, model, data, tags, note, id or status')
    .option('--since <when>', 'that began then or later: 2026-01-31, 12h, 7d, 2w')
    .option('--sort <key>', RUN_SORT_KEYS.join(', '), oneOf(RUN_SORT_KEYS), 'createdAt')
    .option('--ascending', 'the lowest or earliest first')
    .option('--limit <n>', 'at most so many', wholeNumber)
    .option('--deleted', 'those that were deleted')
    .action((_options, found: Command) => {
      const options = optionsOf<ListArguments>(found);
      return perform(options, context => listRunsCommand(context, options));
    });
  command('show <run>', 'everything about a run').action((run: string, _options, found: Command) =>
    perform(optionsOf(found), context => showRunCommand(context, run)),
  );
  command('recipe <run>', 'the recipe that a run was made with')
    .option('--continue <adapter>', 'begin with its adapter: best or last', oneOf(['best', 'last'] as const))
    .action((run: string, _options, found: Command) => {
      const options = optionsOf<RecipeArguments>(found);
      return perform(options, context => runRecipeCommand(context, run, options));
    });
  command('log <run>', 'what its trainer wrote').action((run: string, _options, found: Command) =>
    perform(optionsOf(found), context => runLogCommand(context, run)),
  );
  command('again <run>', 'train its recipe once more, and say whether every byte is the same')
    .option('--accept-changes', 'also where its files have changed, or it was extended')
    .action((run: string, _options, found: Command) => {
      const options = optionsOf<AgainArguments>(found);
      return perform(options, context => againCommand(context, run, options));
    });
  command('compare <runs...>', 'settings that differ and outcomes, side by side')
    .option('--all', 'all settings')
    .option('--format <format>', TABLE_FORMATS.join(', '), oneOf(TABLE_FORMATS), 'text')
    .action((given: string[], _options, found: Command) => {
      const options = optionsOf<CompareArguments>(found);
      return perform(options, context => compareCommand(context, given, options));
    });
  command('worst <run>', 'the rows at which a finished run is worst')
    .option('--validation', 'of the rows that were held back')
    .option('--top <n>', 'how many rows', wholeNumber)
    .option('--rows <n>', 'measure so many rows, drawn at random where there are more', wholeNumber)
    .option('--again', 'measure again what was measured before')
    .action((run: string, _options, found: Command) => {
      const options = optionsOf<WorstArguments>(found);
      return perform(options, context => worstCommand(context, run, options));
    });
  command('sql <question>', 'a question to the history in SQL, read-only')
    .option('--format <format>', TABLE_FORMATS.join(', '), oneOf(TABLE_FORMATS), 'text')
    .option('--rows <n>', 'at most so many rows', wholeNumber, 10_000)
    .option('--seconds <n>', 'end a question that takes longer', wholeNumber, 30)
    .action((question: string, _options, found: Command) => {
      const options = optionsOf<SqlArguments>(found);
      return perform(options, context => sqlCommand(context, question, options));
    });

  command('export [runs...]', 'runs with their settings and measurements as files; without names all of them')
    .requiredOption('--format <format>', HISTORY_FORMATS.join(', '), oneOf(HISTORY_FORMATS))
    .requiredOption('--output <folder>', 'a folder that is made')
    .option('--force', 'replace what is there')
    .action((given: string[], _options, found: Command) => {
      const options = optionsOf<ExportHistoryArguments>(found);
      return perform(options, context => exportHistoryCommand(context, given, options));
    });
  command(
    'import <folder>',
    'the runs of another data folder, or of a run folder; changes none that is here',
  ).action((folder: string, _options, found: Command) =>
    perform(optionsOf(found), context => importCommand(context, folder)),
  );

  command('rename <run> <name>', 'give a run another name').action(
    (run: string, name: string, _options, found: Command) =>
      perform(optionsOf(found), context => changeRunCommand(context, run, { name }, `Renamed to ${name}.`)),
  );
  command('tag <run> [tags...]', 'the tags that a run has from now on').action(
    (run: string, tags: string[], _options, found: Command) =>
      perform(optionsOf(found), context =>
        changeRunCommand(context, run, { tags }, `Tags: ${tags.join(', ') || 'none'}.`),
      ),
  );
  command('note <run> <text>', 'a note about a run, in Markdown').action(
    (run: string, note: string, _options, found: Command) =>
      perform(optionsOf(found), context => changeRunCommand(context, run, { note }, 'The note is kept.')),
  );
  command('delete <run>', 'take a run out of the history; its files stay').action(
    (run: string, _options, found: Command) =>
      perform(optionsOf(found), context => deleteRunCommand(context, run)),
  );
  command('erase <runs...>', 'remove deleted runs for good, with their files')
    .option('--yes', 'do it: there is no way back')
    .action((given: string[], _options, found: Command) => {
      const options = optionsOf<EraseArguments>(found);
      return perform(options, context => eraseCommand(context, given, options));
    });
  command('restore <run>', 'bring a deleted run back').action((run: string, _options, found: Command) =>
    perform(optionsOf(found), context => restoreRunCommand(context, run)),
  );
}
