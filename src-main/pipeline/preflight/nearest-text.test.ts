import { describe, expect, it } from 'vitest';
import { nearestText } from './nearest-text.ts';

describe('nearestText', () => {
  it.each([
    [
      'a slip of the pen',
      'hi<|im_end|>\n<|im_start|>assistant\nyo',
      '<|im_start|>asistent\n',
      '<|im_start|>assistant\n',
    ],
    ['a missing space', '### Response:\nyo', '### Response: \n', '### Response:\n'],
    ['other capitals', 'x ASSISTANT: yo', 'Assistant: ', 'ASSISTANT: '],
    ['the text itself', 'a [/INST] b', '[/INST]', '[/INST]'],
  ])('finds %s', (_, text, wanted, expected) => {
    const found = nearestText(text, wanted);
    expect(text).toContain(found);
    expect(found?.trim()).toBe(expected.trim());
  });

  it('finds nothing where most of it would have to change', () => {
    expect(nearestText('one two three', '<|im_start|>')).toBeNull();
    expect(nearestText('', '<a>')).toBeNull();
  });
});
