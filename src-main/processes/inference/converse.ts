/** The sides of a chat, one after the other, token by token, with how likely each token was. */
import type { LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { AnswerEnd, ChatAnswer, ChatToken } from '../../../src-shared/domain/chat.ts';
import type { ChatPrompt } from '../../pipeline/job-results.ts';
import type { JobContext } from '../child-channel.ts';
import type { ConverseJob, ConverseResult } from '../protocol.ts';
import { createContext, defaultThreads, loadModel } from './load-model.ts';
import { TokenTexts } from './token-texts.ts';

/** Sides of one base model share it; with the same seed and prompt they differ by their adapters alone. */
export async function converse(job: ConverseJob, context: JobContext): Promise<Outcome<ConverseResult>> {
  const models = new Map<string, LlamaModel>();
  const answers: ChatAnswer[] = [];
  for (const [side, prompt] of job.sides.entries()) {
    context.tell({ type: 'answering', side });
    if (context.signal.aborted) {
      answers.push(nothingSaid(prompt));
      continue;
    }
    const known = models.get(prompt.modelPath);
    const loaded = known ? ok(known) : await loadModel(prompt.modelPath);
    if (!loaded.ok) return loaded;
    models.set(prompt.modelPath, loaded.value);
    const answer = await answerOne(
      loaded.value,
      prompt,
      job,
      token => context.tell({ type: 'token', side, token }),
      context.signal,
    );
    answers.push(answer);
    context.tell({ type: 'answered', side, answer });
  }
  for (const model of models.values()) await model.dispose();
  return ok({ answers });
}

async function answerOne(
  model: LlamaModel,
  prompt: ChatPrompt,
  job: ConverseJob,
  onToken: (token: ChatToken) => void,
  signal: AbortSignal,
): Promise<ChatAnswer> {
  const startedAt = performance.now();
  const context = await createContext(model, {
    size: prompt.prompt.length + job.sampling.maxTokens,
    threads: job.threads ?? defaultThreads(prompt.modelPath),
    adapterPath: prompt.adapterPath,
  });
  const texts = new TokenTexts(ids => model.detokenize(ids as Token[], false));
  const tokens: ChatToken[] = [];
  const end = await takeTokens(
    context.getSequence(),
    prompt,
    job,
    signal,
    ({ id, probability, choices }) => {
      const token: ChatToken = {
        id,
        text: texts.add(id),
        probability,
        choices: choices.map(choice => ({
          text: model.detokenize([choice.id as Token], true),
          probability: choice.probability,
        })),
      };
      tokens.push(token);
      onToken(token);
    },
    id => model.isEogToken(id),
  );
  await context.dispose();
  return {
    text: texts.whole(),
    tokens,
    end,
    promptTokens: prompt.prompt.length,
    durationMs: performance.now() - startedAt,
  };
}

interface Chosen {
  readonly id: number;
  readonly probability: number;
  readonly choices: readonly { readonly id: number; readonly probability: number }[];
}

interface Output {
  readonly token: Token;
  readonly confidence: number;
  readonly probabilities?: ReadonlyMap<Token, number>;
}

async function takeTokens(
  sequence: LlamaContextSequence,
  { prompt, stopIds }: ChatPrompt,
  { sampling, choices }: ConverseJob,
  signal: AbortSignal,
  onToken: (chosen: Chosen) => void,
  endsTurn: (token: Token) => boolean,
): Promise<AnswerEnd> {
  const stop = new Set<number>(stopIds);
  const { temperature, topP, topK, seed, maxTokens } = sampling;
  const options = { temperature, topP, topK, seed, yieldEogToken: true };
  const ids = [...prompt] as Token[];
  // All probabilities of a large vocabulary take time with every token.
  const outputs: AsyncGenerator<Output> =
    choices > 0
      ? sequence.evaluateWithMetadata(ids, { confidence: true, probabilities: true }, options)
      : sequence.evaluateWithMetadata(ids, { confidence: true }, options);
  let taken = 0;
  for await (const { token, confidence, probabilities } of outputs) {
    if (signal.aborted) return 'stopped';
    if (stop.has(token) || endsTurn(token)) return 'turn';
    onToken({ id: token, probability: confidence, choices: likeliest(probabilities ?? [], choices) });
    taken++;
    if (taken >= maxTokens) return 'length';
  }
  return 'turn';
}

/** The map comes in the order of its probabilities. */
function likeliest(probabilities: Iterable<readonly [Token, number]>, count: number): Chosen['choices'] {
  const first: { id: number; probability: number }[] = [];
  for (const [id, probability] of probabilities) {
    if (first.length >= count || probability === 0) break;
    first.push({ id, probability });
  }
  return first;
}

function nothingSaid({ prompt }: ChatPrompt): ChatAnswer {
  return { text: '', tokens: [], end: 'stopped', promptTokens: prompt.length, durationMs: 0 };
}
