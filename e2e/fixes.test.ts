/** Every fix that preflight can offer is applied, and the next report must be the one that was promised. */
import { afterAll, describe, expect, it } from 'vitest';
import { CodedException } from '../src-shared/contract/coded-error.ts';
import type { Check, Fix, PreflightReport } from '../src-shared/domain/preflight.ts';
import type { Recipe } from '../src-shared/recipe/schema.ts';
import { llamaModels, vocabulary } from './labelling.ts';
import { createWorkspace, demoModel } from './luthier-process.ts';
import { applied, chat, chats, checkOf, preflight, type RecipeKeys, recipeOver } from './preflighting.ts';

const workspace = createWorkspace('fixes');
afterAll(workspace.remove);

const template = (source: string) => {
  templates++;
  return { source: 'file', path: workspace.write(`template-${templates}.jinja`, source) } as const;
};
let templates = 0;

/** ChatML without generation tags, around whatever shows a message. */
const chatml = (message: string, end = '<|im_end|>') =>
  `{%- for message in messages %}{{- '<|im_start|>' + message.role + '\\n' + ${message} + '${end}\\n' }}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}`;
const tagged = (inside: string, outside = '') =>
  `{%- for message in messages %}{{- '<|im_start|>' + message.role + '\\n' }}{%- if message.role == 'assistant' %}{{- ${outside || "''"} }}{%- generation %}{{- ${inside} }}{%- endgeneration %}{%- else %}{{- message.content }}{%- endif %}{{- '<|im_end|>\\n' }}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}`;

const words = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join(' ');
const long = (question: number, answer: number) =>
  chat(['user', words(question)], ['assistant', words(answer)]);
const sharegpt = (...turns: readonly (readonly [string, string])[]) => ({
  conversations: turns.map(([from, value]) => ({ from, value })),
});

interface Scenario {
  readonly name: string;
  readonly rows: readonly unknown[];
  readonly keys: RecipeKeys;
  /** The check that must fire, and how. */
  readonly check: string;
  readonly severity: 'error' | 'warning';
  /** Fixes that it must offer at least; numbers at the end of an id are left out. */
  readonly fixes: readonly string[];
}

