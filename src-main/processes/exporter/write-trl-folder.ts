/** The rows, template and settings of a run as a folder that TRL trains with; the rows are read again and compared. */
import {
  closeSync,
  createReadStream,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { LabelsVerification } from '../../../src-shared/domain/export.ts';
import type { LabelledExample } from '../../../src-shared/domain/labels.ts';
import type { Split } from '../../adapters/prepared/format.ts';
import { PreparedDataset } from '../../adapters/prepared/prepared-reader.ts';
import type { ExportContent } from '../../pipeline/job-results.ts';
import type { JobContext } from '../child-channel.ts';
import { openLabeller } from '../preparer/open-labeller.ts';
import { stopIfAsked } from './cancellation.ts';
import { trlSettings } from './trl-settings.ts';

type TrlContent = Extract<ExportContent, { format: 'trl' }>;

const PARTS = [
  ['train.jsonl', 'training'],
  ['valid.jsonl', 'validation'],
] as const satisfies readonly (readonly [string, Split])[];

/** Errors: `prepared.damaged`, those of model and template, `export.differs`. */
export async function writeTrlFolder(
  content: TrlContent,
  directory: string,
  context: JobContext,
): Promise<Outcome<LabelsVerification>> {
  const { recipe, preparedPath, now } = content;
  const opened = await openLabeller(recipe, 'prompt-completion', context.nativeDirectory, now);
  if (!opened.ok) return opened;
  const { architecture } = opened.value.model.info;
  const template = opened.value.templateSource;
  opened.value.dispose();
  const dataset = PreparedDataset.open(preparedPath);
  if (!dataset.ok) return dataset;
  const folder = join(directory, content.fileName);
  mkdirSync(folder);
  for (const name of readdirSync(content.scriptsDirectory))
    writeFileSync(join(folder, name), readFileSync(join(content.scriptsDirectory, name)));
  writeFileSync(join(folder, 'chat_template.jinja'), template);
  const settings = JSON.stringify(trlSettings(recipe, architecture), null, 2);
  writeFileSync(join(folder, 'settings.json'), `${settings}\n`);
  try {
    let verified: LabelsVerification = { kind: 'labels', examples: 0, tokens: 0 };
    for (const [name, split] of PARTS) {
      const indices = dataset.value.indicesOf(split);
      if (indices.length === 0) continue;
      writeRows(join(folder, name), dataset.value, indices, context);
      const read = await compareRows(join(folder, name), dataset.value, indices, context);
      if (read === null) return fail(differs(name));
      verified = {
        ...verified,
        examples: verified.examples + indices.length,
        tokens: verified.tokens + read,
      };
    }
    return ok(verified);
  } finally {
    dataset.value.close();
  }
}

function writeRows(path: string, dataset: PreparedDataset, indices: Uint32Array, context: JobContext): void {
  const fd = openSync(path, 'wx');
  try {
    for (const [done, index] of indices.entries()) {
      const { inputIds, labels } = dataset.read(index);
      const bytes = Buffer.from(`${JSON.stringify({ input_ids: [...inputIds], labels: [...labels] })}\n`);
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      if (done % 256 === 0)
        context.reportProgress({ phase: 'writing examples', done, total: indices.length });
    }
  } finally {
    closeSync(fd);
  }
}

/** The tokens that were compared; null where one differs. */
async function compareRows(
  path: string,
  dataset: PreparedDataset,
  indices: Uint32Array,
  context: JobContext,
): Promise<number | null> {
  let done = 0;
  let tokens = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const index = indices[done];
    if (index === undefined) return null;
    const expected = dataset.read(index);
    if (!isSame(JSON.parse(line), expected)) return null;
    tokens += expected.inputIds.length;
    stopIfAsked(context.signal);
    if (done % 256 === 0)
      context.reportProgress({ phase: 'verifying examples', done, total: indices.length });
    done++;
  }
  return done === indices.length ? tokens : null;
}

function isSame(
  row: { input_ids: number[]; labels: number[] },
  { inputIds, labels }: LabelledExample,
): boolean {
  const same = (found: readonly number[], expected: Int32Array) =>
    found.length === expected.length && found.every((value, i) => value === expected[i]);
  return same(row.input_ids, inputIds) && same(row.labels, labels);
}

function differs(name: string) {
  return {
    code: 'export.differs',
    title: 'The rows that were written are not those of the run.',
    cause: `${name} was read again and holds other ids or labels.`,
    remedy: 'The files were not kept. Check the disk, then export again.',
  };
}
