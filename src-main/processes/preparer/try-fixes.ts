/** Tries every proposed change on the rows concerned and keeps those that mend something, with their effect. */
import { CodedException } from '../../../src-shared/contract/coded-error.ts';
import type { Check, Fix } from '../../../src-shared/domain/preflight.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { loadAddon, type NativeModel } from '../../adapters/native/addon.ts';
import { contentKey } from '../../pipeline/duplicates/content-key.ts';
import { DatasetSplit } from '../../pipeline/duplicates/split-dataset.ts';
import { labelRow } from '../../pipeline/label-row.ts';
import { assessFix, type TrialReport } from '../../pipeline/preflight/assess-fix.ts';
import { changeRecipe, type RecipeChange } from '../../pipeline/preflight/change-recipe.ts';
import { checkDataset } from '../../pipeline/preflight/check-dataset.ts';
import { DatasetCounter } from '../../pipeline/preflight/count-dataset.ts';
import { contextLimit, longerLimits } from '../../pipeline/preflight/length-fixes.ts';
import type { DataFacts, Verdict } from '../../pipeline/preflight/preflight-facts.ts';
import { proposeChanges } from '../../pipeline/preflight/propose-changes.ts';
import { type JobContext, stopRequested } from '../child-channel.ts';
import { gatherFacts, type OpenedRecipe, type Surroundings } from './gather-facts.ts';
import { gatherHints } from './gather-hints.ts';
import { cancelled, PROGRESS_EVERY_MS } from './label-rows.ts';
import { createLabeller } from './open-labeller.ts';
import { dataPaths, detectRecipeFormat, readRows } from './read-rows.ts';

/** Rows that are labelled again in all trials together, so that trying ends however large the data is. */
const ROWS_IN_ALL = 20_000;
const FEWEST_ROWS = 500;
/** How far into the data rows are looked for. */
const REACH_ROWS = 100_000;
/** Fixes that a check shows at most. */
const MOST_FIXES = 5;

type Watch = Pick<JobContext, 'signal' | 'reportProgress'>;

/** The checks with their fixes. Throws a CodedException `job.cancelled`. */
export async function tryFixes(
  opened: OpenedRecipe,
  facts: DataFacts,
  verdicts: readonly Verdict[],
  surroundings: Surroundings,
  watch: Watch,
): Promise<Check[]> {
  const hints = await gatherHints(opened, facts, verdicts, surroundings);
  const proposed = new Map(verdicts.map(verdict => [verdict.id, proposeChanges(verdict, facts, hints)]));
  const changes = new Map([...proposed.values()].flat().map(change => [keyOf(change), change]));
  const rows = chooseRows(facts, changes.size);
  const after = new Map<string, TrialReport>();
  const onProgress = () =>
    watch.reportProgress({ phase: 'trying fixes', done: after.size, total: changes.size });
  const { signal } = watch;
  const trial = { rows, model: opened.labeller.model, surroundings, signal, onProgress };
  const before =
    changes.size === 0 || rows === null ? trialOf(verdicts, facts) : await tryRecipe(opened.recipe, trial);
  for (const [key, change] of changes) {
    onProgress();
    const recipe = changeRecipe(opened.recipe, change.set);
    const report = recipe === null ? null : await tryRecipe(recipe, trial);
    if (report !== null) after.set(key, report);
  }
  return verdicts.map(verdict => {
    const tried = (proposed.get(verdict.id) ?? []).flatMap(change => {
      const report = after.get(keyOf(change));
      const fix = report && before && assessFix(change, verdict.id, before, report, facts.counts.examples);
      return fix ? [fix] : [];
    });
    return { ...verdict, fixes: [...computedFixes(verdict, facts), ...tried].slice(0, MOST_FIXES) };
  });
}

/** What it would come to if invalid rows were left out instead of stopping the import; null where nothing is left. */
export async function tryDropping(
  opened: OpenedRecipe,
  surroundings: Surroundings,
  watch: Watch,
): Promise<Fix | null> {
  const set = { 'dataset.onInvalidRow': 'drop' };
  const recipe = changeRecipe(opened.recipe, set);
  const rows = new Set(Array.from({ length: ROWS_IN_ALL }, (_, row) => row));
  const onProgress = () => watch.reportProgress({ phase: 'trying fixes', done: 0, total: 1 });
  const trial = { rows, model: opened.labeller.model, surroundings, signal: watch.signal, onProgress };
  const report = recipe === null ? null : await tryRecipe(recipe, trial);
  const invalid = report?.verdicts.find(({ id }) => id === 'data.invalid');
  if (!report || !invalid || report.trainableTokens === 0) return null;
  const { examples, kept, trainableTokens } = report;
  const scope = examples < ROWS_IN_ALL ? '' : ` of the first ${ROWS_IN_ALL.toLocaleString('en-US')}`;
  return {
    id: 'dataset.onInvalidRow',
    label: `Leave invalid rows out: ${kept} of ${examples} rows are trained${scope}`,
    set,
    promise: {
      severity: invalid.severity,
      count: invalid.count,
      kept,
      trainableTokens,
      tried: examples,
      examples,
    },
  };
}

