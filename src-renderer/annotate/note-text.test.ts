import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { NoteText } from './note-text.tsx';

function html(note: string, opensLinks = true): string {
  return renderToStaticMarkup(createElement(NoteText, { note, opensLinks })).replace(
    /^<div class="note">|<\/div>$/g,
    '',
  );
}

describe('a note in Markdown', () => {
  it('has paragraphs, emphasis, lists, code, quotes and tables', () => {
    expect(html('Lowest *loss* of **all**.')).toBe('<p>Lowest <em>loss</em> of <strong>all</strong>.</p>');
    expect(html('- [x] rank `8`\n- alpha')).toBe('<ul><li>☑ rank <code>8</code></li><li>alpha</li></ul>');
    expect(html('3. a\n4. b')).toContain('<ol start="3">');
    expect(html('```\na < b\n```')).toBe('<pre><code>a &lt; b</code></pre>');
    expect(html('> so')).toBe('<blockquote><p>so</p></blockquote>');
    expect(html('|a|b|\n|-|-|\n|1|2|')).toContain('<td>2</td>');
    expect(html('# Why')).toBe('<p class="note-heading note-heading-1">Why</p>');
    expect(html('one\ntwo')).toBe('<p>one<br/>two</p>');
    expect(html('A &amp; B, 1 < 2')).toBe('<p>A &amp; B, 1 &lt; 2</p>');
  });

  it('shows HTML as text', () => {
    const shown = html('<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> and <b>bold</b>');
    expect(shown).not.toMatch(/<(?!\/?p>|br)/);
    expect(shown).toContain('&lt;script&gt;');
    expect(shown).toContain('&lt;b&gt;bold&lt;/b&gt;');
  });

  it('leads to pages of the web alone, beside the studio, and loads no picture', () => {
    expect(html('[docs](https://example.org/a)')).toContain(
      '<a href="https://example.org/a" target="_blank" rel="noopener noreferrer"',
    );
    for (const address of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      '#/disk',
      'data:text/html,x',
      '//host/x',
    ]) {
      expect(html(`[x](${address})`)).not.toContain('<a');
    }
    expect(html('[docs](https://example.org/a)', false)).toContain('docs <span class="note-address">(https');
    expect(html('![a lute](https://example.org/lute.png)')).toBe(
      '<p>a lute (https://example.org/lute.png)</p>',
    );
  });

  it('is shown as it was written where it is too deep or too long', () => {
    const deep = '>'.repeat(20_000);
    expect(html(deep)).toContain('note-plain');
    expect(html('- '.repeat(20_000))).toContain('note-plain');
    expect(html('*a '.repeat(20_000))).toContain('note-plain');
  });
});
