import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { expectNoViolations } from './axe.ts';
import { conversation, demoModel } from './luthier-process.ts';
import { countClicks, expect, test } from './studio.ts';

const STEPS = ['Model', 'Data', 'Template', 'Masking', 'Collator', 'Training', 'Preflight', 'Run'];
const stepLink = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name: new RegExp(`^${name} ?,`) });

async function openRecipe(page: Page, recipe: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Recipe file' }).fill(recipe);
  await page.getByRole('button', { name: 'Open a recipe' }).click();
  await expect(page.getByRole('heading', { name: 'Preflight', level: 1 })).toBeVisible();
}

/** A real file, as from a file manager: the desktop app asks where it lies, a browser reads it. */
async function dropFile(page: Page, path: string): Promise<void> {
  await page.evaluate(() => {
    const { document } = globalThis as never as {
      document: { createElement(name: string): object; body: { append(element: object): void } };
    };
    document.body.append(
      Object.assign(document.createElement('input'), { type: 'file', id: 'from-outside' }),
    );
  });
  const chosen = page.locator('#from-outside');
  await chosen.setInputFiles(path);
  await chosen.evaluate(input => {
    const { DataTransfer, DragEvent } = globalThis as never as {
      DataTransfer: new () => { items: { add(file: unknown): void } };
      DragEvent: new (type: string, init: object) => never;
    };
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(input.files[0]);
    input.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    input.remove();
  });
}

test('an own file with wrong roles: blocked, fixed by one click, trained', async ({ page, studio }) => {
  const rows = conversation(['user', 'Where is the fox?'], ['luthier', 'In the wood.']).repeat(30);
  const data = studio.workspace.write('letters.jsonl', rows);
  await page.goto(studio.url);
  await page.getByRole('textbox', { name: 'Model file' }).fill(demoModel);
  await expect(page.getByText('Can be trained here')).toBeVisible();
  await page.getByRole('button', { name: 'Continue to Data' }).click();
  await page.getByRole('textbox', { name: 'Data file' }).fill(data);
  await expect(page.getByText('30 rows, 0 of them usable')).toBeVisible();
  await expect(page.getByText('not mapped: its rows cannot be used')).toBeVisible();

  await stepLink(page, 'Preflight').click();
  await expect(page.getByText(/Launch is blocked: 0 of 30 examples/)).toBeVisible();
  await page
    .getByRole('region', { name: /Launch is blocked/ })
    .getByRole('button', { name: /Map role luthier to assistant/ })
    .click();
  await expect(page.getByText('Ready: no check blocks the launch')).toBeVisible();
  const totals = page.getByRole('row', { name: /Rows kept/ });
  await expect(totals).toContainText('0');
  await expect(totals).toContainText('30');

  await page.getByRole('button', { name: 'Continue to Run' }).click();
  await expect(page.getByText(/Trains an adapter for Luthier Demo Village/)).toBeVisible();
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page).toHaveURL(/#\/runs\//);
  await expect(page.getByText('Completed').first()).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText(/adapter\.gguf/).first()).toBeVisible();

  await page.getByRole('button', { name: 'Clone and change' }).click();
  await expect(page.getByRole('heading', { name: 'How should it learn?' })).toBeVisible();
  await stepLink(page, 'Data').click();
  await expect(page.getByLabel('Role of luthier')).toHaveValue('assistant');
});

test('a file whose columns have names of their own is read by one click, or by naming each', async ({
  page,
  studio,
}) => {
  const row = JSON.stringify({ id: 7, ask: 'Where is the fox?', say: 'In the wood, under the oak.' });
  const data = studio.workspace.write('columns.jsonl', `${row}\n`.repeat(3));
  await page.goto(studio.url);
  await stepLink(page, 'Data').click();
  await page.getByRole('textbox', { name: 'Data file' }).fill(data);
  await expect(page.getByText('their keys are id, ask, say')).toBeVisible();
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Read the prompt from ask and the answer from say' }).click();
  await expect(page.getByText('3 rows, 3 of them usable')).toBeVisible();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByLabel('Column of prompts').selectOption('say');
  await expect(page.getByText('Its rows have questions (say) and no answers')).toBeVisible();
  await page.getByLabel('Column of answers').selectOption('ask');
  await expect(page.getByText('3 rows, 3 of them usable')).toBeVisible();
  await expect(page.getByLabel('Column of prompts')).toHaveValue('say');

  // Mended on the disk meanwhile.
  writeFileSync(data, `${row.replace('the fox', 'the owl')}\n`.repeat(4));
  await page.getByRole('button', { name: 'Read again' }).click();
  await expect(page.getByText('4 rows, 4 of them usable')).toBeVisible();
  await expect(page.getByRole('cell', { name: 'Where is the owl?' })).toHaveCount(4);
});

