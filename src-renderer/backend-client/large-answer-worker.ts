/** Worker: reads, parses and validates one answer of the web host, and hands it over in pieces. */
import '../validation-setup.ts';
import type { CallResult } from '../../src-shared/contract/messages.ts';
import { callResultSchema } from '../../src-shared/contract/messages.ts';
import type { ProcedureName } from '../../src-shared/contract/procedures.ts';
import { strings } from '../strings.ts';
import { checkOutput } from './check-output.ts';

export interface LargeAnswerRequest {
  readonly procedure: ProcedureName;
  readonly bytes: ArrayBuffer;
}

export type LargeAnswerMessage =
  /** The next items of the array that stood at `key`. */
  | { readonly type: 'piece'; readonly key: string; readonly items: readonly unknown[] }
  /** Comes last; long arrays are empty in it. */
  | { readonly type: 'done'; readonly answer: CallResult };

const PIECE_ITEMS = 1_000;

self.onmessage = ({ data }: MessageEvent<LargeAnswerRequest>) => {
  const answer = parseAnswer(data);
  post({ type: 'done', answer: answer.ok ? { ok: true, value: postLongArrays(answer.value) } : answer });
};

function parseAnswer({ procedure, bytes }: LargeAnswerRequest): CallResult {
  try {
    const result = callResultSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return result.ok ? checkOutput(procedure, result.value) : result;
  } catch (thrown) {
    const fact = thrown instanceof Error ? thrown.message : String(thrown);
    return { ok: false, error: { code: 'transport.unreachable', ...strings.transport.unreachable(fact) } };
  }
}

function postLongArrays(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const rest: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    const isLong = Array.isArray(field) && field.length > PIECE_ITEMS;
    rest[key] = isLong ? [] : field;
    if (!isLong) continue;
    for (let start = 0; start < field.length; start += PIECE_ITEMS) {
      post({ type: 'piece', key, items: field.slice(start, start + PIECE_ITEMS) });
    }
  }
  return rest;
}

function post(message: LargeAnswerMessage): void {
  self.postMessage(message);
}
