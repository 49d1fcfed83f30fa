import { describe, expect, it } from 'vitest';
import { ok } from '../../src-shared/contract/coded-error.ts';
import type { Message, Row } from '../../src-shared/domain/conversation.ts';
import { type LabelOptions, labelRow } from './label-row.ts';
import type { SpecialToken, Tokenizer } from './ports.ts';
import { USUAL_FORM } from './render/wire-messages.ts';

const END: SpecialToken = { id: 1000, text: '<e>', kind: 'control', stripsLeft: false, stripsRight: false };
const BOS = 1001;
const encoder = new TextEncoder();

/** One token a byte; `<e>` is one token where the template prints it. */
const tokenizer: Tokenizer = {
  tokenize: text => Int32Array.from(encoder.encode(text)),
  pieces: ids => {
    const pieces = [...ids].map(id => (id === END.id ? encoder.encode(END.text) : Uint8Array.of(id)));
    let at = 0;
    const offsets = Uint32Array.from([0, ...pieces.map(piece => (at += piece.length))]);
    return { bytes: Buffer.concat(pieces), offsets };
  },
  vocabularySize: 1002,
  specialTokens: [END],
  endOfGenerationIds: new Set([END.id]),
  eosId: END.id,
  bosId: BOS,
  addBos: false,
};

interface Wire {
  readonly role: string;
  readonly content: string | null;
  readonly tool_calls?: readonly {
    readonly function: { readonly name: string; readonly arguments: unknown };
  }[];
}
interface Context {
  readonly messages: readonly Wire[];
  readonly add_generation_prompt: boolean;
}

/** `U:hi<e>` and `A:yo<e>`, a line each; calls as JSON. */
function renderLines({ messages, add_generation_prompt }: Context): string {
  const lines = messages.map(({ role, content, tool_calls }) => {
    const calls = (tool_calls ?? []).map(call => JSON.stringify(call.function)).join('');
    return `${role.charAt(0).toUpperCase()}:${content ?? ''}${calls}<e>\n`;
  });
  return lines.join('') + (add_generation_prompt ? 'A:' : '');
}

const base: LabelOptions = {
  tokenizer,
  template: {
    source: '',
    form: USUAL_FORM,
    header: 'A:',
    promptIsConstant: false,
    render: json => ok(renderLines(JSON.parse(json) as Context)),
    renderMarked: null,
  },
  context: {},
  masking: 'assistant',
  markers: { instruction: null, response: null },
  trainOnEndOfTurn: true,
  parseSpecialInContent: false,
  endTexts: ['<e>'],
  expectsBos: false,
  maxLength: 1000,
  truncation: 'right',
};

const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string | null, rest: Partial<Message> = {}): Message => ({
  role: 'assistant',
  content,
  ...rest,
});

function rowOf(content: object): Row {
  return { row: 3, line: 4, findings: [], ...content } as unknown as Row;
}
const talk = (...messages: Message[]) => rowOf({ kind: 'conversation', conversation: { messages } });

/** Trained runs as text, the end token spelled out. */
function trained(row: Row, options: Partial<LabelOptions> = {}): string[] {
  const [example] = labelRow(row, { ...base, ...options });
  const runs: string[] = [];
  example.labels.forEach((id, i) => {
    if (id === -100) return;
    const text = id === END.id ? '<e>' : String.fromCharCode(id);
    if (i > 0 && example.labels[i - 1] !== -100) runs.push(`${runs.pop()}${text}`);
    else runs.push(text);
  });
  return runs;
}

const findings = (row: Row, options: Partial<LabelOptions> = {}) =>
  labelRow(row, { ...base, ...options })[0].findings;
const two = talk(user('hi'), assistant('yo'), user('and'), assistant('so'));