test('from an own model and an own file to the first step takes at most six clicks and no dialog', async ({
  page,
  studio,
}) => {
  const rows = conversation(['user', 'Where is the fox?'], ['assistant', 'In the wood.']).repeat(30);
  const data = studio.workspace.write('letters.jsonl', rows);
  const made = await countClicks(page);
  await page.goto(studio.url);
  await page.getByRole('textbox', { name: 'Model file' }).click();
  await page.keyboard.insertText(demoModel);
  await expect(page.getByText('Can be trained here')).toBeVisible();
  await page.getByRole('button', { name: 'Continue to Data' }).click();
  await page.getByRole('textbox', { name: 'Data file' }).click();
  await page.keyboard.insertText(data);
  await expect(page.getByText('30 rows, 30 of them usable')).toBeVisible();
  await stepLink(page, 'Run').click();
  await expect(page.getByText(/Trains an adapter for/)).toBeVisible();
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page.getByRole('list', { name: 'Events' })).toContainText('First step');
  const { clicks, dialogs } = await made();
  expect(dialogs).toBe(0);
  expect(clicks).toBeGreaterThan(0);
  expect(clicks).toBeLessThanOrEqual(6);
});

test('truncated answers: found in the inspector, fixed, undone', async ({ page, studio }) => {
  const rows = Array.from({ length: 40 }, (_, i) =>
    conversation(['user', `Question ${i}`], ['assistant', i % 10 === 7 ? 'long answer '.repeat(30) : 'Yes.']),
  );
  const data = studio.workspace.write('cut.jsonl', rows.join(''));
  const recipe = studio.workspace.write(
    'cut.luthier.yaml',
    `version: 1\nmodel: {path: ${JSON.stringify(demoModel)}}\ndataset: {path: ${JSON.stringify(data)}}\ncollator: {maxLength: 48}\n`,
  );
  await page.goto(studio.url);
  await openRecipe(page, recipe);
  await expect(page.getByText('4 of 40 rows are longer than 48 tokens.')).toBeVisible();
  await page.getByRole('button', { name: 'Show row 7 in the inspector' }).click();

  const tokens = page.getByRole('listbox', { name: 'Tokens of row 7' });
  await expect(tokens).toBeVisible();
  // At the first token that is lost, with the focus, so that the arrow keys go on from there.
  await expect(tokens).toBeFocused();
  await expect(tokens.locator('[data-token="48"]')).toHaveAttribute('aria-selected', 'true');
  await expect(tokens.locator('[data-token="48"]')).toBeInViewport();
  await expect(page.getByText('Row 7, at token 48.')).toBeAttached();
  await expect(tokens.getByText('48, maximum length')).toBeVisible();
  await expect(page.getByRole('complementary', { name: 'Row 7' })).toContainText('Cut off');
  await page.getByRole('button', { name: 'Find next' }).click();
  const nextTokens = page.getByRole('listbox', { name: 'Tokens of row 17' });
  await expect(nextTokens.locator('[data-token="48"]')).toHaveAttribute('aria-selected', 'true');
  await expect(nextTokens).toBeFocused();
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Table' }).click();
  await expect(page.getByRole('cell', { name: /<\|im_start\|>/ }).first()).toBeVisible();
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Batch', exact: true }).click();
  const batch = page.getByRole('region', { name: 'The batch of the row' });
  await expect(
    batch.getByRole('button', { name: /^Row 17: 48 tokens, \d+ of them trained$/ }),
  ).toHaveAttribute('aria-pressed', 'true');
  await expectNoViolations(page);

  await stepLink(page, 'Preflight').click();
  await page
    .getByRole('button', { name: /rows are whole/ })
    .first()
    .click();
  await expect(page.getByRole('row', { name: /Rows cut/ })).toHaveText(/4\s*0/);
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await expect(page.getByText('4 of 40 rows are longer than 48 tokens.')).toBeVisible();
});

