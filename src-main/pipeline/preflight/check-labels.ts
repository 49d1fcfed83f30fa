/** Whether there is anything to learn in the rows, and whether it is what their owner meant. */
import type { DropReason } from '../../../src-shared/domain/labels.ts';
import type { DatasetCounts, RowCount } from './count-dataset.ts';
import { adviceFor, describeProblems, describeReasons, mainReason, wordsFor } from './drop-reasons.ts';
import {
  byShare,
  type DataFacts,
  fires,
  NO_ROWS,
  number,
  passes,
  rowsOf,
  together,
  type Verdict,
} from './preflight-facts.ts';

export function checkLabels(facts: DataFacts): Verdict[] {
  return [
    labelsNone(facts),
    labelsCollator(facts),
    labelsNoSpans(facts),
    labelsMarkerMissing(facts),
    labelsContentLost(facts),
    labelsOnlyTerminator(facts),
    labelsRowEmpty(facts),
    labelsMethod(facts),
  ];
}

function labelsNone({ counts, trainingExamples }: DataFacts): Verdict {
  const { examples, kept, trainableTokens } = counts;
  if (trainableTokens > 0 && trainingExamples > 0) {
    return {
      ...passes(
        'labels.none',
        `${number(trainableTokens)} tokens are trained.`,
        `${number(kept)} of ${number(examples)} examples have labels.`,
      ),
      count: trainableTokens,
    };
  }
  const dropped = together(...Object.values(counts.dropped));
  return fires(
    'labels.none',
    'error',
    `0 of ${number(examples)} examples have trained tokens.`,
    causeOfNone(counts),
    {
      count: examples,
      rows: dropped.rows,
    },
  );
}

/** One reason, the one that took most rows, in the rows' own words. */
function causeOfNone(counts: DatasetCounts): string {
  if (counts.examples === 0) return 'The file has no rows.';
  const reason = mainReason(counts);
  if (reason === null) return 'No example is left to train on: all are held back for validation.';
  const { count } = counts.dropped[reason];
  const others =
    counts.examples - count > 0 ? ` The others: ${describeReasons(counts, otherReasons(reason))}` : '';
  return `${rowsOf(count, counts.examples, '')} ${wordsFor(reason, count)}. For example: ${describeProblems(counts, reason)}.${others} ${adviceFor(reason)}`;
}

const EMPTY_REASONS = [
  'templateRefused',
  'spansUnproven',
  'noAssistant',
  'noTrainableTokens',
  'truncated',
] as const;

function otherReasons(reason: DropReason): DropReason[] {
  return (['invalid', ...EMPTY_REASONS, 'duplicate'] as const).filter(other => other !== reason);
}

/** Ids without labels: the collator has nothing to put beside them, and masking makes none for such rows. */
function labelsCollator({ format, counts }: DataFacts): Verdict {
  if (format !== 'tokenized')
    return passes('labels.collator', 'The collator gets its labels from the masking.');
  const missing = counts.invalidCodes.get('row.noLabels') ?? 0;
  if (missing > 0 && missing === counts.examples) {
    return fires(
      'labels.collator',
      'error',
      'The rows bring token ids and no labels.',
      'Tokenized rows are taken as they are: masking makes no labels for them, so the collator has none. Add a column of labels, or give the rows as messages.',
      counts.dropped.invalid,
    );
  }
  if (counts.kept > 0 || counts.dropped.noTrainableTokens.count === 0)
    return passes('labels.collator', 'The collator takes the labels that the rows bring.');
  return fires(
    'labels.collator',
    'error',
    'The rows bring labels, and none of them is trained.',
    `Tokenized rows are taken as they are: masking.strategy makes no labels for them. ${describeProblems(counts, 'noTrainableTokens')}. Write the id itself as the label of each token that is to be learnt.`,
    counts.dropped.noTrainableTokens,
  );
}

function labelsNoSpans({ counts, template }: DataFacts): Verdict {
  const unmarked = findingRows(counts, 'labels.noSpans');
  const unproven = counts.dropped.spansUnproven;
  const all = together(unmarked, unproven);
  if (all.count === 0) return passes('labels.noSpans', 'The template shows where each answer is.');
  const parts: string[] = [];
  if (unmarked.count > 0) {
    parts.push(
      template?.hasGenerationTags
        ? `The {% generation %} tags of the template enclose nothing in ${number(unmarked.count)} rows that have an answer.`
        : `The template shows nothing of the answers of ${number(unmarked.count)} rows.`,
    );
  }
  if (unproven.count > 0)
    parts.push(`${number(unproven.count)} rows: ${describeProblems(counts, 'spansUnproven')}.`);
  parts.push(adviceFor('spansUnproven'));
  return fires(
    'labels.noSpans',
    byShare(all.count, counts.examples),
    `The template gives no trained span for ${rowsOf(all.count, counts.examples, '')}.`,
    parts.join(' '),
    all,
  );
}

