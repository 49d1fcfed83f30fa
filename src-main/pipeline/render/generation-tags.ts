/**
 * Makes `{% generation %}` blocks visible in the rendered text. Engines that know the tags without
 * using them (llama.cpp) ignore them, so each tag is doubled around an expression that prints a
 * marker; the outer halves keep the tag's own white-space control:
 *
 *     {%- generation -%}   →   {%- generation %}{{ "M" }}{% generation -%}
 */

export interface Marker {
  readonly open: string;
  readonly close: string;
}

const TAG = /^\{%([-+]?)\s*(generation|endgeneration)\s*([-+]?)%\}/;

/** The source with markers printed at every generation tag, or null where it has none. */
export function markGenerationTags(source: string, marker: Marker): string | null {
  let out = '';
  let found = false;
  let at = 0;
  while (at < source.length) {
    const next = source.indexOf('{', at);
    if (next < 0) break;
    out += source.slice(at, next);
    const rest = source.slice(next, next + 120);
    const tag = TAG.exec(rest);
    if (tag) {
      const [whole, left, name, right] = tag;
      const text = name === 'generation' ? marker.open : marker.close;
      out += `{%${left} ${name} %}{{ "${text}" }}{% ${name} ${right}%}`;
      at = next + whole.length;
      found = true;
      continue;
    }
    const end = endOfOpaquePart(source, next);
    out += source.slice(next, end);
    at = end;
  }
  return found ? out + source.slice(at) : null;
}

/** Comments and raw blocks are copied whole: a tag spelled inside them is text. */
function endOfOpaquePart(source: string, at: number): number {
  if (source.startsWith('{#', at)) return endAfter(source, '#}', at + 2);
  const raw = /^\{%[-+]?\s*raw\s*[-+]?%\}/.exec(source.slice(at, at + 40));
  if (raw) {
    const close = /\{%[-+]?\s*endraw\s*[-+]?%\}/g;
    close.lastIndex = at + raw[0].length;
    const end = close.exec(source);
    return end ? end.index + end[0].length : source.length;
  }
  return at + 1;
}

function endAfter(source: string, text: string, from: number): number {
  const end = source.indexOf(text, from);
  return end < 0 ? source.length : end + text.length;
}
