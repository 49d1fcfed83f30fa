/** The explorer's side of the channel: one question after the other, those that were dropped left out. */
import type { Outcome } from '../../../src-shared/contract/coded-error.ts';
import type { Question } from '../../pipeline/questions.ts';
import { asOutcome, openPort } from '../child-channel.ts';
import type { ParentMessage } from '../protocol.ts';

export interface QuestionContext {
  readonly nativeDirectory: string;
  /** Seconds since 1970: what a template's `strftime_now` prints where the recipe sets no date. */
  readonly now: number;
  /** Aborted when the answer is not wanted any more. */
  readonly signal: AbortSignal;
}

export function serveQuestions(
  answer: (question: Question, context: QuestionContext) => Promise<Outcome<unknown>>,
): void {
  // Ctrl-C reaches the whole process group; it is the parent's to say what happens then.
  process.on('SIGINT', () => undefined);
  const port = openPort();
  const wanted = new Map<number, AbortController>();
  let last: Promise<unknown> = Promise.resolve();

  async function take({ id, question, nativeDirectory, now }: Extract<ParentMessage, { type: 'ask' }>) {
    const controller = wanted.get(id);
    if (!controller) return;
    const outcome = controller.signal.aborted
      ? cancelled()
      : await answer(question, { nativeDirectory, now, signal: controller.signal }).catch(asOutcome);
    wanted.delete(id);
    await port.send({ type: 'answer', id, outcome });
  }

  port.onMessage(message => {
    if (message.type === 'drop') wanted.get(message.id)?.abort();
    if (message.type !== 'ask') return;
    wanted.set(message.id, new AbortController());
    // A turn of the event loop between two questions lets a drop of the second one in.
    last = last.then(() => new Promise(resolve => setImmediate(resolve))).then(() => take(message));
  });
}

function cancelled(): Outcome<never> {
  return {
    ok: false,
    error: {
      code: 'job.cancelled',
      title: 'The question was withdrawn.',
      cause: 'Nobody waits for its answer any more.',
      remedy: 'Ask again.',
    },
  };
}
