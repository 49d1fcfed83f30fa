/** Templates that are broken, malicious or misleading: each gets the verdict of a careful reader, none ends who asked. */
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PreflightReport } from '../src-shared/domain/preflight.ts';
import { conversation, createWorkspace, demoModel, runLuthier, sharedData } from './luthier-process.ts';

const folder = join(sharedData, 'hostile', 'jinja');
const workspace = createWorkspace('jinja');
afterAll(workspace.remove);

const rows = workspace.write(
  'rows.jsonl',
  conversation(
    ['user', 'Is 1 < 2?'],
    ['assistant', 'Yes, 1 < 2.'],
    ['user', 'Sure?'],
    ['assistant', 'Sure.'],
  ).repeat(4),
);

function recipeWith(template: string): string {
  return workspace.write(
    `${template}.luthier.yaml`,
    `version: 1
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: ${JSON.stringify(rows)}, validation: none}
template: {source: file, path: ${JSON.stringify(join(folder, template))}}
`,
  );
}

async function run(command: string, template: string) {
  const { code, json } = await runLuthier(command, recipeWith(template), '--json', '--home', workspace.home);
  return { code, json: json as Record<string, unknown>[] };
}

async function preflight(template: string) {
  const { code, json } = await run('preflight', template);
  const report = json[0] as unknown as PreflightReport;
  const found = (id: string) => report.checks.find(check => check.id === id);
  return { code, report, found };
}

describe.skipIf(!existsSync(folder))('a hostile template', () => {
  it('that calls what is not there is refused for each row, with name and line', async () => {
    const { code, report, found } = await preflight('undefined_function.jinja');
    expect([code, report.status, report.totals.dropped]).toEqual([2, 'blocked', { templateRefused: 4 }]);
    const words = `${found('template.refused')?.title} ${found('template.refused')?.cause}`;
    expect(words).toContain('foo');
    expect(words).toContain('line 1');
  });

  it('that always raises blocks, in its own words', async () => {
    const { code, report, found } = await preflight('always_raises.jinja');
    expect([code, report.status, report.totals.kept]).toEqual([2, 'blocked', 0]);
    expect(found('template.refused')?.severity).toBe('error');
  });

  it('that replaces nothing by something ends, and renders as Python does', async () => {
    const { code, json } = await run('render', 'replace_empty_pattern.jinja');
    expect([code, json[0]?.['text']]).toEqual([0, 'xaxbxcxxaxbxcx']);
  });

  it('that escapes for HTML is reported: the answer is not in the text as it was written', async () => {
    const { found } = await preflight('escapes_html.jinja');
    expect(found('labels.contentLost')).toMatchObject({ count: 4 });
  });

  it('whose generation tags are never reached blocks', async () => {
    const { code, report, found } = await preflight('gen_dead_branch.jinja');
    expect([code, report.totals.trainableTokens]).toEqual([2, 0]);
    expect(found('labels.none')?.severity).toBe('error');
    expect(found('labels.noSpans')?.severity).toBe('error');
  });

  it.each(['gen_in_macro.jinja', 'gen_in_set_block.jinja'])(
    '%s: spans are exact, or the row is refused',
    async template => {
      const { json } = await run('render', template);
      const { text, spans } = json[0] as {
        text: string;
        spans: { start: number; end: number; trained: boolean }[];
      };
      const trained = spans.filter(span => span.trained).map(({ start, end }) => text.slice(start, end));
      expect(trained).toEqual(['Yes, 1 < 2.', 'Sure.']);
    },
  );

  it.each(['range_1e9.jinja', 'pow_bigint.jinja'])(
    '%s is stopped or refused, with a cause',
    async template => {
      const { code, json } = await run('preflight', template);
      expect([1, 2]).toContain(code);
      const codes = ['process.tooMuchMemory', 'process.silent', 'template.syntax'];
      expect(codes).toContain((json[0]?.['error'] as { code: string } | undefined)?.code);
    },
  );

  it('that reaches for the system reaches nothing', async () => {
    const mark = join(tmpdir(), 'pwned_by_template');
    rmSync(mark, { force: true });
    const { code, json } = await run('preflight', 'python_ssti_loop.jinja');
    expect([code, json[0]]).toEqual([1, { error: expect.objectContaining({ code: 'template.syntax' }) }]);
    expect(existsSync(mark)).toBe(false);
  });
});
