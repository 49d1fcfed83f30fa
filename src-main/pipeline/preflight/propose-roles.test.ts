import { describe, expect, it } from 'vitest';
import { proposeRoles } from './propose-roles.ts';

const rows = (...dialogues: readonly (readonly string[])[]) =>
  dialogues.map(names => ({ conversations: names.map(from => ({ from, value: 'x' })) }));

describe('proposeRoles', () => {
  it.each([
    [
      'two unknown names in turn',
      [['narrator', 'hero', 'narrator', 'hero']],
      { narrator: 'user', hero: 'assistant' },
    ],
    ['an unknown name behind a known question', [['human', 'sage']], { sage: 'assistant' }],
    ['an unknown name before a known answer', [['guest', 'gpt']], { guest: 'user' }],
    [
      'a name that only opens the talk, before two that take turns',
      [['setting', 'guest', 'host']],
      { setting: 'system', guest: 'user', host: 'assistant' },
    ],
    ['a name before a known question', [['scene', 'user', 'assistant']], { scene: 'system' }],
    ['a lone name', [['hero']], { hero: 'assistant' }],
  ])('takes %s by its place', (_, dialogues, expected) => {
    expect(proposeRoles(rows(...dialogues), {})).toEqual(expected);
  });

  it('lets most rows decide, and leaves known names alone', () => {
    const dialogues = rows(['user', 'sage'], ['user', 'sage'], ['sage', 'assistant'], ['user', 'assistant']);
    expect(proposeRoles(dialogues, {})).toEqual({ sage: 'assistant' });
    expect(proposeRoles(rows(['user', 'assistant']), {})).toBeNull();
  });

  it('takes back a mapping that leaves no answer, and keeps the others', () => {
    const given = { human: 'user', gpt: 'user' } as const;
    expect(proposeRoles(rows(['human', 'gpt']), given)).toEqual({ human: 'user', gpt: 'assistant' });
  });
});
