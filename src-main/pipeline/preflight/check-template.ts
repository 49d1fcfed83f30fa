/** Whether the chat template speaks this model's language, and what it says to the rows. */
import { adviceFor, describeProblems } from './drop-reasons.ts';
import { byShare, type DataFacts, fires, passes, rowsOf, type Verdict } from './preflight-facts.ts';

export function checkTemplate(facts: DataFacts): Verdict[] {
  return [checkMismatch(facts), checkRefused(facts)];
}

const NAMED_TOKENS = 5;

function checkMismatch({ template }: DataFacts): Verdict {
  const id = 'template.mismatch';
  if (template === null) return passes(id, 'No chat template is needed.');
  const { brokenTokens, isOwn, differsFromOwn } = template;
  if (brokenTokens.length > 0) {
    const named = brokenTokens
      .slice(0, NAMED_TOKENS)
      .map(token => `\`${token}\``)
      .join(', ');
    const more = brokenTokens.length > NAMED_TOKENS ? ' and others' : '';
    return isOwn
      ? fires(
          id,
          'warning',
          "The model's own template prints control words that are no tokens of its vocabulary.",
          `${named}${more} fall into several tokens each. That is right only if the model was trained that way.`,
        )
      : fires(
          id,
          'error',
          'The template is for another vocabulary.',
          `It prints ${named}${more}, which are not single tokens of this model: it would learn them letter by letter, and not stop where they stand. Choose a template whose tokens the model has.`,
        );
  }
  if (differsFromOwn) {
    return fires(
      id,
      'warning',
      "The template is not the model's own.",
      'It prints the same chat differently from the template in the model file: the model has to unlearn its own format, and programs that use the one in the file will not fit the tuned model.',
    );
  }
  return passes(id, isOwn ? "The template is the model's own." : 'The template fits the vocabulary.');
}

function checkRefused({ counts }: DataFacts): Verdict {
  const refused = counts.dropped.templateRefused;
  if (refused.count === 0) return passes('template.refused', 'The template takes every row.');
  return fires(
    'template.refused',
    byShare(refused.count, counts.examples),
    `The template refuses ${rowsOf(refused.count, counts.examples, '')}.`,
    `In its own words: ${describeProblems(counts, 'templateRefused')}. ${adviceFor('templateRefused')}`,
    refused,
  );
}
