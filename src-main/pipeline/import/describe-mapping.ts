/** Which column became which part, which role name which speaker, and why: shown beside a dataset. */
import { type Columns, guessColumns, type Part, reasonFor } from './column-names.ts';
import { exampleKind } from './detect-format.ts';
import type { ImportOptions, RowFormat } from './import-options.ts';
import { isObject } from './json-shapes.ts';
import { resolveRole } from './roles.ts';

export interface Mapping {
  readonly format: { readonly name: RowFormat; readonly reason: string };
  readonly columns: Readonly<Record<string, { readonly column: string; readonly reason: string }>>;
  /** `role` is null for a name that is not mapped. */
  readonly roles: Readonly<Record<string, { readonly role: string | null; readonly reason: string }>>;
}

const EXTRAS: readonly Part[] = ['system', 'tools', 'documents', 'variables', 'media'];
const ANSWERS: readonly Part[] = ['prompt', 'input', 'completion', 'chosen', 'rejected', 'verdict'];

export function describeMapping(
  sample: readonly unknown[],
  options: ImportOptions,
  roleNames: readonly string[],
): Mapping {
  const names = new Set(sample.filter(isObject).flatMap(row => Object.keys(row)));
  const columns = guessColumns([...names], options.columns);
  const used = partsOf(options.format).flatMap(part => describe(part, columns, options));
  const roles = roleNames.map(name => {
    const resolved = resolveRole(name, options.roles);
    return [name, { role: resolved?.role ?? null, reason: resolved?.reason ?? 'not a known name' }] as const;
  });
  return {
    format: { name: options.format, reason: formatReason(columns, options) },
    columns: Object.fromEntries(used),
    roles: Object.fromEntries(roles),
  };
}

function partsOf(format: RowFormat): readonly Part[] {
  switch (exampleKind(format)) {
    case 'text':
      return ['text'];
    case 'tokenized':
      return ['inputIds', 'labels'];
    case 'pair':
      return ANSWERS;
    case 'conversation':
      return format === 'alpaca'
        ? [...ANSWERS, 'history', ...EXTRAS]
        : ['messages', 'chosen', 'rejected', 'verdict', ...EXTRAS];
  }
}

function describe(part: Part, columns: Columns, options: ImportOptions) {
  const column = columns[part];
  return column === undefined ? [] : [[part, { column, reason: reasonFor(part, options.columns) }] as const];
}

function formatReason(columns: Columns, { format, formatFixed }: ImportOptions): string {
  if (formatFixed) return 'set in the recipe';
  switch (format) {
    case 'messages':
    case 'sharegpt':
      return `most rows have a list of messages in \`${columns.messages}\``;
    case 'alpaca':
      return `most rows have \`${columns.prompt ?? columns.chosen}\` and \`${columns.completion ?? columns.chosen}\`, which become messages`;
    case 'prompt-completion':
      return columns.prompt === undefined
        ? `the rows have \`${columns.completion}\` and no prompt`
        : `most rows have \`${columns.prompt}\` and \`${columns.completion}\`, taken to the letter without a chat template`;
    case 'text':
      return `most rows have \`${columns.text}\` and no answer`;
    case 'tokenized':
      return `most rows have \`${columns.inputIds}\``;
  }
}
