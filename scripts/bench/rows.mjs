// Made-up conversations for measuring: the same for the same seed, in many words and several scripts.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** Mulberry32: numbers in [0, 1). */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const COMMON =
  'the of to and a in is it that for was on with as be at by this have from or one had not but what all were when we there can an your which their said if will do each about how up out them then she many some so these would into has more her two like him see time could no make than first been its who now people my made over did down only way find use may water long little very after words just where most know'.split(
    ' ',
  );
const FOREIGN = [
  'Zürich',
  'naïve',
  'São',
  'Олег',
  'доброе',
  'утро',
  '李雷',
  '在公园',
  '東京',
  'παιδί',
  '안녕',
  '🎻',
  '😀',
  '→',
  '½',
];
const ONSETS = [
  'b',
  'br',
  'c',
  'ch',
  'd',
  'f',
  'g',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'qu',
  'r',
  's',
  'st',
  't',
  'v',
  'w',
];
const RIMES = [
  'a',
  'ack',
  'ain',
  'ar',
  'e',
  'ear',
  'ell',
  'ent',
  'ing',
  'in',
  'ip',
  'o',
  'old',
  'on',
  'ore',
  'un',
  'uth',
  'y',
];

/** How often a word comes falls with its rank, as in real text. */
function createVoice(random) {
  const pick = list => list[Math.floor(random() * list.length)];
  const syllable = () => pick(ONSETS) + pick(RIMES);
  const rare = Array.from({ length: 20_000 }, () => syllable() + (random() < 0.6 ? syllable() : ''));
  const word = () => {
    const chance = random();
    if (chance < 0.72) return COMMON[Math.floor(COMMON.length ** random()) - 1] ?? 'the';
    if (chance < 0.97) return rare[Math.floor(rare.length ** random()) - 1] ?? 'word';
    return chance < 0.985 ? pick(FOREIGN) : String(Math.floor(random() * 3000));
  };
  const sentence = length => {
    const text = Array.from({ length }, word).join(' ');
    return text.charAt(0).toUpperCase() + text.slice(1) + pick(['.', '.', '.', '?', '!', ':\n-']);
  };
  return words => {
    const sentences = [];
    for (let left = Math.round(words); left > 0; ) {
      const length = Math.min(left, 5 + Math.floor(random() * 14));
      sentences.push(sentence(length));
      left -= length;
    }
    return sentences.join(' ');
  };
}

/** Conversations of one to four turns behind a system message: about 275 tokens of a Qwen2 vocabulary. */
export async function writeConversations(path, count, seed = 1) {
  const random = seeded(seed);
  const say = createVoice(random);
  await writeLines(path, count, () => {
    const turns = 1 + Math.floor(random() * 4);
    const messages = [{ role: 'system', content: say(8) }];
    for (let turn = 0; turn < turns; turn++) {
      messages.push({ role: 'user', content: say((48 / turns) * (0.5 + random())) });
      messages.push({ role: 'assistant', content: say((108 / turns) * (0.5 + random())) });
    }
    return JSON.stringify({ messages });
  });
}

/** Rows of one question and one answer, about 130 bytes each. */
export async function writeShortRows(path, count, seed = 1) {
  const random = seeded(seed);
  const pick = list => list[Math.floor(random() * list.length)];
  const names = ['Ada', 'Ben', 'Chiara', 'Zoë', '李雷', 'Олег', 'José', 'Mia'];
  const things = ['red ball', 'blue car', 'small dog', 'yellow hat', 'old book', '😀 sticker'];
  const places = ['park', 'house', 'garden', 'school', 'harbour'];
  await writeLines(path, count, i => {
    const [name, thing] = [pick(names), pick(things)];
    const messages = [
      { role: 'user', content: `Where did ${name} put the ${thing}? #${i}` },
      { role: 'assistant', content: `${name} put the ${thing} in the ${pick(places)}.` },
    ];
    return JSON.stringify({ messages });
  });
}

async function writeLines(path, count, line) {
  const file = createWriteStream(path, { highWaterMark: 1 << 20 });
  for (let i = 0; i < count; i++) if (!file.write(`${line(i)}\n`)) await once(file, 'drain');
  file.end();
  await once(file, 'finish');
}
