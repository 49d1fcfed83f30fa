/** Parses large answers in a worker and takes them over in pieces, so that no task blocks the page. */
import type { ProcedureName } from '../../src-shared/contract/procedures.ts';
import { createLargeAnswerReceiver, type LargeAnswerRequest } from './large-answer-pieces.ts';
import type { TransportAnswer } from './transport.ts';

export interface LargeAnswers {
  /** The bytes are moved, not copied. The worker validates the answer. */
  parse(procedure: ProcedureName, bytes: ArrayBuffer): Promise<TransportAnswer>;
  /** Starts the worker now, which takes a tenth of a second, rather than with the first answer. */
  warmUp(): void;
}

/** The worker stays for all answers that come; after a fault of its own the next answer gets a new one. */
export function createLargeAnswers(): LargeAnswers {
  const receiver = createLargeAnswerReceiver();
  let worker: Worker | null = null;
  let lastId = 0;

  function openWorker(): Worker {
    const opened = new Worker(new URL('./large-answer-worker.ts', import.meta.url), { type: 'module' });
    opened.onmessage = ({ data }) => receiver.receive(data);
    opened.onerror = event => {
      opened.terminate();
      worker = null;
      receiver.fail(event.message);
    };
    return opened;
  }

  return {
    parse(procedure, bytes) {
      worker ??= openWorker();
      const id = ++lastId;
      const answer = receiver.expect(id);
      worker.postMessage({ id, procedure, bytes } satisfies LargeAnswerRequest, [bytes]);
      return answer;
    },
    warmUp() {
      worker ??= openWorker();
    },
  };
}
