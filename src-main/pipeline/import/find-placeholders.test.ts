import { describe, expect, it } from 'vitest';
import { hasPlaceholder } from './find-placeholders.ts';

describe('hasPlaceholder', () => {
  it.each(['Dear {{name}},', 'Hi {{ user.first_name }}', 'Hello [NAME]', 'From [YOUR NAME]'])(
    'finds %s',
    text => {
      expect(hasPlaceholder(text)).toBe(true);
    },
  );

  it.each(['[INST] hi [/INST]', 'see [API](https://x.org)', 'a[I]', '{{ a + b }}', '[1, 2]', 'x[KEY][0]'])(
    'leaves %s alone',
    text => {
      expect(hasPlaceholder(text)).toBe(false);
    },
  );
});
