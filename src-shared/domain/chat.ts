/** A chat with base and tuned models: who answers, how tokens are chosen, and what was said. */
import { z } from 'zod';

export const chatMessageSchema = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string().max(200_000),
});
export type ChatMessage = z.infer<typeof chatMessageSchema>;

/** `tuned` is the adapter of the last step, `best` that of the best evaluation. */
export const chatModelSchema = z.enum(['base', 'tuned', 'best']);
export type ChatModel = z.infer<typeof chatModelSchema>;

export const chatSideSchema = z.strictObject({
  /** Gives model, adapter and template. */
  run: z.string().min(1).max(100),
  model: chatModelSchema,
  /** Everything before the answer; the last message is the user's. */
  messages: z.array(chatMessageSchema).min(1).max(500),
});
export type ChatSide = z.infer<typeof chatSideSchema>;

export const chatSamplingSchema = z.strictObject({
  /** 0 always takes the likeliest token; the other settings change nothing then. */
  temperature: z.number().min(0).max(5),
  /** Only the likeliest tokens that together have this probability; 1 takes all. */
  topP: z.number().gt(0).max(1),
  /** Only the likeliest so many; 0 takes all. */
  topK: z.int().min(0).max(1_000_000),
  seed: z.int().min(0).max(0xffff_ffff),
  maxTokens: z.int().min(1).max(32_768),
});
export type ChatSampling = z.infer<typeof chatSamplingSchema>;

export const GREEDY_CHAT: ChatSampling = { temperature: 0, topP: 1, topK: 0, seed: 42, maxTokens: 512 };

export const tokenChoiceSchema = z.object({
  text: z.string(),
  /** From 0 to 1, of those that the settings leave to choose from. */
  probability: z.number(),
});

export const chatTokenSchema = z.object({
  id: z.number(),
  /** What it adds to the answer; empty for a token that is only the beginning of a character. */
  text: z.string(),
  probability: z.number(),
  /** The likeliest, the token itself among them or not. */
  choices: z.array(tokenChoiceSchema).readonly(),
});
export type ChatToken = z.infer<typeof chatTokenSchema>;

/** `turn`: the model ended it. `length`: as long as was allowed. `stopped`: it was asked to stop. */
export const answerEndSchema = z.enum(['turn', 'length', 'stopped']);
export type AnswerEnd = z.infer<typeof answerEndSchema>;

export const chatAnswerSchema = z.object({
  text: z.string(),
  tokens: z.array(chatTokenSchema).readonly(),
  end: answerEndSchema,
  promptTokens: z.number(),
  durationMs: z.number(),
});
export type ChatAnswer = z.infer<typeof chatAnswerSchema>;

/** `side` counts from 0. Sides answer one after the other. */
export const chatEventSchema = z.discriminatedUnion('type', [
  /** The device is taken; the answer waits for it. */
  z.object({ type: z.literal('waiting'), cause: z.string() }),
  z.object({ type: z.literal('answering'), side: z.number() }),
  z.object({ type: z.literal('token'), side: z.number(), token: chatTokenSchema }),
  z.object({ type: z.literal('answered'), side: z.number(), answer: chatAnswerSchema }),
]);
export type ChatEvent = z.infer<typeof chatEventSchema>;
