/** The registry must always hold what the page shows now. */
import { expect, test, vi } from 'vitest';
import { type Command, createCommandRegistry, findCommands, groupCommands } from './command-registry.ts';

const command = (id: string, title = id): Command => ({ id, title, enabled: true, run: () => {} });

test('a newer form of a command replaces the older, whose removal then does nothing', () => {
  const registry = createCommandRegistry();
  const removeOld = registry.register(command('run.stop', 'Stop and keep step 1'));
  registry.register(command('run.stop', 'Stop and keep step 2'));
  removeOld();
  expect(registry.list().map(({ title }) => title)).toEqual(['Stop and keep step 2']);
});

test('tells its watchers, and lists the same array until then', () => {
  const registry = createCommandRegistry();
  const listener = vi.fn();
  registry.subscribe(listener);
  const before = registry.list();
  expect(registry.list()).toBe(before);
  registry.register(command('a'))();
  expect(listener).toHaveBeenCalledTimes(2);
  expect(registry.list()).toEqual([]);
});

test('finds commands by words in any order', () => {
  const all = [command('a', 'Run the demo'), command('b', 'Theme: Dark')];
  expect(findCommands(all, 'demo run').map(({ id }) => id)).toEqual(['a']);
  expect(findCommands(all, '')).toHaveLength(2);
  expect(findCommands(all, 'xyz')).toEqual([]);
  expect(findCommands([{ ...command('c', 'Run'), isListed: false }], 'run')).toEqual([]);
});

test('groups commands by area, in a fixed order and without empty groups', () => {
  const all = ['chat.new', 'run.stop', 'go.disk', 'theme.dark'].map(id => command(id));
  expect(groupCommands(all).map(({ area, commands }) => [area, ...commands.map(({ id }) => id)])).toEqual([
    ['app', 'theme.dark'],
    ['go', 'go.disk'],
    ['page', 'chat.new', 'run.stop'],
  ]);
});