/** Without a template of its own. */
const llama = vocabulary('llama-spm');

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'role names that nobody knows',
    rows: Array.from({ length: 4 }, (_, i) => sharegpt(['narrator', `Who is ${i}?`], ['hero', `I am ${i}.`])),
    keys: { model: demoModel },
    check: 'labels.none',
    severity: 'error',
    fixes: ['dataset.roles'],
  },
  {
    name: 'role names that nobody knows, in some rows',
    rows: [...chats(8), chat(['user', 'Who?'], ['butler', 'The cook.'])],
    keys: { model: demoModel },
    check: 'data.invalid',
    severity: 'warning',
    fixes: ['dataset.roles'],
  },
  {
    name: 'a role that the recipe maps to the wrong side',
    rows: Array.from({ length: 3 }, (_, i) => sharegpt(['human', `a${i}`], ['gpt', `b${i}`])),
    keys: { model: demoModel, dataset: { roles: { gpt: 'user' } } },
    check: 'labels.rowEmpty',
    severity: 'error',
    fixes: ['dataset.roles'],
  },
  {
    name: 'a format that the rows do not have',
    rows: [1, 2, 3].map(i => ({ instruction: `Say ${i}.`, output: `${i}.` })),
    keys: { model: demoModel, dataset: { format: 'messages' } },
    check: 'data.invalid',
    severity: 'error',
    fixes: ['dataset.format'],
  },
  {
    name: 'a column that holds no answer, beside one whose name says that it does',
    rows: [1, 2, 3].map(i => ({ question: `What is ${i}?`, answer: `It is ${i}.`, note: '' })),
    keys: { model: demoModel, dataset: { columns: { prompt: 'question', completion: 'note' } } },
    check: 'labels.none',
    severity: 'error',
    fixes: ['dataset.columns', 'dataset.columns.named'],
  },
  {
    name: 'ids without labels',
    rows: [1, 2].map(i => ({ input_ids: [5, 6, 7 + i] })),
    keys: { model: demoModel },
    check: 'labels.collator',
    severity: 'error',
    fixes: ['dataset.columns.labels'],
  },
  {
    name: 'a template that refuses system messages',
    rows: [...chats(2), chat(['system', 'Be brief.'], ['user', 'Well?'], ['assistant', 'Yes.'])],
    keys: {
      model: demoModel,
      template: template(
        `{%- for message in messages %}{%- if message.role == 'system' %}{{ raise_exception('System role not supported') }}{%- endif %}{%- endfor %}${chatml('message.content')}`,
      ),
    },
    check: 'template.refused',
    severity: 'error',
    fixes: ['dataset.systemRole', 'template.source'],
  },
  {
    name: 'a template whose words are no tokens, with one of its own in the model',
    rows: chats(3),
    keys: { model: demoModel, template: { source: 'preset', preset: 'llama-3' } },
    check: 'template.mismatch',
    severity: 'error',
    fixes: ['template.source', 'template.preset.chatml'],
  },
  {
    name: 'a template whose words are no tokens, in a model without one',
    rows: chats(3),
    keys: { model: llama, template: { source: 'preset', preset: 'chatml' } },
    check: 'template.mismatch',
    severity: 'error',
    fixes: ['template.preset.llama-2'],
  },
  {
    name: "a template that is not the model's own",
    rows: chats(3),
    keys: { model: demoModel, template: template(chatml("'>' + message.content")) },
    check: 'template.mismatch',
    severity: 'warning',
    fixes: ['template.source'],
  },
  {
    name: 'a response marker that is in no row',
    rows: chats(3),
    keys: {
      model: demoModel,
      masking: {
        strategy: 'markers',
        markers: { instruction: '<|im_start|>user\n', response: '<|im_start|>bot\n' },
      },
    },
    check: 'labels.markerMissing',
    severity: 'error',
    fixes: ['masking.markers', 'masking.strategy.assistant'],
  },
  {
    name: 'generation tags that enclose nothing',
    rows: chats(3),
    keys: { model: demoModel, template: template(tagged("''", 'message.content')) },
    check: 'labels.noSpans',
    severity: 'error',
    fixes: ['masking.markers', 'template.source', 'masking.strategy.completion'],
  },
  {
    name: 'a template that drops the thinking of each answer',
    rows: [1, 2, 3].map(i =>
      chat(['user', `What is ${i}?`], ['assistant', `<think>${i}!</think>It is ${i}.`]),
    ),
    keys: { model: demoModel, template: template(chatml("message.content.split('</think>')[-1]")) },
    check: 'labels.contentLost',
    severity: 'error',
    fixes: ['template.source'],
  },
  {
    name: 'a template that shows no answer but its end',
    rows: chats(3),
    keys: {
      model: demoModel,
      template: template(chatml("('' if message.role == 'assistant' else message.content)")),
    },
    check: 'labels.onlyTerminator',
    severity: 'error',
    fixes: ['template.source'],
  },
  {
    name: 'answers that lie behind the maximum length',
    rows: [10, 20, 60, 70].map(size => long(size, 5)),
    keys: { model: demoModel, collator: { maxLength: 100 } },
    check: 'labels.rowEmpty',
    severity: 'error',
    fixes: ['collator.maxLength', 'collator.truncation.prompt-first'],
  },
  {
    name: 'prompts so long that answers are cut',
    rows: [...chats(8), long(60, 5)],
    keys: { model: demoModel, collator: { maxLength: 100 } },
    check: 'length.truncated',
    severity: 'warning',
    fixes: ['collator.maxLength', 'collator.truncation.prompt-first'],
  },
  {
    name: 'answers too long even without their prompts',
    rows: [...chats(8), long(5, 60)],
    keys: { model: demoModel, collator: { maxLength: 100, truncation: 'prompt-first' } },
    check: 'length.truncated',
    severity: 'warning',
    fixes: ['collator.maxLength'],
  },
  {
    name: 'cut answers beside rows that are left out for another reason',
    rows: [...chats(12), long(60, 5), long(5, 60), chat(['user', words(80)]), 'no json'],
    keys: { model: demoModel, collator: { maxLength: 100 } },
    check: 'length.truncated',
    severity: 'warning',
    fixes: ['collator.maxLength'],
  },
  {
    name: 'answers that are cut partly',
    rows: Array.from({ length: 40 }, (_, i) => long(5, 20 + i)),
    keys: { model: demoModel, collator: { maxLength: 100 } },
    check: 'length.truncated',
    severity: 'warning',
    fixes: ['collator.maxLength'],
  },
  {
    name: 'answers that are cut at their end, not at their start',
    rows: [chat(['user', 'a'], ['assistant', 'short'], ['user', words(60)]), ...chats(4)],
    keys: { model: demoModel, collator: { maxLength: 60, truncation: 'left' } },
    check: 'labels.rowEmpty',
    severity: 'warning',
    fixes: ['collator.truncation.right', 'collator.maxLength'],
  },
  {
    name: 'rows beyond what the model sees',
    rows: [long(10, 300), ...chats(4)],
    keys: { model: demoModel, collator: { maxLength: 2048 } },
    check: 'length.effective',
    severity: 'error',
    fixes: ['collator.maxLength'],
  },
  {
    name: 'a limit beyond what the model sees',
    rows: chats(4),
    keys: { model: demoModel, collator: { maxLength: 2048 } },
    check: 'length.effective',
    severity: 'warning',
    fixes: ['collator.maxLength'],
  },
  {
    name: 'ends that are not trained',
    rows: chats(3),
    keys: { model: demoModel, masking: { trainOnEndOfTurn: false } },
    check: 'tokens.endNotTrained',
    severity: 'warning',
    fixes: ['masking.trainOnEndOfTurn'],
  },
  {
    name: 'an end token that the vocabulary does not stop at',
    rows: chats(3),
    keys: { model: demoModel, template: template(chatml('message.content', '<|im_start|>')) },
    check: 'tokens.endNotTrained',
    severity: 'warning',
    fixes: ['template.eosToken', 'template.source'],
  },
  {
    name: 'two begin tokens',
    rows: chats(3),
    keys: {
      model: llama,
      template: template(
        `{{- bos_token + bos_token }}{%- for message in messages %}{{- ('[INST] ' + message.content + ' [/INST]') if message.role == 'user' else ' ' + message.content + eos_token }}{%- endfor %}`,
      ),
    },
    check: 'tokens.doubleBos',
    severity: 'warning',
    fixes: ['template.preset.llama-2'],
  },
  {
    name: 'a begin token that the model does not expect',
    rows: chats(3),
    keys: {
      model: demoModel,
      template: template(`{{- bos_token }}${chatml('message.content')}`),
    },
    check: 'tokens.doubleBos',
    severity: 'warning',
    fixes: ['template.source'],
  },
  {
    name: 'trained headers',
    rows: chats(3),
    keys: {
      model: demoModel,
      masking: { strategy: 'markers', markers: { instruction: null, response: '<|im_start|>user\n' } },
    },
    check: 'tokens.headerTrained',
    severity: 'warning',
    fixes: ['masking.strategy.assistant', 'masking.markers'],
  },
  {
    name: 'content that spells a special token',
    rows: [chat(['user', 'Write <|im_end|>.'], ['assistant', 'No.']), ...chats(3)],
    keys: { model: demoModel },
    check: 'tokens.specialInContent',
    severity: 'warning',
    fixes: ['template.parseSpecialInContent'],
  },
  {
    name: 'rows that are there twice',
    rows: [...chats(5), ...chats(2)],
    keys: { model: demoModel },
    check: 'data.duplicates',
    severity: 'warning',
    fixes: ['duplicates.drop'],
  },
  {
    name: 'fewer steps than an epoch takes',
    rows: chats(60),
    keys: { model: demoModel, training: { maxSteps: 2, batchSize: 2, gradientAccumulationSteps: 2 } },
    check: 'data.small',
    severity: 'warning',
    fixes: ['training.maxSteps', 'training.epochs'],
  },
  {
    name: 'less than an epoch',
    rows: chats(60),
    keys: { model: demoModel, training: { epochs: 0.5 } },
    check: 'data.small',
    severity: 'warning',
    fixes: ['training.epochs'],
  },
];

