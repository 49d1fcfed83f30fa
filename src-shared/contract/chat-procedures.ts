/** The procedures of the chat page: answers side by side as they are made, the tokens of a prompt, held-out prompts. */
import { z } from 'zod';
import {
  chatAnswerSchema,
  chatEventSchema,
  chatMessageSchema,
  chatModelSchema,
  chatSamplingSchema,
  chatSideSchema,
} from '../domain/chat.ts';

const run = z.string().min(1).max(100);
const chatId = z.string().min(1).max(100);

export const answersSchema = z.object({ base: z.string(), tuned: z.string() });
export type Answers = z.infer<typeof answersSchema>;

/** What to do while another job has the device. `share`: answer all the same, if there is memory for it. */
export const whenBusySchema = z.enum(['refuse', 'wait', 'share']);
export type WhenBusy = z.infer<typeof whenBusySchema>;

export const heldOutSchema = z.object({
  row: z.number().nullable(),
  /** Everything before the answer, the data's system prompt included. */
  messages: z.array(chatMessageSchema),
  expected: z.string(),
});
export type HeldOutPrompt = z.infer<typeof heldOutSchema>;

export const promptTokensSchema = z.object({
  text: z.string(),
  ids: z.array(z.number()),
  /** Text of each token; bytes that are no whole character stand as U+FFFD. */
  pieces: z.array(z.string()),
  /** Bytes in hexadecimal. */
  bytes: z.array(z.string()),
});

export const CHAT_PROCEDURES = {
  /** Base and tuned model, same prompt, same template as in training, greedy. */
  'chat.answer': {
    input: z.strictObject({ id: z.string(), prompt: z.string().min(1).max(20_000) }),
    output: answersSchema,
  },
  /**
   * Each side answers its own conversation with the same settings, one after the other. Answers when all are done or
   * were stopped; `chat.events` of the same `chatId`, chosen by the caller, tells meanwhile. Errors: `run.notFound`,
   * `run.noAdapter`, `compute.busy`, `memory.short`, those of model and template.
   */
  'chat.start': {
    input: z.strictObject({
      chatId,
      sides: z.array(chatSideSchema).min(1).max(4),
      sampling: chatSamplingSchema,
      /** How many of the likeliest tokens are told with each token. */
      choices: z.int().min(0).max(10),
      whenBusy: whenBusySchema,
    }),
    output: z.object({ answers: z.array(chatAnswerSchema) }),
  },
  /** What was said so far is the answer of `chat.start`. Nothing happens where that is over. */
  'chat.stop': { input: z.strictObject({ chatId }), output: z.strictObject({}) },
  'chat.describe': {
    input: z.strictObject({ id: run }),
    output: z.object({
      name: z.string(),
      systemPrompt: z.string().nullable(),
      /** Those whose files were saved. */
      models: z.array(chatModelSchema),
    }),
  },
  /** The very text and tokens that the model gets, by the run's template. */
  'chat.prompt': {
    input: z.strictObject({ id: run, messages: z.array(chatMessageSchema).min(1).max(500) }),
    output: promptTokensSchema,
  },
  /**
   * Prompts that the run was not trained on. `unprepared`: which rows they are was cleaned up; asked for again with
   * `prepare`, the data is prepared anew.
   */
  'chat.heldOut': {
    input: z.strictObject({ id: run, count: z.int().min(1).max(500), prepare: z.boolean() }),
    output: z.object({
      source: z.enum(['demo', 'validation', 'none', 'unprepared']),
      prompts: z.array(heldOutSchema),
      /** All there are, also those beyond `count`. */
      total: z.number(),
    }),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export const CHAT_STREAMS = {
  'chat.events': { input: z.strictObject({ chatId }), event: z.array(chatEventSchema) },
} as const satisfies Record<string, { input: z.ZodType; event: z.ZodType }>;
