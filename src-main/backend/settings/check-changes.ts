/** Whether changes of settings may be stored; if not, every fault with its place. */
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import {
  SETTING_NAMES,
  SETTING_RULES,
  type SettingName,
  type Settings,
  settingsSchema,
} from '../../../src-shared/domain/settings.ts';
import { dotted, type RecipeFault, shown, valueAt } from '../../../src-shared/recipe/faults.ts';
import { nearestName } from '../../../src-shared/recipe/nearest-name.ts';

/** A folder that is named twice counts once. Errors: `settings.invalid`. */
export function checkChanges(changes: Readonly<Record<string, unknown>>): Outcome<Partial<Settings>> {
  const parsed = settingsSchema.partial().strict().safeParse(changes);
  if (parsed.success) {
    const named = Object.entries(parsed.data).filter(([name]) => Object.hasOwn(changes, name));
    const checked: Partial<Settings> = Object.fromEntries(named);
    const { modelFolders } = checked;
    return ok(modelFolders ? { ...checked, modelFolders: [...new Set(modelFolders)] } : checked);
  }
  const faults = parsed.error.issues.flatMap((issue): RecipeFault[] => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map(name => unknownName(name, changes));
    const allowed = SETTING_RULES[issue.path[0] as SettingName].allowed;
    return [{ path: dotted(issue.path), found: shown(valueAt(changes, issue.path)), allowed, nearest: null }];
  });
  return fail(invalid(faults));
}

function unknownName(name: string, changes: Readonly<Record<string, unknown>>): RecipeFault {
  return {
    path: name,
    found: shown(changes[name]),
    allowed: `one of the settings ${SETTING_NAMES.join(', ')}`,
    nearest: nearestName(name, SETTING_NAMES),
  };
}

function invalid(faults: readonly RecipeFault[]): CodedError {
  const sentences = faults.map(({ path, found, allowed, nearest }) => {
    const hint = nearest === null ? '' : ` Did you mean ${nearest}?`;
    return `${path} is ${found}; allowed is ${allowed}.${hint}`;
  });
  return {
    code: 'settings.invalid',
    title: faults.length === 1 ? 'A setting has a fault.' : `The settings have ${faults.length} faults.`,
    cause: sentences.join('\n'),
    remedy: 'Mend what is named. Nothing has been changed.',
    details: { faults },
  };
}