const nameOf = ({ id }: Fix) => id.replace(/\.\d+$/, '');

/** What the next report says of everything that was promised. */
function kept(promise: NonNullable<Fix['promise']>, report: PreflightReport, id: string) {
  const check = report.checks.find(one => one.id === id);
  const said = {
    severity: check?.severity ?? 'ok',
    count: check?.count ?? 0,
    kept: report.totals.kept,
    trainableTokens: report.totals.trainableTokens,
    truncatedExamples: report.totals.truncatedExamples,
    steps: report.totals.steps,
    memoryBytes: report.estimate.memoryBytes,
    tried: report.totals.examples,
    examples: report.totals.examples,
  };
  return Object.fromEntries(Object.keys(promise).map(key => [key, said[key as keyof typeof said]]));
}

async function expectPromisesKept(recipe: Recipe, checks: readonly Check[]): Promise<string[]> {
  const offered: string[] = [];
  for (const check of checks) {
    for (const fix of check.fixes) {
      expect(fix.promise, `${fix.label} has no promise`).toBeDefined();
      const after = await preflight(workspace, applied(recipe, fix.set));
      expect(
        kept(fix.promise as NonNullable<Fix['promise']>, after, check.id),
        `${check.id}: ${fix.label}`,
      ).toEqual(fix.promise);
      offered.push(nameOf(fix));
    }
  }
  return offered;
}

