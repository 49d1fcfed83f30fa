/** A large answer on its way from the worker that parses it to the page: cut into pieces, and put together again. */
import { type CallResult, callResultSchema } from '../../src-shared/contract/messages.ts';
import type { ProcedureName } from '../../src-shared/contract/procedures.ts';
import { strings } from '../strings.ts';
import { checkOutput } from './check-output.ts';
import type { TransportAnswer } from './transport.ts';

export interface LargeAnswerRequest {
  readonly id: number;
  readonly procedure: ProcedureName;
  readonly bytes: ArrayBuffer;
}

export type LargeAnswerMessage =
  /** The next items of the array that stood at `key`. */
  | { readonly type: 'piece'; readonly id: number; readonly key: string; readonly items: readonly unknown[] }
  /** Comes last; long arrays are empty in it. */
  | { readonly type: 'done'; readonly id: number; readonly answer: CallResult };

const PIECE_ITEMS = 1_000;

/** Parses and validates an answer, and posts it such that taking over any one message is short. */
export function answerInPieces(
  request: LargeAnswerRequest,
  post: (message: LargeAnswerMessage) => void,
): void {
  const { id } = request;
  const answer = parseAnswer(request);
  if (answer.ok) {
    post({ type: 'done', id, answer: { ok: true, value: postLongArrays(id, answer.value, post) } });
  } else post({ type: 'done', id, answer });
}

function parseAnswer({ procedure, bytes }: LargeAnswerRequest): CallResult {
  try {
    const result = callResultSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return result.ok ? checkOutput(procedure, result.value) : result;
  } catch (thrown) {
    return unreadable(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function postLongArrays(id: number, value: unknown, post: (message: LargeAnswerMessage) => void): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const rest: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    const isLong = Array.isArray(field) && field.length > PIECE_ITEMS;
    rest[key] = isLong ? [] : field;
    if (!isLong) continue;
    for (let start = 0; start < field.length; start += PIECE_ITEMS) {
      post({ type: 'piece', id, key, items: field.slice(start, start + PIECE_ITEMS) });
    }
  }
  return rest;
}

export interface LargeAnswerReceiver {
  receive(message: LargeAnswerMessage): void;
  /** The worker is gone: whoever waits hears why. */
  fail(fact: string): void;
  /** Resolves with the answer of that id once it is whole. */
  expect(id: number): Promise<TransportAnswer>;
}

/** Answers of several questions may arrive mixed. */
export function createLargeAnswerReceiver(): LargeAnswerReceiver {
  const waiting = new Map<number, Waiting>();
  return {
    receive(message) {
      const one = waiting.get(message.id);
      if (!one) return;
      if (message.type === 'piece') {
        const whole = one.pieces.get(message.key) ?? [];
        whole.push(...message.items);
        one.pieces.set(message.key, whole);
        return;
      }
      waiting.delete(message.id);
      const { answer } = message;
      if (!answer.ok) return one.resolve(answer);
      const value = { ...(answer.value as object), ...Object.fromEntries(one.pieces) };
      one.resolve({ ok: true, value, checked: true });
    },
    fail(fact) {
      for (const { resolve } of waiting.values()) resolve(unreadable(fact));
      waiting.clear();
    },
    expect: id => new Promise(resolve => waiting.set(id, { resolve, pieces: new Map() })),
  };
}

interface Waiting {
  readonly resolve: (answer: TransportAnswer) => void;
  readonly pieces: Map<string, unknown[]>;
}

function unreadable(fact: string) {
  return {
    ok: false,
    error: { code: 'transport.unreachable', ...strings.transport.unreachable(fact) },
  } as const;
}