test('an opened recipe fills every step, each accessible in both themes, and is saved as it is', async ({
  page,
  studio,
}) => {
  const rows = conversation(['user', 'Where is the fox?'], ['assistant', 'In the wood.']).repeat(24);
  const data = studio.workspace.write('fox.jsonl', rows);
  const recipe = studio.workspace.write(
    'fox.luthier.yaml',
    `version: 1\nname: fox\nmodel: {path: ${JSON.stringify(demoModel)}}\ndataset: {path: ${JSON.stringify(data)}}\nmasking: {strategy: last-assistant}\ncollator: {maxLength: 77}\ntraining: {epochs: 2, learningRate: 1.0e-4}\nadapter: {rank: 4}\n`,
  );
  await page.goto(studio.url);
  await openRecipe(page, recipe);
  await expect(page.getByText('Ready: no check blocks the launch')).toBeVisible();
  for (const step of STEPS) {
    await stepLink(page, step).click();
    await expect(stepLink(page, step)).toHaveAttribute('aria-current', 'step');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    if (step === 'Model') await expect(page.getByText('Can be trained here')).toBeVisible();
    if (step === 'Data') await expect(page.getByText('24 rows, 24 of them usable')).toBeVisible();
    if (step === 'Template') await expect(page.getByText('characters')).toBeVisible();
    if (step === 'Masking')
      await expect(page.getByRole('radio', { name: /Last assistant turn/ })).toBeChecked();
    if (step === 'Collator') {
      await expect(page.getByLabel('Maximum length')).toHaveValue('77');
      await expect(page.getByText(/Step 1: /).first()).toBeVisible();
    }
    if (step === 'Training') {
      await expect(page.getByLabel('Epochs')).toHaveValue('2');
      await expect(page.getByLabel('Learning rate')).toHaveValue('0.0001');
      await expect(page.getByLabel('Rank', { exact: true })).toHaveValue('4');
      await page.getByLabel('Show every setting').check();
      await expect(page.getByLabel('Betas')).toHaveValue('0.9, 0.999');
    }
    await expectNoViolations(page);
  }

  await page.keyboard.press('Control+Shift+S');
  const copy = join(studio.workspace.directory, 'copy.luthier.yaml');
  await page.getByRole('textbox', { name: 'Recipe file' }).fill(copy);
  await page.getByRole('button', { name: 'Save recipe' }).last().click();
  await expect(page.getByText(`Saved as ${copy}.`).first()).toBeVisible();
  const saved = readFileSync(copy, 'utf8');
  for (const line of ['name: fox', 'strategy: last-assistant', 'maxLength: 77', 'rank: 4'])
    expect(saved).toContain(line);
  await page.keyboard.press('Control+Shift+S');
  await page.getByRole('button', { name: 'Save recipe' }).last().click();
  await expect(page.getByText('recipe.exists')).toBeVisible();
});

