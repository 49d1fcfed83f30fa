/** A preflight report for people: worst first, with the cause, the rows, and what to type for each fix. */
import type { Check, Fix, PreflightReport } from '../../../src-shared/domain/preflight.ts';

const MARKS = { error: '✗', warning: '!', info: 'i', ok: '✓' } as const;

export function reportAsText({ status, totals, checks, estimate }: PreflightReport): string {
  const memory = (estimate.memoryBytes / 1024 ** 3).toFixed(1);
  return [
    status === 'ready' ? 'Ready to train.' : 'Blocked: nothing is trained.',
    `${totals.kept} of ${totals.examples} examples, ${totals.trainableTokens} of ${totals.tokens} tokens trained, ${totals.steps} steps, about ${memory} GiB of memory.`,
    ...checks.flatMap(linesOf),
  ].join('\n');
}

function linesOf(check: Check): string[] {
  const allowed = check.allowed ? ' (allowed by preflight.allow)' : '';
  const head = `${MARKS[check.severity]} ${check.id}: ${check.title}${allowed}`;
  if (check.severity === 'ok') return [head];
  return [
    head,
    ...(check.cause === '' ? [] : [`    ${check.cause}`]),
    ...(check.rows.length === 0 ? [] : [`    rows ${rowsOf(check)}`]),
    ...check.fixes.flatMap(fix => [`    fix: ${fix.label}`, `         ${overridesOf(fix)}`]),
  ];
}

function rowsOf({ rows, count }: Check): string {
  return `${rows.join(', ')}${count > rows.length ? ` and ${count - rows.length} more` : ''}`;
}

/** As a shell takes it: JSON is YAML, quoted where it is more than a word. */
function overridesOf({ set }: Fix): string {
  return Object.entries(set)
    .map(([key, value]) => {
      const text = typeof value === 'string' && /^[\w.-]+$/.test(value) ? value : JSON.stringify(value);
      const isPlain = /^[\w.-]+$/.test(text);
      return `--set ${isPlain ? `${key}=${text}` : `'${`${key}=${text}`.replaceAll("'", "'\\''")}'`}`;
    })
    .join(' ');
}
