/** Markers that fit what the template prints around the answers of the first rows. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { RenderedText } from '../../../src-shared/domain/template.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { type Markers, proposeMarkers } from '../../pipeline/label/find-markers.ts';
import { maskDialogue } from '../../pipeline/label/label-conversation.ts';
import { joinPair } from '../../pipeline/label-row.ts';
import type { ExplorerSession } from './explorer-session.ts';
import type { QuestionContext } from './serve-questions.ts';

const RENDERED_ROWS = 10;

/** Both null where the rows have nothing in common in front of their answers. */
export async function proposeRowMarkers(
  session: ExplorerSession,
  recipe: Recipe,
  context: QuestionContext,
): Promise<Outcome<Markers>> {
  const data = await session.data(recipe.dataset, context.signal);
  if (!data.ok) return data;
  const masking = { ...recipe.masking, strategy: 'assistant' } as const;
  const labeller = await session.labeller({ ...recipe, masking }, context);
  if (!labeller.ok) return labeller;
  const { options } = labeller.value;
  const rendered: RenderedText[] = [];
  for (const { row } of options.template ? await data.value.rows(0, RENDERED_ROWS) : []) {
    if (row.kind !== 'conversation' && row.kind !== 'message-pair') continue;
    const dialogue =
      row.kind === 'message-pair' ? joinPair(row) : { conversation: row.conversation, promptLength: null };
    const masked = maskDialogue(dialogue, options);
    if (masked.ok) rendered.push(masked.value.rendered);
  }
  return ok(proposeMarkers(rendered, options.endTexts) ?? { instruction: null, response: null });
}
