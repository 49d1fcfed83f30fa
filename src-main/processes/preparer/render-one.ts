/** Renders one row, or a template context of one's own, and says which parts are trained. */
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Row } from '../../../src-shared/domain/conversation.ts';
import { fromNative, loadAddon } from '../../adapters/native/addon.ts';
import { maskDialogue } from '../../pipeline/label/label-conversation.ts';
import { joinPair, type LabelOptions } from '../../pipeline/label-row.ts';
import type { JobContext } from '../child-channel.ts';
import type { RenderJob, RenderResult } from '../protocol.ts';
import { openLabeller } from './open-labeller.ts';
import { dataPaths, readRows } from './read-rows.ts';

export async function renderOne(job: RenderJob, context: JobContext): Promise<Outcome<RenderResult>> {
  const opened = await openLabeller(job.recipe, 'messages', context.nativeDirectory, job.now);
  if (!opened.ok) return opened;
  const { options, templateSource } = opened.value;
  try {
    if ('contextJson' in job.source) {
      return renderContext(
        templateSource,
        job.source.contextJson,
        options.context,
        context.nativeDirectory,
        job.now,
      );
    }
    const row = await findRow(job, job.source.row);
    if (!row) return fail(rowError(`The dataset has no row ${job.source.row}; rows count from 0.`));
    return renderImported(row, options);
  } finally {
    opened.value.dispose();
  }
}

/** A row as text with what is trained of it. Errors: `render.row`, the template's. */
export function renderImported(row: Row, options: LabelOptions): Outcome<RenderResult> {
  if (row.kind === 'invalid') return fail(rowError(`Row ${row.row}, line ${row.line}: ${row.message}`));
  if (row.kind === 'text') return ok(whole(row.text, 0));
  if (row.kind === 'pair') return ok(whole(row.prompt + row.completion, row.prompt.length));
  if (row.kind === 'tokenized') return fail(rowError('Tokenized rows have no text to render.'));
  if (!options.template) return fail(rowError('There is no chat template to render it with.'));
  const dialogue =
    row.kind === 'message-pair' ? joinPair(row) : { conversation: row.conversation, promptLength: null };
  const masked = maskDialogue(dialogue, options);
  if (!masked.ok) return masked;
  return ok({
    text: masked.value.rendered.text,
    spans: masked.value.spans.map(({ start, end, role, trained }) => ({ start, end, role, trained })),
  });
}

/** Text without a template: trained from `start` on. */
function whole(text: string, start: number): RenderResult {
  return { text, spans: [{ start, end: text.length, role: 'completion', trained: true }] };
}

/** The context's keys reach the template unchanged and win over the model's values. */
function renderContext(
  source: string,
  contextJson: string,
  defaults: Readonly<Record<string, unknown>>,
  nativeDirectory: string,
  now: number,
): Outcome<RenderResult> {
  let own: unknown;
  try {
    own = JSON.parse(contextJson);
  } catch (error) {
    return fail(contextError(error instanceof Error ? error.message : String(error)));
  }
  if (typeof own !== 'object' || own === null || Array.isArray(own))
    return fail(contextError('It is no JSON object.'));
  const addon = loadAddon(nativeDirectory);
  if (!addon.ok) return addon;
  const template = fromNative(addon.value.ChatTemplate.compile(source));
  if (!template.ok) return template;
  const text = fromNative(template.value.render(JSON.stringify({ ...defaults, ...own }), { now }));
  template.value.dispose();
  return text.ok ? ok({ text: text.value, spans: [] }) : text;
}

async function findRow(job: RenderJob, wanted: number): Promise<Row | null> {
  for await (const row of readRows(dataPaths(job.recipe), 'messages', job.recipe, job.recipe.dataset.limit)) {
    if (row.row === wanted) return row;
  }
  return null;
}

function rowError(cause: string) {
  return { code: 'render.row', title: 'The row cannot be rendered.', cause, remedy: 'Choose another row.' };
}

function contextError(cause: string) {
  return {
    code: 'render.context',
    title: 'The template context cannot be read.',
    cause,
    remedy: 'Give a file with one JSON object, for example {"messages": […]}.',
  };
}