describe('labelRow with conversations', () => {
  it.each([
    ['assistant', ['yo<e>', 'so<e>']],
    ['last-assistant', ['so<e>']],
    ['completion', ['so<e>\n']],
    ['full', ['U:hi<e>\nA:yo<e>\nU:and<e>\nA:so<e>\n']],
  ] as const)('%s', (masking, expected) => {
    expect(trained(two, { masking })).toEqual(expected);
  });

  it('trains between markers', () => {
    const markers = { instruction: 'U:', response: 'A:' };
    expect(trained(two, { masking: 'markers', markers })).toEqual(['yo<e>\n', 'so<e>\n']);
    const missing = { instruction: 'U:', response: 'B:' };
    expect(findings(two, { masking: 'markers', markers: missing })).toContain('labels.markerMissing');
  });

  it('leaves the end token out where it is not to be trained', () => {
    expect(trained(two, { trainOnEndOfTurn: false })).toEqual(['yo', 'so']);
  });

  it.each(['assistant', 'full', 'markers'] as const)('never trains a message that says so: %s', masking => {
    const row = talk(user('hi'), assistant('yo', { trained: false }), user('and'), assistant('so'));
    const markers = { instruction: 'U:', response: 'A:' };
    expect(trained(row, { masking, markers }).join('')).not.toContain('yo');
    expect(trained(row, { masking, markers }).join('')).toContain('so<e>');
  });

  it('trains an empty answer as its end alone, and says so', () => {
    const row = talk(user('hi'), assistant(''));
    expect(trained(row)).toEqual(['<e>']);
    expect(findings(row)).toEqual(['labels.onlyTerminator']);
  });

  it('trains every one of several answers in a row', () => {
    expect(trained(talk(user('hi'), assistant('a'), assistant('b')))).toEqual(['a<e>', 'b<e>']);
  });

  it('trains a turn that is calls alone, whole, whatever its arguments are', () => {
    const call = (argument: object) =>
      assistant(null, { toolCalls: [{ id: null, name: 'f', arguments: argument as never }] });
    expect(
      trained(talk(user('hi'), call({ q: 'x' }), { role: 'tool', content: 'r' }, assistant('a'))),
    ).toEqual(['{"name":"f","arguments":{"q":"x"}}<e>', 'a<e>']);
    expect(trained(talk(user('hi'), call({ n: 1 })))).toEqual(['{"name":"f","arguments":{"n":1}}<e>']);
  });

  it('keeps an end token that content spells as text, trained or not', () => {
    const row = talk(user('a<e>b'), assistant('c<e>d'));
    expect(trained(row)).toEqual(['c<e>d<e>']);
    expect(findings(row)).toEqual(['tokens.specialInContent']);
    const [example] = labelRow(row, base);
    expect(example.inputIds.filter(id => id === END.id)).toHaveLength(2);
  });

  it('drops a row without answers, with the reason', () => {
    expect(labelRow(talk(user('hi')), base)[0]).toMatchObject({ dropped: 'noAssistant', row: 3, line: 4 });
  });

  it('marks one message at a time where a template compares messages, and says when nothing helps', () => {
    const longest: LabelOptions['template'] = {
      ...(base.template as NonNullable<LabelOptions['template']>),
      render: json => {
        const context = JSON.parse(json) as Context;
        const length = context.messages.reduce((sum, { content }) => sum + (content ?? '').length, 0);
        return ok(renderLines(context) + (length > 20 ? '!' : ''));
      },
    };
    const row = (content: string) => talk(user('0123456'), assistant(content));
    expect(trained(row('0123456789'), { template: longest })).toEqual(['0123456789<e>']);
    expect(labelRow(row('01234567890123'), { ...base, template: longest })[0].dropped).toBeNull();
    const [unproven] = labelRow(row('012345678901'), { ...base, template: longest });
    expect(unproven.dropped).toBe('spansUnproven');
    expect(unproven.inputIds.length).toBeGreaterThan(0);
    expect(unproven.labels.every(id => id === -100)).toBe(true);
  });

  it('says where placeholders were left and where the template lost a text', () => {
    expect(findings(talk(user('Hi {{name}}'), assistant('yo')))).toContain('data.placeholder');
    const lost = talk(user('hi'), assistant('yo', { reasoning: 'Hm.' }));
    expect(findings(lost)).toContain('labels.contentLost');
  });
});

describe('labelRow with pairs and text', () => {
  const pair = rowOf({ kind: 'pair', prompt: '2+2=', completion: '4' });

  it('trains the completion and the appended end token', () => {
    const [example] = labelRow(pair, base);
    expect([...example.inputIds]).toEqual([...encoder.encode('2+2=4'), END.id]);
    expect(trained(pair)).toEqual(['4<e>']);
    expect(trained(pair, { trainOnEndOfTurn: false })).toEqual(['4']);
    expect(example.method).toBe('offsets');
  });

  it('puts a BOS in front where the vocabulary asks for it, and does not train it', () => {
    const [example] = labelRow(pair, { ...base, tokenizer: { ...tokenizer, addBos: true } });
    expect([example.inputIds[0], example.labels[0]]).toEqual([BOS, -100]);
  });

  it('trains everything that the template prints behind the prompt of a message pair', () => {
    const row = rowOf({
      kind: 'message-pair',
      prompt: { messages: [user('hi'), assistant('yo'), user('and')] },
      completion: [assistant('so')],
    });
    expect(trained(row, { masking: 'completion' })).toEqual(['so<e>\n']);
    expect(trained(row, { masking: 'assistant' })).toEqual(['so<e>']);
  });

  it('trains all of a text, and splits it where it is too long', () => {
    const row = rowOf({ kind: 'text', text: 'abcdefg' });
    expect(trained(row)).toEqual(['abcdefg<e>']);
    const pieces = labelRow(row, { ...base, maxLength: 3 });
    expect(pieces.map(piece => [...piece.inputIds])).toEqual([
      [97, 98, 99],
      [100, 101, 102],
      [103, END.id],
    ]);
    expect(pieces.every(piece => piece.dropped === null && piece.truncatedTokens === 0)).toBe(true);
  });

  it('leaves no piece of one token alone: nothing would predict it', () => {
    const pieces = labelRow(rowOf({ kind: 'text', text: 'abcdef' }), { ...base, maxLength: 3 });
    expect(pieces.map(piece => piece.inputIds.length)).toEqual([3, 2, 2]);
  });
});
