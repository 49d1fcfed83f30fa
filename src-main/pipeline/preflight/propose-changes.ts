/** Which changes of the recipe could mend a check; each is tried before it is offered. Least harm first. */
import type { Role } from '../../../src-shared/domain/conversation.ts';
import type { DropReason } from '../../../src-shared/domain/labels.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { RowFormat } from '../import/import-options.ts';
import { proposeColumns } from '../import/propose-columns.ts';
import type { Markers } from '../label/find-markers.ts';
import type { RecipeChange } from './change-recipe.ts';
import { recoveringLimits } from './length-fixes.ts';
import { type DataFacts, number, type Verdict } from './preflight-facts.ts';
import { proposeRoles } from './propose-roles.ts';

/** What was looked up for proposals beyond the counts. */
export interface Hints {
  /** The first rows concerned, as they stand in the file. */
  readonly rawRows: readonly unknown[];
  /** What the rows look like without the recipe's word. */
  readonly detectedFormat: RowFormat | null;
  /** Markers that fit rendered rows, or what the template prints around a plain answer. */
  readonly markers: Markers | null;
  /** Whether the model file has a template. */
  readonly hasOwnTemplate: boolean;
  /** Presets whose control words are all tokens of the vocabulary, best first. */
  readonly presets: readonly string[];
}

/** None for a check that passes or only informs, and for one that no recipe can mend. */
export function proposeChanges(check: Verdict, facts: DataFacts, hints: Hints): RecipeChange[] {
  if (check.severity !== 'error' && check.severity !== 'warning') return [];
  const { recipe, counts } = facts;
  const forReasons = (reasons: readonly DropReason[]) =>
    reasons
      .filter(reason => counts.dropped[reason].count > 0)
      .sort((a, b) => counts.dropped[b].count - counts.dropped[a].count)
      .flatMap(reason => changesFor(reason, facts, hints));
  switch (check.id) {
    case 'labels.none':
      return distinct(
        forReasons([
          'invalid',
          'templateRefused',
          'spansUnproven',
          'noAssistant',
          'noTrainableTokens',
          'truncated',
        ]),
      );
    case 'labels.rowEmpty':
      return distinct(
        forReasons(['templateRefused', 'spansUnproven', 'noAssistant', 'noTrainableTokens', 'truncated']),
      );
    case 'labels.collator':
      return trainAllIds(recipe);
    case 'labels.noSpans':
      return distinct([...byMarkers(recipe, hints), ...otherTemplates(recipe, hints), ...strategies(recipe)]);
    case 'labels.markerMissing':
      return distinct([...byMarkers(recipe, hints), ...strategies(recipe)]);
    case 'labels.contentLost':
    case 'labels.onlyTerminator':
    case 'template.mismatch':
      return otherTemplates(recipe, hints);
    case 'template.refused':
      return changesFor('templateRefused', facts, hints);
    case 'data.invalid':
      return changesFor('invalid', facts, hints);
    case 'length.truncated':
      return truncations(recipe);
    case 'tokens.endNotTrained':
      return distinct([...endings(facts), ...byMarkers(recipe, hints), ...otherTemplates(recipe, hints)]);
    case 'tokens.doubleBos':
      return distinct([...parsing(recipe, false), ...otherTemplates(recipe, hints)]);
    case 'tokens.headerTrained':
      return distinct([...strategies(recipe), ...byMarkers(recipe, hints), ...otherTemplates(recipe, hints)]);
    case 'tokens.specialInContent':
      return parsing(recipe, true);
    default:
      return [];
  }
}

function changesFor(reason: DropReason, facts: DataFacts, hints: Hints): RecipeChange[] {
  const { recipe } = facts;
  switch (reason) {
    case 'invalid':
      return distinct([
        ...roles(recipe, hints),
        ...formats(facts, hints),
        ...columns(recipe, hints),
        ...(facts.format === 'tokenized' ? trainAllIds(recipe) : []),
      ]);
    case 'templateRefused':
      return distinct([...mergeSystem(recipe), ...otherTemplates(recipe, hints)]);
    case 'spansUnproven':
      return distinct([...byMarkers(recipe, hints), ...otherTemplates(recipe, hints), ...strategies(recipe)]);
    case 'noAssistant':
      return roles(recipe, hints);
    case 'noTrainableTokens':
      return distinct([
        ...strategies(recipe),
        ...byMarkers(recipe, hints),
        ...otherTemplates(recipe, hints),
        ...endings(facts),
      ]);
    case 'truncated':
      return [...longer(facts), ...truncations(recipe)];
    case 'duplicate':
      return [];
  }
}

function roles({ dataset }: Recipe, { rawRows }: Hints): RecipeChange[] {
  const proposed = proposeRoles(rawRows, dataset.roles);
  if (proposed === null) return [];
  const changed = Object.entries(proposed).filter(([name, role]) => dataset.roles[name] !== role);
  return changed.length === 0
    ? []
    : [change('dataset.roles', `Map role ${inWords(changed)}`, { 'dataset.roles': proposed })];
}

function inWords(changed: readonly (readonly [string, Role])[]): string {
  return changed.map(([name, role]) => `${name} to ${role}`).join(', ');
}

