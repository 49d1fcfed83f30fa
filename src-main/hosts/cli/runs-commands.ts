/** `luthier runs …`: every command of the history with its arguments and options. */
import type { Command } from 'commander';
import { HISTORY_FORMATS } from '../../backend/history/export-history.ts';
import { type AgainArguments, againCommand } from './commands/again.ts';
import { type CompareArguments, compareCommand } from './commands/compare.ts';
import { type ExportHistoryArguments, exportHistoryCommand, importCommand } from './commands/move-history.ts';
import {
  changeRunCommand,
  deleteRunCommand,
  listRunsCommand,
  restoreRunCommand,
  runLogCommand,
  runRecipeCommand,
  showRunCommand,
} from './commands/runs.ts';
import { type SqlArguments, sqlCommand } from './commands/sql.ts';
import { type WorstArguments, worstCommand } from './commands/worst.ts';
import { type GlobalOptions, oneOf, type Perform, wholeNumber, withGlobalOptions } from './options.ts';
import { TABLE_FORMATS } from './print-table.ts';

export function addRunsCommands(program: Command, perform: Perform): void {
  const runs = withGlobalOptions(program.command('runs').description('the history of runs'));
  const command = (usage: string, description: string, isDefault = false) =>
    withGlobalOptions(runs.command(usage, { isDefault }).description(description));
  /** Options may stand before the command too. */
  const optionsOf = <T>(found: Command) => found.optsWithGlobals() as GlobalOptions & T;

  command('list', 'all runs, newest first', true).action((_options, found: Command) =>
    perform(optionsOf(found), listRunsCommand),
  );
  command('show <run>', 'everything about a run').action((run: string, _options, found: Command) =>
    perform(optionsOf(found), context => showRunCommand(context, run)),
  );
  command('recipe <run>', 'the recipe that a run was made with').action(
    (run: string, _options, found: Command) =>
      perform(optionsOf(found), context => runRecipeCommand(context, run)),
  );
  command('log <run>', 'what its trainer wrote').action((run: string, _options, found: Command) =>
    perform(optionsOf(found), context => runLogCommand(context, run)),
  );
  command('again <run>', 'train its recipe once more, and say whether every byte is the same')
    .option('--accept-changes', 'with the files as they are now, where they have changed')
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
  command('restore <run>', 'bring a deleted run back').action((run: string, _options, found: Command) =>
    perform(optionsOf(found), context => restoreRunCommand(context, run)),
  );
}
