import { describe, expect, it } from 'vitest';
import { markGenerationTags } from './generation-tags.ts';

const marker = { open: '⟦', close: '⟧' };

describe('markGenerationTags', () => {
  it('keeps the white-space control of each tag on its outer sides', () => {
    expect(markGenerationTags('a {%- generation -%} b {%+ endgeneration %}', marker)).toBe(
      'a {%- generation %}{{ "⟦" }}{% generation -%} b {%+ endgeneration %}{{ "⟧" }}{% endgeneration %}',
    );
  });

  it('is null where there is no tag', () => {
    expect(markGenerationTags('{% if generation %}x{% endif %}', marker)).toBeNull();
  });

  it('takes a tag inside a comment or a raw block for text', () => {
    expect(
      markGenerationTags('{# {% generation %} #}{% raw %}{% generation %}{% endraw %}', marker),
    ).toBeNull();
  });

  it('does not loop on braces that open nothing', () => {
    expect(markGenerationTags('{{{{%{ {% generation%}', marker)).toBe(
      '{{{{%{ {% generation %}{{ "⟦" }}{% generation %}',
    );
  });
});
