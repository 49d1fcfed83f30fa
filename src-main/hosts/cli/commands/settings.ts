/** `luthier settings`: the choices that hold for the data folder, shown and changed. */
import { CodedException, orThrow } from '../../../../src-shared/contract/coded-error.ts';
import {
  SETTING_NAMES,
  SETTING_RULES,
  type SettingName,
  type SettingsView,
} from '../../../../src-shared/domain/settings.ts';
import { changeSettings, showSettings } from '../../../backend/settings/change-settings.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseSize } from '../parse-size.ts';

export async function settingsCommand(
  context: CommandContext,
  what: string,
  [name, ...values]: readonly string[],
): Promise<ExitCode> {
  const { parts, signal } = context;
  if (what === 'show' && name === undefined) {
    await print(context, showSettings(parts));
    return EXIT.done;
  }
  if (what !== 'set' || name === undefined) {
    throw new CodedException({
      code: 'arguments.invalid',
      title: 'The arguments do not fit.',
      cause: `\`settings ${[what, name, ...values].filter(Boolean).join(' ')}\` is not known.`,
      remedy: `Use \`settings show\` or \`settings set NAME VALUE\`; the names are ${SETTING_NAMES.join(', ')}.`,
    });
  }
  const changes = { [name]: valueFor(context, name, values) };
  await print(context, orThrow(await changeSettings(parts, changes, signal)));
  return EXIT.done;
}

/** What is no value of this setting is passed on as it stands, for the check to name. */
function valueFor(context: CommandContext, name: string, values: readonly string[]): unknown {
  const [first = ''] = values;
  if (name === 'modelFolders') return first === 'none' ? [] : values.map(folder => context.at(folder));
  const only = values.join(' ');
  if (only === 'true' || only === 'false') return only === 'true';
  if (name !== 'cacheLimitBytes') return only;
  const bytes = parseSize(only);
  return bytes === undefined ? only : bytes;
}

async function print({ output }: CommandContext, view: SettingsView): Promise<void> {
  if (output.json) await output.document(view);
  for (const name of SETTING_NAMES) {
    await output.text(
      `${name.padEnd(16)} ${asText(name, view)}\n${' '.repeat(17)}${SETTING_RULES[name].meaning}`,
    );
  }
  await output.text(`Kept in ${view.path}`);
  for (const folder of view.missingFolders) process.stderr.write(`${folder} is not there now.\n`);
  for (const key of view.faulty) {
    const what = key === '' ? 'The file' : `\`${key}\``;
    process.stderr.write(`${what} cannot be read in ${view.path} and counts as not set.\n`);
  }
}

function asText(name: SettingName, { settings }: SettingsView): string {
  const value = settings[name];
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(`\n${' '.repeat(17)}`);
  return value === null ? 'none' : String(value);
}