function formats({ recipe, format }: DataFacts, { detectedFormat }: Hints): RecipeChange[] {
  const { format: given } = recipe.dataset;
  if (given === 'auto' || detectedFormat === null || detectedFormat === format) return [];
  return [
    change('dataset.format', `Read the rows as ${detectedFormat}`, { 'dataset.format': detectedFormat }),
  ];
}

function columns({ dataset }: Recipe, { rawRows }: Hints): RecipeChange[] {
  const changes: RecipeChange[] = [];
  if (Object.keys(dataset.columns).length > 0) {
    changes.push(change('dataset.columns', 'Find the columns by their names', { 'dataset.columns': {} }));
  }
  const proposed = proposeColumns(rawRows);
  if (proposed !== null) {
    changes.push(
      change(
        'dataset.columns.named',
        `Read the prompt from \`${proposed.prompt}\` and the answer from \`${proposed.completion}\``,
        { 'dataset.columns': proposed, 'dataset.format': 'alpaca' },
      ),
    );
  }
  return changes;
}

/** Every id becomes its own label, as Hugging Face's collator for language models does it. */
function trainAllIds({ dataset }: Recipe): RecipeChange[] {
  const ids = dataset.columns.inputIds ?? 'input_ids';
  return [
    change('dataset.columns.labels', `Train every token: take the labels from \`${ids}\``, {
      'dataset.columns': { ...dataset.columns, inputIds: ids, labels: ids },
    }),
  ];
}

function mergeSystem({ dataset }: Recipe): RecipeChange[] {
  return dataset.systemRole === 'merge'
    ? []
    : [
        change('dataset.systemRole', 'Merge the system message into the next user message', {
          'dataset.systemRole': 'merge',
        }),
      ];
}

function otherTemplates({ template }: Recipe, { hasOwnTemplate, presets }: Hints): RecipeChange[] {
  const own =
    hasOwnTemplate && template.source !== 'model'
      ? [change('template.source', "Use the model's own template", { 'template.source': 'model' })]
      : [];
  const others = presets
    .filter(name => template.source !== 'preset' || template.preset !== name)
    .map(name =>
      change(`template.preset.${name}`, `Use the preset ${name}`, {
        'template.source': 'preset',
        'template.preset': name,
      }),
    );
  return [...own, ...others];
}

function byMarkers({ masking }: Recipe, { markers }: Hints): RecipeChange[] {
  if (!markers?.response) return [];
  const { instruction, response } = markers;
  const same =
    masking.strategy === 'markers' &&
    masking.markers.response === response &&
    masking.markers.instruction === instruction;
  const shown = [instruction, response]
    .filter(marker => marker !== null)
    .map(marker => JSON.stringify(marker));
  return same
    ? []
    : [
        change('masking.markers', `Mask by the markers ${shown.join(' and ')}`, {
          'masking.strategy': 'markers',
          'masking.markers': { instruction, response },
        }),
      ];
}

function strategies({ masking }: Recipe): RecipeChange[] {
  return (['assistant', 'completion', 'last-assistant'] as const)
    .filter(strategy => strategy !== masking.strategy)
    .map(strategy =>
      change(`masking.strategy.${strategy}`, STRATEGY_WORDS[strategy], { 'masking.strategy': strategy }),
    );
}

const STRATEGY_WORDS = {
  assistant: 'Train every answer',
  completion: 'Train everything behind the last prompt',
  'last-assistant': 'Train the last answer of each row',
} as const;

function longer(facts: DataFacts): RecipeChange[] {
  return recoveringLimits(facts).map(limit =>
    change(`collator.maxLength.${limit}`, `maxLength ${number(limit)}`, { 'collator.maxLength': limit }),
  );
}

function truncations({ collator }: Recipe): RecipeChange[] {
  return (['prompt-first', 'right'] as const)
    .filter(truncation => truncation !== collator.truncation)
    .map(truncation =>
      change(`collator.truncation.${truncation}`, TRUNCATION_WORDS[truncation], {
        'collator.truncation': truncation,
      }),
    );
}

const TRUNCATION_WORDS = {
  'prompt-first': 'Cut the prompts, not the answers',
  right: 'Cut at the end',
} as const;

function endings({ recipe, template }: DataFacts): RecipeChange[] {
  if (!recipe.masking.trainOnEndOfTurn) {
    return [
      change('masking.trainOnEndOfTurn', 'Train the end of the turn', { 'masking.trainOnEndOfTurn': true }),
    ];
  }
  const end = template?.unknownEnd ?? null;
  return end === null
    ? []
    : [change('template.eosToken', `Take ${end} as the end token`, { 'template.eosToken': end })];
}

function parsing({ template }: Recipe, parsed: boolean): RecipeChange[] {
  if (template.parseSpecialInContent === parsed) return [];
  return [
    change(
      'template.parseSpecialInContent',
      parsed
        ? 'Make spelled special tokens tokens, as Hugging Face does'
        : 'Keep spelled special tokens as text',
      { 'template.parseSpecialInContent': parsed },
    ),
  ];
}

function change(id: string, words: string, set: RecipeChange['set']): RecipeChange {
  return { id, words, set };
}

function distinct(changes: readonly RecipeChange[]): RecipeChange[] {
  return [...new Map(changes.map(one => [one.id, one])).values()];
}
