/** Which column holds which part of an example: the recipe's word, else a guess by whole names, with a reason. */

/** The names that parts go by in published data, best first; compared whole, in lower case. */
const KNOWN_NAMES = {
  messages: ['messages', 'conversations', 'conversation', 'dialog', 'dialogue', 'chat', 'contents', 'turns'],
  inputIds: ['input_ids'],
  labels: ['labels'],
  chosen: ['chosen', 'preferred_output'],
  rejected: ['rejected', 'rejected_response', 'non_preferred_output'],
  prompt: ['instruction', 'prompt', 'question', 'query', 'problem', 'user', 'human', 'input'],
  completion: ['output', 'completion', 'response', 'answer', 'assistant', 'solution', 'reply', 'target'],
  input: ['input', 'context'],
  history: ['history'],
  system: ['system', 'system_prompt', 'systeminstruction'],
  text: ['text', 'content'],
  tools: ['tools', 'functions'],
  documents: ['documents'],
  variables: ['chat_template_kwargs'],
  verdict: ['kto_tag', 'label'],
  media: ['images', 'image', 'videos', 'video', 'audios', 'audio'],
} as const;

export type Part = keyof typeof KNOWN_NAMES;
const PARTS = Object.keys(KNOWN_NAMES) as Part[];

/** Part → column name of the file. */
export type Columns = Readonly<Partial<Record<Part, string>>>;

/** Names that say by themselves that a line is a header: not those that could well be words of a sentence. */
const TELLING = new Set<string>(
  PARTS.filter(part => part !== 'verdict' && part !== 'media').flatMap(part => KNOWN_NAMES[part]),
);

export function isKnownColumn(name: string): boolean {
  return TELLING.has(name.toLowerCase());
}

/** The parts that make a format: naming one of a group leaves the other groups out. */
const GROUPS: readonly (readonly Part[])[] = [
  ['messages'],
  ['prompt', 'completion', 'chosen'],
  ['text'],
  ['inputIds'],
];

/** `given` wins, also over a name that would fit; a column serves one part. */
export function guessColumns(names: readonly string[], given: Columns): Columns {
  const columns: Partial<Record<Part, string>> = { ...given };
  const taken = new Set(Object.values(given));
  const named = GROUPS.filter(group => group.some(part => given[part] !== undefined)).flat();
  const skipped = new Set(named.length === 0 ? [] : GROUPS.flat().filter(part => !named.includes(part)));
  const byName = new Map(names.map(name => [name.toLowerCase(), name]));
  for (const part of PARTS) {
    if (columns[part] !== undefined || skipped.has(part)) continue;
    const name = KNOWN_NAMES[part].map(known => byName.get(known)).find(found => found && !taken.has(found));
    if (name === undefined) continue;
    columns[part] = name;
    taken.add(name);
  }
  return columns;
}

export function reasonFor(part: Part, given: Columns): string {
  return given[part] === undefined ? 'known name' : 'set in the recipe';
}
