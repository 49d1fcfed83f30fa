/** Parses a large answer in a worker and takes it over in pieces, so that no task blocks the page. */
import type { ProcedureName } from '../../src-shared/contract/procedures.ts';
import { strings } from '../strings.ts';
import type { LargeAnswerMessage, LargeAnswerRequest } from './large-answer-worker.ts';
import type { TransportAnswer } from './transport.ts';

/**
 * The bytes are moved, not copied. The worker validates the answer; its long arrays arrive piece by
 * piece, each in a task of its own, and are put back where they were.
 */
export function parseLargeAnswer(procedure: ProcedureName, bytes: ArrayBuffer): Promise<TransportAnswer> {
  const worker = new Worker(new URL('./large-answer-worker.ts', import.meta.url), { type: 'module' });
  const pieces = new Map<string, unknown[]>();

  return new Promise<TransportAnswer>(resolve => {
    worker.onmessage = ({ data }: MessageEvent<LargeAnswerMessage>) => {
      if (data.type === 'piece') {
        const whole = pieces.get(data.key) ?? [];
        whole.push(...data.items);
        pieces.set(data.key, whole);
      } else if (data.answer.ok) {
        const value = { ...(data.answer.value as object), ...Object.fromEntries(pieces) };
        resolve({ ok: true, value, checked: true });
      } else {
        resolve(data.answer);
      }
    };
    worker.onerror = event => {
      const error = { code: 'transport.unreachable', ...strings.transport.unreachable(event.message) };
      resolve({ ok: false, error });
    };
    worker.postMessage({ procedure, bytes } satisfies LargeAnswerRequest, [bytes]);
  }).finally(() => worker.terminate());
}
