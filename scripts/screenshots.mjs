// Makes screenshots of every screen in both themes into build/screenshots, from a studio of its own.
//
//     node scripts/screenshots.mjs [WIDTHxHEIGHT]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUpOrExit } from './setup.mjs';
import { openBrowser, serveStudio } from './studio-page.mjs';

const node = await setUpOrExit();
const [width, height] = (process.argv[2] ?? '1440x900').split('x').map(Number);
const folder = join(root, 'build', 'screenshots');
const workspace = mkdtempSync(join(tmpdir(), 'luthier-screens-'));
mkdirSync(folder, { recursive: true });

const model = join(root, 'resources', 'demo', 'base.gguf');
const recipe = writeRecipe('helpdesk', 96, rows());
const blocked = writeRecipe(
  'blocked',
  96,
  rows().map(row => row.replaceAll('"assistant"', '"luthier"')),
);

const studio = await serveStudio(node, join(workspace, 'home'), 'inherit');
let browser;
try {
  browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' });
  await page.goto(studio.url);
  const home = page.url().replace(/#.*/, '');
  const shoot = async name => {
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
    }
    process.stdout.write(`${name}\n`);
  };
  const openRecipe = async path => {
    await page.goto(`${home}#/`);
    await page.getByRole('textbox', { name: 'Recipe file' }).fill(path);
    await page.getByRole('button', { name: 'Open a recipe' }).click();
    await page.getByRole('heading', { name: 'Preflight', level: 1 }).waitFor();
    await page.getByRole('list', { name: 'Checks' }).waitFor();
  };

  await page.getByRole('button', { name: 'Run the demo' }).waitFor();
  await page.waitForTimeout(500);
  await shoot('1-first-start');
  await openRecipe(blocked);
  await shoot('7-preflight-blocked');
  await openRecipe(recipe);
  await shoot('7-preflight');
  for (const [i, step] of ['data', 'template', 'masking', 'collator', 'training', 'run'].entries()) {
    await page.goto(`${home}#/new/${step}`);
    await page.waitForTimeout(1200);
    await shoot(`${i < 5 ? i + 2 : 8}-${step}`);
  }
  await page.goto(`${home}#/`);
  await page.waitForTimeout(500);
  await shoot('1-model');
  await page.goto(`${home}#/new/masking`);
  await page.getByLabel('Row', { exact: true }).fill('3');
  await page.keyboard.press('Enter');
  await page.getByRole('listbox', { name: 'Tokens of row 3' }).focus();
  await page.waitForTimeout(800);
  await shoot('4-masking-token');
  await page.getByRole('button', { name: 'Table' }).click();
  await page.waitForTimeout(300);
  await shoot('4-masking-table');
  await page.goto(`${home}#/new/data`);
  await page.getByRole('button', { name: 'Conversations' }).click();
  await page.keyboard.press('Control+i');
  await page.waitForTimeout(800);
  await shoot('2-data-drawer');
  await page.goto(`${home}#/new/template`);
  await page
    .getByRole('textbox', { name: 'Jinja source' })
    .fill('{% for m in messages %}\n{{ m.content }\n{% endfor %}');
  await page.waitForTimeout(1000);
  await shoot('3-template-fault');
  await page.goto(`${home}#/new/training`);
  await page.getByLabel('Show every setting').check();
  await page.waitForTimeout(300);
  await shoot('6-training-advanced');
  await page.goto(`${home}#/`);
  await page.getByRole('button', { name: 'Run the demo' }).click();
  await page.getByText('Completed').first().waitFor({ timeout: 180_000 });
  await page.waitForTimeout(500);
  await shoot('9-run');
  await page.getByRole('link', { name: 'Find the worst rows' }).click();
  await page.getByRole('button', { name: 'Measure the loss of each row' }).click();
  await page.locator('.tok-loss').first().waitFor({ timeout: 60_000 });
  await page.waitForTimeout(500);
  await shoot('9-worst');
  await page.goBack();
  await page.getByLabel('Format').selectOption('gguf');
  await page.getByLabel('Folder').fill(workspace);
  await page.getByText(/^Needs /).waitFor();
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('region', { name: 'Exported and verified' }).waitFor({ timeout: 60_000 });
  await page.getByRole('region', { name: 'Export', exact: true }).scrollIntoViewIfNeeded();
  await shoot('9-run-export');
  const original = page.url();
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await shoot('9-run-more');
  await page.getByRole('menuitem', { name: 'Run again' }).click();
  await page.getByRole('region', { name: 'Byte for byte the same adapter' }).waitFor({ timeout: 180_000 });
  await page.waitForTimeout(500);
  await shoot('9-run-again');
  const [first, second] = [original, page.url()].map(address => address.split('/').at(-1));
  await page.goto(`${home}#/compare/${first},${second}`);
  await page.locator('.compare-plot canvas').waitFor();
  await page.waitForTimeout(500);
  await shoot('9-compare');
  await page.goto(original);
  await page.getByRole('link', { name: 'Open in chat' }).click();
  await page.getByRole('list', { name: 'Held-out prompts to try' }).getByRole('button').nth(1).click();
  await page.getByRole('button', { name: 'What the model gets' }).click();
  await page.getByRole('textbox', { name: 'Prompt', exact: true }).press('Enter');
  await page.getByText('exact match').waitFor();
  await page.locator('.chat-answer').first().locator('[data-token]').first().hover();
  await page.waitForTimeout(300);
  await shoot('10-chat');
  await page.goto(`${home}#/runs`);
  await page.waitForTimeout(500);
  await shoot('9-history');
  await page.goto(`${home}#/disk`);
  await page.getByRole('table', { name: 'Everything in the data folder' }).waitFor();
  await shoot('11-disk');
  await page.goto(`${home}#/settings`);
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  await page.waitForTimeout(500);
  await shoot('12-settings');
} finally {
  await browser?.close();
  await studio.stop();
  rmSync(workspace, { recursive: true, force: true });
}
process.stdout.write(`${folder}\n`);

function rows() {
  const woods = ['maple', 'spruce', 'ebony', 'pear', 'walnut', 'cherry'];
  const items = ['violin', 'viola', 'cello', 'lute', 'fiddle'];
  return Array.from({ length: 64 }, (_, i) => {
    const wood = woods[i % woods.length];
    const item = items[i % items.length];
    const answer = `A ${item} of ${wood} needs ${3 + (i % 5)} weeks. ${'The varnish dries slowly, so do not hurry it. '.repeat(i % 9)}`;
    return JSON.stringify({
      messages: [
        { role: 'user', content: `Can you make a ${item} of ${wood} for me? It should be ready in spring.` },
        { role: 'assistant', content: answer.trim() },
        ...(i % 3 === 0
          ? [
              { role: 'user', content: 'And what does it cost?' },
              { role: 'assistant', content: `The ${item} costs ${900 + i * 10} crowns.` },
            ]
          : []),
      ],
    });
  });
}

function writeRecipe(name, maxLength, lines) {
  const data = join(workspace, `${name}.jsonl`);
  writeFileSync(data, `${lines.join('\n')}\n`);
  const path = join(workspace, `${name}.luthier.yaml`);
  writeFileSync(
    path,
    JSON.stringify({
      version: 1,
      name,
      model: { path: model },
      dataset: { path: data },
      collator: { maxLength },
      training: { batchSize: 4, gradientAccumulationSteps: 1 },
    }),
  );
  return path;
}
