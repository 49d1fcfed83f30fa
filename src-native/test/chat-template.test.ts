// Chat templates in llama.cpp's engine: what they print, and how their failures read.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { errorOf, native, unwrap } from './support.ts';

const build = fileURLToPath(new URL('../../build/', import.meta.url));
const release = existsSync(build)
  ? readdirSync(build).find(name => /^llama\.cpp-v[\d.]+$/.test(name))
  : undefined;
const templates = join(build, release ?? 'absent', 'models', 'templates');

function render(source: string, context: object = {}, now = 0) {
  const template = unwrap(native.ChatTemplate.compile(source));
  const result = template.render(JSON.stringify(context), { now });
  template.dispose();
  return result;
}

describe('ChatTemplate', () => {
  it('renders with the context’s members as globals, in order', () => {
    expect(
      unwrap(
        render('{% for key in data %}{{ key }}={{ data[key] }};{% endfor %}', {
          data: { z: 1, a: 'ö', m: true },
        }),
      ),
    ).toBe('z=1;a=ö;m=True;');
    expect(
      unwrap(
        render('{{ bos_token }}{{ messages[0].content }}', {
          messages: [{ content: 'hi' }],
          bos_token: '<s>',
        }),
      ),
    ).toBe('<s>hi');
  });

  it('trims blocks as transformers does', () => {
    expect(unwrap(render('a\n  {% if true %}\nb\n  {% endif %}\nc\n'))).toBe('a\nb\nc');
  });

  it('prints the given time in UTC', () => {
    // 2026-02-03 23:30:00 UTC; in most time zones the day or the hour would differ
    expect(unwrap(render("{{ strftime_now('%d %b %Y %H:%M') }}", {}, 1770161400))).toBe('03 Feb 2026 23:30');
    expect(unwrap(render('{{ strftime_now is defined }}'))).toBe('True');
  });

  it('gives a refusal in the template’s own words, from any depth', () => {
    const source =
      "{% macro check(x) %}{% for y in [1] %}{{ raise_exception('Only ' ~ x ~ ' allowed') }}{% endfor %}{% endmacro %}\n{{ check('user') }}";
    expect(errorOf(render(source))).toMatchObject({
      code: 'template.refused',
      details: { reason: 'Only user allowed' },
    });
  });

  it('names the line of a syntax error', () => {
    const lineOf = (source: string) => errorOf(native.ChatTemplate.compile(source)).details['line'];
    expect(lineOf('a\n{% if x %}\n{{ y')).toBe(3);
    expect(lineOf('a\n\n{% foo %}')).toBe(3);
    expect(lineOf('{{ 1 +\n\n ? }}')).toBe(3);
    expect(lineOf('{% for x y %}{% endfor %}')).toBe(1);
    expect(errorOf(native.ChatTemplate.compile('{% if a %}b')).code).toBe('template.syntax');
  });

  it('names the line where rendering failed', () => {
    expect(errorOf(render('\n\n{{ foo() }}'))).toMatchObject({
      code: 'template.failed',
      details: { line: 3 },
    });
    expect(errorOf(render("{{ 'a' | nonsense }}")).code).toBe('template.failed');
  });

  it('refuses what is nested too deeply, and a context that is no object', () => {
    expect(
      errorOf(native.ChatTemplate.compile(`{{ ${'('.repeat(100_000)}1${')'.repeat(100_000)} }}`)).code,
    ).toBe('template.syntax');
    expect(errorOf(native.ChatTemplate.compile(`{{ ${'not '.repeat(100_000)}1 }}`)).code).toBe(
      'template.syntax',
    );
    expect(errorOf(native.ChatTemplate.compile('{% if a %}'.repeat(100_000))).code).toBe('template.syntax');
    const template = unwrap(native.ChatTemplate.compile('{{ a }}'));
    expect(
      errorOf(template.render(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, { now: 0 })).code,
    ).toBe('template.failed');
    expect(errorOf(template.render('[1]', { now: 0 })).code).toBe('template.failed');
    expect(errorOf(template.render('{"a":', { now: 0 })).code).toBe('template.failed');
    template.dispose();
    expect(() => template.render('{}', { now: 0 })).toThrow('disposed');
  });

  it.skipIf(!existsSync(templates))('compiles every template that llama.cpp ships', () => {
    const names = readdirSync(templates).filter(name => name.endsWith('.jinja'));
    const failures = names.filter(
      name => !native.ChatTemplate.compile(readFileSync(join(templates, name), 'utf8')).ok,
    );
    expect(names.length).toBeGreaterThan(40);
    expect(failures).toEqual([]);
  });
});
