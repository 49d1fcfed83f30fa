/** Single tokens that make or spoil a run: ends, begins, headers, and special tokens where text should be. */
import { findingRows } from './check-labels.ts';
import { type DataFacts, fires, passes, rowsOf, type Verdict } from './preflight-facts.ts';

export function checkTokens(facts: DataFacts): Verdict[] {
  return [
    endNotTrained(facts),
    padIsEnd(facts),
    doubleBos(facts),
    headerTrained(facts),
    specialInContent(facts),
  ];
}

function endNotTrained({ counts, recipe, template }: DataFacts): Verdict {
  const id = 'tokens.endNotTrained';
  if (counts.kept > 0 && counts.endTrainedExamples === 0) {
    const unknown = template?.unknownEnd ?? null;
    const why = !recipe.masking.trainOnEndOfTurn
      ? 'masking.trainOnEndOfTurn is false.'
      : unknown !== null
        ? `The template ends an answer with \`${unknown}\`, at which this vocabulary does not stop.`
        : 'No token that ends generation stands in a trained span.';
    return fires(id, 'warning', 'No end token is trained.', `${why} The model would never learn to stop.`, {
      count: counts.kept,
      rows: findingRows(counts, id).rows,
    });
  }
  const missing = findingRows(counts, id);
  if (missing.count === 0) return passes(id, 'The end of the answers is trained.');
  return fires(
    id,
    'warning',
    `${rowsOf(missing.count, counts.examples, '')} do not train the token that ends an answer.`,
    'The template prints none behind it, or not within its generation tags. The model would not learn to stop there.',
    missing,
  );
}

function padIsEnd({ model }: DataFacts): Verdict {
  const id = 'tokens.padIsEnd';
  if (model.padId === null || model.padId !== model.eosId)
    return passes(id, 'The pad token is not the end token.');
  return fires(
    id,
    'info',
    'The pad token is the end token.',
    'That does no harm here: padding is masked by its place, not by its id.',
  );
}

function doubleBos({ counts, expectsBos }: DataFacts): Verdict {
  const id = 'tokens.doubleBos';
  const found = findingRows(counts, id);
  if (found.count === 0) return passes(id, 'No row has a begin token too many.');
  if (!expectsBos)
    return fires(
      id,
      'warning',
      `${rowsOf(found.count, counts.examples, '')} begin with a begin token that the model does not expect.`,
      'Its vocabulary adds none, and its own template, if it has one, prints none: the model has never seen that. Choose a template that prints none.',
      found,
    );
  return fires(
    id,
    'warning',
    `${rowsOf(found.count, counts.examples, '')} begin with two begin tokens.`,
    'The template prints one, and another one stands in the template or the data: the model has never seen that. Take it out of the data, or choose a template that prints one.',
    found,
  );
}

function headerTrained({ counts }: DataFacts): Verdict {
  const id = 'tokens.headerTrained';
  const found = findingRows(counts, id);
  if (found.count === 0) return passes(id, 'No role header is trained.');
  return fires(
    id,
    'warning',
    `${rowsOf(found.count, counts.examples, '')} train a role header or an empty think block.`,
    'The trained part begins before the answer, so that the model learns to print what programs print for it.',
    found,
  );
}

function specialInContent({ counts, recipe }: DataFacts): Verdict {
  const id = 'tokens.specialInContent';
  const found = findingRows(counts, id);
  if (found.count === 0) return passes(id, 'No message spells a special token.');
  const parsed = recipe.template.parseSpecialInContent;
  return fires(
    id,
    parsed ? 'info' : 'warning',
    `${rowsOf(found.count, counts.examples, '')} spell a special token in their text.`,
    parsed
      ? 'It becomes that token, since template.parseSpecialInContent is true.'
      : 'It stays text, piece by piece, so that no message can end a turn. Hugging Face would make it the token.',
    found,
  );
}