test('a recipe that is dropped in fills every step', async ({ page, studio }) => {
  const rows = conversation(['user', 'Where is the fox?'], ['assistant', 'In the wood.']).repeat(24);
  const recipe = studio.workspace.write(
    'fox.luthier.yaml',
    JSON.stringify({
      version: 1,
      name: 'fox',
      model: { path: demoModel },
      dataset: { path: studio.workspace.write('fox.jsonl', rows) },
      collator: { maxLength: 77 },
    }),
  );
  await page.goto(studio.url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  await dropFile(page, recipe);
  await expect(page.getByRole('main').getByText(/Opened .*fox\.luthier\.yaml/)).toBeVisible();
  await expect(page).toHaveTitle(/fox/);
  await stepLink(page, 'Collator').click();
  await expect(page.getByLabel('Maximum length')).toHaveValue('77');
  await stepLink(page, 'Data').click();
  await expect(page.getByText('24 rows, 24 of them usable')).toBeVisible();
  await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
  await expect(page).not.toHaveTitle(/fox/);
});

test('a template edited with an error is told in place, mended, and used', async ({ page, studio }) => {
  const rows = conversation(['user', 'Where is the fox?'], ['assistant', 'In the wood.']).repeat(12);
  const data = studio.workspace.write('fox.jsonl', rows);
  const recipe = studio.workspace.write(
    'fox.luthier.yaml',
    `version: 1\nname: fox\nmodel: {path: ${JSON.stringify(demoModel)}}\ndataset: {path: ${JSON.stringify(data)}}\n`,
  );
  await page.goto(studio.url);
  await openRecipe(page, recipe);
  await stepLink(page, 'Template').click();
  const editor = page.getByRole('textbox', { name: 'Jinja source' });
  await expect(editor).toHaveValue(/message/);
  const own = await editor.inputValue();
  await editor.fill('{# mine #}\n{% for message in messages %}\n{{ message.content }\n{% endfor %}');
  await expect(page.getByText(/^Line 3: /)).toBeVisible();
  await expectNoViolations(page);
  const use = page.getByRole('button', { name: 'Use this template' });
  await expect(use).toHaveAttribute('aria-disabled', 'true');

  await editor.fill(`${own}{# mine #}`);
  await expect(page.getByText(/^Line 3: /)).toBeHidden();
  await page.getByRole('button', { name: /Compare with the model/ }).click();
  await expect(page.locator('.diff-added')).toContainText('{# mine #}');
  await expect(use).not.toHaveAttribute('aria-disabled', 'true');
  await use.click();
  await expect(page.getByRole('textbox', { name: 'Jinja file' })).toHaveValue(
    /templates.fox-[0-9a-f]+\.jinja$/,
  );
  await stepLink(page, 'Preflight').click();
  await expect(page.getByText('Ready: no check blocks the launch')).toBeVisible();

  // Markers come with the strategy, so that the recipe stays whole.
  await stepLink(page, 'Masking').click();
  await page.getByRole('radio', { name: /Between markers/ }).check();
  await expect(page.getByRole('textbox', { name: 'Response marker' })).toHaveValue(/assistant/);
  await expect(page.getByRole('listbox', { name: 'Tokens of row 0' })).toBeVisible();
});

test('from the first start to a trained adapter by keyboard alone', async ({ page, studio }) => {
  const rows = conversation(['user', 'Where is the fox?'], ['assistant', 'In the wood.']).repeat(12);
  const data = studio.workspace.write('fox.jsonl', rows);
  await page.goto(studio.url);
  const tabTo = async (name: RegExp | string, role: 'textbox' | 'button' | 'listbox' = 'textbox') => {
    const target = page.getByRole(role, { name });
    await expect(target).toBeVisible();
    for (let i = 0; i < 80; i++) {
      if (await target.evaluate(element => element === element.ownerDocument.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${name}.`);
  };
  await tabTo('Model file');
  await page.keyboard.type(demoModel);
  await expect(page.getByText('Can be trained here')).toBeVisible();
  await page.keyboard.press('Control+2');
  await tabTo('Data file');
  await page.keyboard.type(data);
  await expect(page.getByText('12 rows, 12 of them usable')).toBeVisible();
  await page.keyboard.press('Control+4');
  await tabTo('Tokens of row 0', 'listbox');
  await expect(page.locator('.tok[aria-selected="true"]')).toHaveCount(1);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('j');
  await expect(page.getByRole('listbox', { name: 'Tokens of row 1' })).toBeVisible();
  await page.keyboard.press('Control+8');
  await expect(page.getByText(/Trains an adapter for/)).toBeVisible();
  await tabTo('Start training', 'button');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/runs\//);
  await expect(page.getByText('Completed').first()).toBeVisible({ timeout: 120_000 });
});

test('a draft outlives the page, and undo reaches back across steps', async ({ page, studio }) => {
  await page.goto(studio.url);
  await page.getByRole('textbox', { name: 'Model file' }).fill(demoModel);
  await stepLink(page, 'Training').click();
  await page.getByLabel('Epochs').fill('7');
  await page.getByLabel('Learning rate').fill('fast');
  await expect(page.getByText(/Allowed is a number above 0/)).toBeVisible();
  await expect(stepLink(page, 'Training')).toHaveAccessibleName(/blocks/);
  const address = page.url();
  await page.goto('about:blank');
  await page.goto(address);
  await expect(page.getByLabel('Epochs')).toHaveValue('7');
  await page.getByLabel('Learning rate').fill('0.001');
  const undo = page.getByRole('button', { name: 'Undo' });
  await undo.click();
  await expect(page.getByLabel('Learning rate')).toHaveValue('fast');
  // Over the steps of the page that was left.
  await undo.click();
  await undo.click();
  await expect(page.getByLabel('Epochs')).toHaveValue('3');
  await page.reload();
  await page.getByRole('button', { name: 'Redo' }).click();
  await expect(page.getByLabel('Epochs')).toHaveValue('7');
});

test('a blocking check is let pass knowingly, and the recipe says so', async ({ page, studio }) => {
  const good = conversation(['user', 'Where is the fox?'], ['assistant', 'In the wood.']).repeat(6);
  const data = studio.workspace.write('half.jsonl', `${good}${'{broken\n'.repeat(6)}`);
  const recipe = studio.workspace.write(
    'half.luthier.yaml',
    `version: 1\nmodel: {path: ${JSON.stringify(demoModel)}}\ndataset: {path: ${JSON.stringify(data)}}\n`,
  );
  await page.goto(studio.url);
  await openRecipe(page, recipe);
  const blocked = page.getByRole('region', { name: /Launch is blocked: 6 of 12 rows cannot be read/ });
  await blocked.getByRole('button', { name: 'Let pass knowingly' }).click();
  await expect(page.getByText('Ready: no check blocks the launch')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Let it block again' })).toBeVisible();
  await stepLink(page, 'Run').click();
  await expect(page.getByText(/Trains an adapter for/)).toBeVisible();
  await expect(page.getByRole('group', { name: 'The recipe' })).toContainText('data.invalid');
});
