/** A loaded model as the pipeline's tokenizer and template engine. */
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { type Addon, fromNative, type NativeModel } from '../../adapters/native/addon.ts';
import type { RenderTemplate, Tokenizer } from '../../pipeline/ports.ts';
import type { CompiledTemplate } from '../../pipeline/render/chat-template.ts';
import { markGenerationTags } from '../../pipeline/render/generation-tags.ts';

/** Errors: `template.eosUnknown` where the recipe's end token is none of this vocabulary. */
export function createTokenizer(model: NativeModel, eosToken: string | number | null): Outcome<Tokenizer> {
  const { info } = model;
  const eos = eosToken === null ? ok(info.eosId) : resolveEos(model, eosToken);
  if (!eos.ok) return eos;
  const endIds = new Set(info.endOfGenerationIds);
  if (eos.value !== null) endIds.add(eos.value);
  return ok({
    tokenize: (text, { parseSpecial }) => model.tokenize(text, { addSpecial: false, parseSpecial }),
    pieces: ids => {
      const pieces = model.pieces(ids);
      if (!pieces.ok) throw new Error(pieces.error.message);
      return pieces.value;
    },
    placeTokens: (text, fragments) => {
      const cells = new Int32Array(3 * fragments.length);
      fragments.forEach(({ start, end, token }, i) => {
        cells[3 * i] = start;
        cells[3 * i + 1] = end;
        cells[3 * i + 2] = token?.id ?? -1;
      });
      return model.placeTokens(text, cells);
    },
    vocabularySize: info.vocabularySize,
    specialTokens: model.specialTokens(),
    endOfGenerationIds: endIds,
    eosId: eos.value,
    bosId: info.bosId,
    addBos: info.addBos,
  });
}

function resolveEos(model: NativeModel, token: string | number): Outcome<number> {
  if (typeof token === 'number') {
    if (Number.isInteger(token) && token >= 0 && token < model.info.vocabularySize) return ok(token);
  } else {
    const ids = model.tokenize(token, { addSpecial: false, parseSpecial: true });
    const [id] = ids;
    if (ids.length === 1 && id !== undefined) return ok(id);
  }
  return fail({
    code: 'template.eosUnknown',
    title: 'The end token is not in the vocabulary.',
    cause: `template.eosToken is ${JSON.stringify(token)}, which is not one token of this model.`,
    remedy: 'Use the text or the id of one token, or null for the one that the model names.',
  });
}

/** The text of a token as it stands in running text; empty for none. */
export function tokenText(tokenizer: Tokenizer, id: number | null): string {
  if (id === null) return '';
  return Buffer.from(tokenizer.pieces(Int32Array.of(id)).bytes).toString('utf8');
}

/**
 * Compiles a template, plain and with its generation tags marked. `now` (seconds since 1970) is what
 * its `strftime_now` prints. Errors: `template.syntax`.
 */
export function compileTemplate(addon: Addon, source: string, now: number): Outcome<CompiledTemplate> {
  const plain = compile(addon, source, now);
  if (!plain.ok) return plain;
  const marked = new Map<string, Outcome<RenderTemplate>>();
  const tagged = markGenerationTags(source, { open: '', close: '' }) !== null;
  return ok({
    source,
    render: plain.value,
    renderMarked: tagged
      ? (open, close) => {
          const known = marked.get(open);
          if (known) return known;
          const compiled = compile(addon, markGenerationTags(source, { open, close }) ?? source, now);
          marked.set(open, compiled);
          return compiled;
        }
      : null,
  });
}

function compile(addon: Addon, source: string, now: number): Outcome<RenderTemplate> {
  const compiled = fromNative(addon.ChatTemplate.compile(source));
  if (!compiled.ok) return compiled;
  return ok(contextJson => fromNative(compiled.value.render(contextJson, { now })));
}