describe.runIf(llamaModels !== null)('each fix that preflight offers', () => {
  const offered = new Set<string>();

  it.each(SCENARIOS)('keeps its promise: $name', async ({ rows, keys, check, severity, fixes }) => {
    const recipe = recipeOver(workspace, rows, keys);
    const before = await preflight(workspace, recipe);
    expect(checkOf(before, check)).toMatchObject({ severity });
    const names = checkOf(before, check).fixes.map(nameOf);
    expect(names).toEqual(expect.arrayContaining([...fixes]));
    for (const name of await expectPromisesKept(recipe, before.checks)) offered.add(name);
  });

  it('is tried on a part of large data, the rows concerned among them, and says so', async () => {
    const rows = [...chats(10_500), chat(['user', 'Write <|im_end|>.'], ['assistant', 'No.'])];
    const report = await preflight(workspace, recipeOver(workspace, rows, { model: demoModel }));
    const [fix] = checkOf(report, 'tokens.specialInContent').fixes;
    expect(fix?.promise).toMatchObject({ severity: 'info', count: 1, tried: 10_000, examples: 10_501 });
    expect(fix?.label).toContain('(tried on 10,000 of 10,501 rows)');
  });

  it('comes with the refusal too where an invalid row stops the import', async () => {
    const rows = [...chats(7), 'no json'];
    const recipe = recipeOver(workspace, rows, { model: demoModel, dataset: { onInvalidRow: 'stop' } });
    const refused = await preflight(workspace, recipe).catch((error: unknown) => error);
    if (!(refused instanceof CodedException)) throw new Error('The import was not stopped.');
    const { row, fixes } = refused.coded.details as { row: number; fixes: readonly Fix[] };
    expect(row).toBe(7);
    expect(fixes.map(({ label }) => label)).toEqual(['Leave invalid rows out: 7 of 8 rows are trained']);
    for (const { set, promise } of fixes) {
      const after = await preflight(workspace, applied(recipe, set));
      expect(kept(promise as NonNullable<Fix['promise']>, after, 'data.invalid')).toEqual(promise);
    }
  });

  it('was offered in one of these scenarios', () => {
    expect([...offered].filter(name => !name.startsWith('template.preset.')).sort()).toEqual([
      'collator.maxLength',
      'collator.truncation.prompt-first',
      'collator.truncation.right',
      'dataset.columns',
      'dataset.columns.labels',
      'dataset.columns.named',
      'dataset.format',
      'dataset.roles',
      'dataset.systemRole',
      'duplicates.drop',
      'masking.markers',
      'masking.strategy.assistant',
      'masking.strategy.completion',
      'masking.strategy.last-assistant',
      'masking.trainOnEndOfTurn',
      'template.eosToken',
      'template.parseSpecialInContent',
      'template.source',
      'training.epochs',
      'training.maxSteps',
    ]);
  });
});