/** Those that need no trial, since what they depend on is known of every row. */
function computedFixes({ id, severity }: Verdict, facts: DataFacts): Fix[] {
  if (severity !== 'error' && severity !== 'warning') return [];
  if (id === 'length.truncated') return longerLimits(facts);
  if (id === 'length.effective') return contextLimit(facts);
  return [];
}

/** Null for every row; else half of them such as are concerned, some of each kind, and half the first of the data. */
function chooseRows({ counts }: DataFacts, changes: number): ReadonlySet<number> | null {
  const most = Math.max(FEWEST_ROWS, Math.floor(ROWS_IN_ALL / (changes + 1)));
  if (counts.examples <= most) return null;
  const kinds = [...Object.values(counts.dropped), ...counts.findings.values()].filter(
    ({ count }) => count > 0,
  );
  const firsts = kinds.map(({ rows }) => rows[0] ?? 0);
  const reach = Math.max(REACH_ROWS, firsts.length > 0 ? Math.min(...firsts) + 1 : 0);
  const ofEach = Math.ceil(most / 2 / Math.max(1, kinds.length));
  const chosen = new Set(kinds.flatMap(({ rows }) => rows.filter(row => row < reach).slice(0, ofEach)));
  for (let row = 0; chosen.size < most; row++) chosen.add(row);
  return chosen;
}

interface Trial {
  readonly model: NativeModel;
  readonly rows: ReadonlySet<number> | null;
  readonly surroundings: Surroundings;
  readonly signal: AbortSignal;
  /** Said now and then while rows are labelled. */
  readonly onProgress: () => void;
}

/** Null where the recipe cannot be used at all. */
async function tryRecipe(recipe: Recipe, trial: Trial): Promise<TrialReport | null> {
  const opened = await tryOpen(recipe, trial);
  if (opened === null) return null;
  const { rows, surroundings, signal, onProgress } = trial;
  const { labeller, format } = opened;
  try {
    const counter = new DatasetCounter(labeller.options.tokenizer.endOfGenerationIds);
    const { limit, duplicates } = recipe.dataset;
    const split = new DatasetSplit(duplicates);
    const last = rows === null ? limit : Math.min(limit ?? Number.POSITIVE_INFINITY, Math.max(...rows) + 1);
    let watchedAt = performance.now();
    for await (const row of readRows(dataPaths(recipe), format, recipe, last)) {
      if (rows === null || rows.has(row.row)) {
        const labelled = { row: row.row, key: contentKey(row), examples: labelRow(row, labeller.options) };
        for (const example of split.addData(labelled)) counter.add(example);
      }
      if (performance.now() - watchedAt < PROGRESS_EVERY_MS) continue;
      watchedAt = performance.now();
      onProgress();
      if (await stopRequested(signal)) throw cancelled('Fixes were being tried.');
    }
    const counts = counter.counts();
    const facts = await gatherFacts(opened, counts, counts.kept, surroundings);
    return trialOf(checkDataset(facts), facts);
  } catch (error) {
    if (error instanceof CodedException && error.coded.code !== 'job.cancelled') return null;
    throw error;
  }
}

/** Over the model that is open already: no fix is about another one. */
async function tryOpen(recipe: Recipe, { model, surroundings }: Trial): Promise<OpenedRecipe | null> {
  const addon = loadAddon(surroundings.nativeDirectory);
  if (!addon.ok) return null;
  try {
    const format = await detectRecipeFormat(recipe);
    const labeller = createLabeller(addon.value, model, recipe, format, surroundings.now);
    return labeller.ok ? { recipe, format, labeller: labeller.value } : null;
  } catch (error) {
    if (error instanceof CodedException) return null;
    throw error;
  }
}

function trialOf(verdicts: readonly Verdict[], { counts }: DataFacts): TrialReport {
  return { verdicts, examples: counts.examples, kept: counts.kept, trainableTokens: counts.trainableTokens };
}

function keyOf({ set }: RecipeChange): string {
  return JSON.stringify(set);
}
