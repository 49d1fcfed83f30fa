/** The content of a message, as text: strings as they are, lists of parts joined, images left out and said. */
import type { JsonValue } from '../../../src-shared/domain/conversation.ts';
import { isObject, kindOf } from './json-shapes.ts';

export interface Content {
  readonly text: string | null;
  readonly reasoning: string | null;
  /** Images, sound or video stood there; nothing is opened or fetched. */
  readonly mediaIgnored: boolean;
}

const MEDIA = /^(input_)?(image|image_url|video|video_url|audio|audio_url|file)$/;
const TEXT = new Set(['text', 'input_text', 'output_text']);

/** The content, or what is wrong with it: the end of a sentence that begins with the message. */
export function readContent(value: JsonValue | undefined): Content | string {
  if (value === null || value === undefined) return { text: null, reasoning: null, mediaIgnored: false };
  if (typeof value === 'string') return { text: value, reasoning: null, mediaIgnored: false };
  if (!Array.isArray(value)) return `has ${kindOf(value)} as content, not text.`;
  let text = '';
  let reasoning = '';
  let mediaIgnored = false;
  for (const part of value as readonly JsonValue[]) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    if (!isObject(part)) return `has ${kindOf(part)} as a part of its content.`;
    const type = typeof part['type'] === 'string' ? part['type'] : 'text';
    if (MEDIA.test(type)) mediaIgnored = true;
    else if (TEXT.has(type) && typeof part['text'] === 'string') text += part['text'];
    else if (type === 'thinking' && typeof part['thinking'] === 'string') reasoning += part['thinking'];
    else return `has a part of the type \`${type}\` that is no text.`;
  }
  return { text, reasoning: reasoning === '' ? null : reasoning, mediaIgnored };
}
