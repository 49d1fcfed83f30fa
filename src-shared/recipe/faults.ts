/** Turns what is wrong with a recipe into faults that a person can mend: all of them, in one report. */
import type { z } from 'zod';
import { PRESET_NAMES } from '../templates/presets.ts';
import { RECIPE_FIELDS } from './fields.ts';
import { nearestName } from './nearest-name.ts';
import { type Recipe, recipeSchema } from './schema.ts';

export interface RecipeFault {
  /** Dotted path in the file, for example `training.learningRate`. */
  readonly path: string;
  /** What stands there, as JSON, shortened; `nothing` where the key is missing. */
  readonly found: string;
  readonly allowed: string;
  /** The nearest valid name, where a key or a value looks like a slip of the pen. */
  readonly nearest: string | null;
  /** True where it is the key itself that nobody knows. */
  readonly isUnknownKey?: boolean;
}

export type RecipeParse =
  | { readonly ok: true; readonly recipe: Recipe }
  | { readonly ok: false; readonly faults: readonly RecipeFault[] };

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

const SHOWN_LENGTH = 80;

/** Keys that another key makes necessary: checked beside the schema, so that one report holds all faults. */
const NECESSARY_KEYS = [
  { path: 'template.preset', because: 'template.source', is: 'preset', allowed: 'the name of a preset' },
  { path: 'template.path', because: 'template.source', is: 'file', allowed: 'the path of a Jinja file' },
  { path: 'masking.markers.response', because: 'masking.strategy', is: 'markers', allowed: 'a marker text' },
] as const;

/** Validates a value that was read from a file. Every fault is reported, not only the first. */
export function parseRecipe(value: unknown): RecipeParse {
  const parsed = recipeSchema.safeParse(value);
  const missing = [...missingKeys(value), ...unknownPreset(value)];
  if (parsed.success && missing.length === 0) return { ok: true, recipe: parsed.data };
  const issues = parsed.success ? [] : parsed.error.issues;
  return { ok: false, faults: [...issues.flatMap(issue => faultsOf(issue, value, issue.path)), ...missing] };
}

function missingKeys(value: unknown): RecipeFault[] {
  return NECESSARY_KEYS.filter(
    key =>
      valueAt(value, key.because.split('.')) === key.is &&
      (valueAt(value, key.path.split('.')) ?? null) === null,
  ).map(key => ({
    path: key.path,
    found: 'nothing',
    allowed: `${key.allowed}, since ${key.because} is ${key.is}`,
    nearest: null,
  }));
}

function unknownPreset(value: unknown): RecipeFault[] {
  const preset = valueAt(value, ['template', 'preset']);
  if (typeof preset !== 'string' || PRESET_NAMES.includes(preset)) return [];
  return [
    {
      path: 'template.preset',
      found: shown(preset),
      allowed: `one of ${PRESET_NAMES.join(', ')}`,
      nearest: nearestName(preset, PRESET_NAMES),
    },
  ];
}

function faultsOf(issue: Issue, root: unknown, path: Path): RecipeFault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => unknownKey(key, root, path));
  }
  if (issue.code === 'invalid_union') {
    return faultsOfUnion(issue, root, path);
  }
  const found = valueAt(root, path);
  const options = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  return [
    {
      path: dotted(path),
      found: shown(found),
      allowed: allowedAt(path, issue),
      nearest: typeof found === 'string' ? nearestName(found, options) : null,
    },
  ];
}

/** A union's branches each complain; the one that got furthest into the value says the useful thing. */
function faultsOfUnion(issue: z.core.$ZodIssueInvalidUnion, root: unknown, path: Path): RecipeFault[] {
  const deeper = issue.errors
    .map(branch => branch.filter(inner => inner.path.length > 0 || inner.code === 'unrecognized_keys'))
    .filter(branch => branch.length > 0);
  const found = valueAt(root, path);
  const best = deeper.sort((a, b) => a.length - b.length)[0];
  if (best && typeof found === 'object' && found !== null) {
    return best.flatMap(inner => faultsOf(inner, root, [...path, ...inner.path]));
  }
  return [{ path: dotted(path), found: shown(found), allowed: allowedAt(path, issue), nearest: null }];
}

function unknownKey(key: string, root: unknown, path: Path): RecipeFault {
  const names = keysBelow(dotted(path));
  return {
    path: dotted([...path, key]),
    found: shown(valueAt(root, [...path, key])),
    allowed: names.length > 0 ? `one of the keys ${names.join(', ')}` : 'no key here',
    nearest: nearestName(key, names),
    isUnknownKey: true,
  };
}

function allowedAt(path: Path, issue: Issue): string {
  if (issue.code === 'custom') return issue.message;
  for (let length = path.length; length > 0; length--) {
    const field = RECIPE_FIELDS[dotted(path.slice(0, length))];
    if (field) return field.allowed;
  }
  const names = keysBelow(dotted(path));
  return names.length > 0 ? `a map with the keys ${names.join(', ')}` : issue.message;
}

/** The names of the keys directly below a section, from the table of explanations. */
function keysBelow(section: string): string[] {
  const prefix = section === '' ? '' : `${section}.`;
  const names = new Set<string>();
  for (const field of Object.keys(RECIPE_FIELDS)) {
    if (!field.startsWith(prefix)) continue;
    const name = field.slice(prefix.length).split('.')[0];
    if (name) names.add(name);
  }
  return [...names];
}

/** Undefined where the path leads nowhere. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.hasOwn(value, key) ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  }
  return value;
}

/** As JSON, shortened; `nothing` where there is none. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text =
    typeof value === 'number' && !Number.isFinite(value)
      ? String(value)
      : (JSON.stringify(value) ?? String(value));
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

export function dotted(path: Path): string {
  return path.map(String).join('.');
}
