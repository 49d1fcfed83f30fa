/** `luthier disk`: what takes space, what may go and why, and the limit of the cache. */
import { type CodedException, orThrow } from '../../../../src-shared/contract/coded-error.ts';
import type { DiskItem } from '../../../../src-shared/domain/disk.ts';
import { cleanDisk, restoreFromTrash, setCacheLimit, surveyDisk } from '../../../backend/disk/disk.ts';
import { modelSizes } from '../../../backend/disk/model-sizes.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { invalidArguments } from '../invalid-arguments.ts';
import { parseSize } from '../parse-size.ts';
import { readableSize } from '../readable-size.ts';

export interface DiskArguments {
  readonly what: string;
  readonly names: readonly string[];
  readonly dryRun: boolean;
}

export function diskCommand(
  context: CommandContext,
  { what, names, dryRun }: DiskArguments,
): Promise<ExitCode> {
  const [name] = names;
  if (what === 'list' && names.length === 0) return listCommand(context);
  if (what === 'models') return modelsCommand(context, names);
  if (what === 'clean') return cleanCommand(context, names, dryRun);
  if (what === 'restore' && name !== undefined && names.length === 1) return restoreCommand(context, name);
  if (what === 'limit' && name !== undefined && names.length === 1) return limitCommand(context, name);
  throw invalid(`\`disk ${[what, ...names].join(' ')}\` is not known.`);
}

async function listCommand({ parts, output, signal }: CommandContext): Promise<ExitCode> {
  const report = await surveyDisk(parts, signal);
  if (output.json) await output.document(report);
  for (const item of report.items) await output.text(asText(item));
  for (const { path, message } of report.problems) process.stderr.write(`${path}: ${message}\n`);
  const total = report.items.reduce((sum, { bytes }) => sum + bytes, 0);
  const { cacheLimitBytes, freeBytes } = report;
  await output.text(
    [
      `${readableSize(total)} in ${report.home}${freeBytes === null ? '' : `, ${readableSize(freeBytes)} free`}`,
      cacheLimitBytes === null
        ? 'Prepared datasets have no limit; set one with `luthier disk limit 20GiB`.'
        : `Prepared datasets may take ${readableSize(cacheLimitBytes)}.`,
    ].join('\n'),
  );
  return EXIT.done;
}

async function modelsCommand(context: CommandContext, folders: readonly string[]): Promise<ExitCode> {
  const { parts, output, signal } = context;
  const chosen = folders.map(folder => context.at(folder));
  const items = await modelSizes(parts.models, chosen, signal);
  if (output.json) await output.document({ items });
  for (const { bytes, path } of items) await output.text(`${readableSize(bytes).padStart(10)}  ${path}`);
  await output.text(
    `${readableSize(items.reduce((sum, { bytes }) => sum + bytes, 0))} in ${items.length} models.`,
  );
  return EXIT.done;
}

/** Without names, what every clean-up proposes. */
async function cleanCommand(
  { parts, output, signal }: CommandContext,
  names: readonly string[],
  dryRun: boolean,
): Promise<ExitCode> {
  const { items } = await surveyDisk(parts, signal);
  const unknown = names.find(name => !items.some(({ id }) => id === name));
  if (unknown !== undefined) throw invalid(`${unknown} is not in the list of \`luthier disk\`.`);
  const chosen = items.filter(({ id, isProposed }) => (names.length === 0 ? isProposed : names.includes(id)));
  const bytes = chosen.reduce((sum, item) => sum + (item.cleanUp === 'delete' ? item.bytes : 0), 0);
  if (dryRun) {
    if (output.json) await output.document({ items: chosen, freedBytes: bytes });
    for (const item of chosen) await output.text(asText(item));
    await output.text(
      chosen.length === 0 ? 'There is nothing to clean up.' : `Would free ${readableSize(bytes)}.`,
    );
    return EXIT.done;
  }
  const result = await cleanDisk(
    parts,
    chosen.map(({ id }) => id),
    { signal, onProgress: output.progress },
  );
  if (output.json) await output.document(result);
  for (const { id, trashId } of result.removed)
    await output.text(
      trashId === null ? `removed   ${id}` : `to trash  ${id}  (luthier disk restore ${trashId})`,
    );
  for (const { id, reason } of result.kept) await output.text(`kept      ${id}  ${reason}`);
  await output.text(`Freed ${readableSize(result.freedBytes)}.`);
  return signal.aborted ? EXIT.interrupted : EXIT.done;
}

async function restoreCommand({ parts, output }: CommandContext, trashId: string): Promise<ExitCode> {
  const restored = orThrow(restoreFromTrash(parts, trashId));
  if (output.json) await output.document(restored);
  await output.text(`Restored ${restored.path}`);
  return EXIT.done;
}

async function limitCommand({ parts, output, signal }: CommandContext, size: string): Promise<ExitCode> {
  const bytes = parseSize(size);
  if (bytes === undefined) throw invalid(`${size} is no size.`);
  const result = orThrow(await setCacheLimit(parts, bytes, signal));
  if (output.json) await output.document(result);
  await output.text(`The limit is set; ${readableSize(result.freedBytes)} were freed.`);
  return EXIT.done;
}

const MARKS = { delete: 'may go', trash: 'to trash', keep: 'stays' } as const;

function asText({ id, bytes, cleanUp, reason }: DiskItem): string {
  return `${readableSize(bytes).padStart(10)}  ${MARKS[cleanUp].padEnd(8)}  ${id}\n${' '.repeat(22)}${reason}`;
}

function invalid(cause: string): CodedException {
  return invalidArguments(
    cause,
    'Use `disk list`, `disk models [FOLDER…]`, `disk clean [--dry-run] [NAME…]`, `disk restore ID` or `disk limit SIZE`.',
  );
}