function labelsMarkerMissing({ counts, recipe, missingMarker }: DataFacts): Verdict {
  const missing = findingRows(counts, 'labels.markerMissing');
  if (recipe.masking.strategy !== 'markers') return passes('labels.markerMissing', 'No markers are needed.');
  if (missing.count === 0) return passes('labels.markerMissing', 'Every row holds the markers.');
  const { response } = recipe.masking.markers;
  const marker = missingMarker?.marker ?? response;
  const effect =
    marker === response
      ? 'so that nothing of them is trained'
      : 'so that questions are trained as well as answers';
  const nearest =
    missingMarker === null || missingMarker.nearest === null
      ? 'Nothing like it is there.'
      : `The nearest text of row ${missingMarker.row} is ${JSON.stringify(missingMarker.nearest)}.`;
  return fires(
    'labels.markerMissing',
    byShare(missing.count, counts.examples),
    `${rowsOf(missing.count, counts.examples, '')} do not hold a marker.`,
    `${JSON.stringify(marker)} is not in what the template prints for them, ${effect}. ${nearest} Markers are compared as text, wherever tokens begin and end; one that only a message itself spells does not count.`,
    missing,
  );
}

function labelsContentLost({ counts }: DataFacts): Verdict {
  const lost = findingRows(counts, 'labels.contentLost');
  if (lost.count === 0)
    return passes('labels.contentLost', 'The template shows every trained message whole.');
  return fires(
    'labels.contentLost',
    byShare(lost.count, counts.examples),
    `${rowsOf(lost.count, counts.examples, 'have')} trained text that the template does not show whole.`,
    'The template drops or rewrites a part of the message, such as its thinking, so that it is not learnt. Choose a template that prints it, or take it out of the data.',
    lost,
  );
}

function labelsOnlyTerminator({ counts }: DataFacts): Verdict {
  const only = findingRows(counts, 'labels.onlyTerminator');
  if (only.count === 0) return passes('labels.onlyTerminator', 'No row trains its end token alone.');
  return fires(
    'labels.onlyTerminator',
    byShare(only.count, counts.examples),
    `${rowsOf(only.count, counts.examples, '')} train${only.count === 1 ? 's' : ''} ${only.count === 1 ? 'its' : 'their'} end token alone.`,
    'Their answers are empty, or the template does not show them: the model learns to say nothing. Fill in the answers, or take the rows out.',
    only,
  );
}

function labelsRowEmpty({ counts }: DataFacts): Verdict {
  const empty = together(...EMPTY_REASONS.map(reason => counts.dropped[reason]));
  if (empty.count === 0) return passes('labels.rowEmpty', 'Every row has trained tokens.');
  return fires(
    'labels.rowEmpty',
    byShare(empty.count, counts.examples),
    `${rowsOf(empty.count, counts.examples, 'have')} no trained token.`,
    `They are left out: ${describeReasons(counts, EMPTY_REASONS)} ${adviceFor(mainReason(counts, EMPTY_REASONS) ?? 'noTrainableTokens')}`,
    empty,
  );
}

/** Nothing falls back silently: how the trained spans were found, and how far they were proven. */
function labelsMethod({ counts }: DataFacts): Verdict {
  const { methods, proofs } = counts;
  const ways = [
    [methods.tags, 'by generation tags'],
    [methods.sentinels, 'by marked renders'],
    [methods.markers, 'by marker texts'],
    [methods.offsets, 'by where the prompt ends'],
    [methods.none, 'as a whole or as the rows say'],
  ] as const;
  const used = ways.filter(([rows]) => rows > 0).map(([rows, way]) => `${number(rows)} ${way}`);
  const steps = [...proofs].map(([step, rows]) => `${number(rows)} with ${PROOF_WORDS[step]}`);
  return fires(
    'labels.method',
    'info',
    used.length === 0
      ? 'No labels were found.'
      : `Labels were found in ${number(counts.kept)} ${counts.kept === 1 ? 'row' : 'rows'}: ${used.join(', ')}.`,
    steps.length === 0 ? '' : `Proof: ${steps.join('; ')}.`,
    { count: counts.kept, rows: [] },
  );
}

const PROOF_WORDS = {
  all: 'every text of the row marked',
  messages: 'the messages marked, not the tools',
  contents: 'the contents marked, not the calls',
  'one-by-one': 'one message marked at a time',
  'tags-only': 'the generation tags alone',
  none: 'nothing marked',
} as const;

export function findingRows(
  counts: DatasetCounts,
  id: Parameters<DatasetCounts['findings']['get']>[0],
): RowCount {
  return counts.findings.get(id) ?? NO_ROWS;
}
