/** Rendered text against that of transformers: every template of the llama.cpp source over varied contexts. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadAddon } from '../src-main/adapters/native/addon.ts';
import { compileTemplate } from '../src-main/processes/preparer/native-labelling.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import { llamaModels, nativeDirectory } from './labelling.ts';
import { root } from './luthier-process.ts';

const { contexts, renderings } = JSON.parse(
  readFileSync(join(root, 'e2e', 'references', 'renderings.json'), 'utf8'),
) as {
  contexts: Record<string, object>;
  /** Template → context → the first 16 digits of the text's SHA-256; null where transformers renders none. */
  renderings: Record<string, Record<string, string | null>>;
};
const NOW = Date.UTC(2026, 0, 2) / 1000;

/**
 * Where llama.cpp's engine renders another text. It stays as it is: the tuned model is served by this engine.
 * functionary: jinja2 escapes a text joined to markup, as for HTML; the engine knows no markup.
 * MiniCPM5: a list in a text is printed by Python with brackets and quotes, by the engine without.
 */
const OTHER_TEXT: Readonly<Record<string, readonly string[]>> = {
  'meetkai-functionary-medium-v3.1': ['tools', 'a call', 'a call to answer'],
  'openbmb-MiniCPM5-1B': ['a call', 'a call to answer'],
};
/** At least this share of the texts that transformers renders is to be the same. */
const SAME_SHARE = 0.97;

const fileOf = (name: string) => join(llamaModels ?? '', 'templates', `${name}.jinja`);

function render(name: string): Record<string, string | null> {
  const source = readFileSync(fileOf(name), 'utf8');
  const template = orThrow(compileTemplate(orThrow(loadAddon(nativeDirectory)), source, NOW));
  return Object.fromEntries(
    Object.entries(contexts).map(([context, values]) => {
      const text = template.render(JSON.stringify(values));
      return [context, text.ok ? createHash('sha256').update(text.value).digest('hex').slice(0, 16) : null];
    }),
  );
}

describe.skipIf(llamaModels === null)('templates render as in transformers', () => {
  const names = Object.keys(renderings).filter(name => existsSync(fileOf(name)));
  const asked = names.flatMap(name =>
    Object.keys(contexts).filter(context => renderings[name]?.[context] !== null),
  );

  it.each(names)('%s', name => {
    const own = render(name);
    // What jinja2 refuses for Python's types alone may render here, as it does when the model is served.
    const differing = Object.entries(renderings[name] ?? {}).flatMap(([context, hash]) =>
      hash !== null && own[context] !== hash ? [context] : [],
    );
    expect(differing).toEqual(OTHER_TEXT[name] ?? []);
  });

  it('has a reference for every template, and few that differ', () => {
    const files = readdirSync(join(llamaModels ?? '', 'templates')).filter(file => file.endsWith('.jinja'));
    expect(files.map(file => file.slice(0, -'.jinja'.length)).sort()).toEqual(names.sort());
    const other = Object.values(OTHER_TEXT).flat().length;
    expect((asked.length - other) / asked.length).toBeGreaterThan(SAME_SHARE);
  });
});
