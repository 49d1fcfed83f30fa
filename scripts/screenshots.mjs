// Makes screenshots of every screen and state in both themes into build/screenshots, from a studio of its own.
//
//     node scripts/screenshots.mjs [WIDTHxHEIGHT] [start] [wizard] [runs] [others]     all parts where none is named
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUpOrExit } from './setup.mjs';
import { openBrowser, serveStudio } from './studio-page.mjs';

const node = await setUpOrExit();
const args = process.argv.slice(2);
const [width, height] = (args.find(arg => /^\d+x\d+$/.test(arg)) ?? '1440x900').split('x').map(Number);
const parts = args.filter(arg => /^[a-z]+$/.test(arg));
const wants = part => parts.length === 0 || parts.includes(part);
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

  /** To be compared with the demo. */
  let longRun = null;
  await page.getByRole('button', { name: 'Run the demo' }).waitFor();
  if (wants('start')) await firstStart();
  if (wants('wizard')) await wizard();
  if (wants('runs')) await runs();
  if (wants('others')) await others();

  async function go(address, ms = 800) {
    await page.goto(`${home}#/${address}`);
    await page.waitForTimeout(ms);
  }

  async function firstStart() {
    await page.getByText('No GGUF file was found').waitFor();
    await page.getByText('Main memory').waitFor();
    await shoot('1-first-start');
    for (const [address, name] of [
      ['live', '9-live-empty'],
      ['runs', '9-history-empty'],
      ['chat', '10-chat-empty'],
      ['disk', '11-disk-empty'],
    ]) {
      await go(address);
      await shoot(name);
    }
    await go('');
    await page.keyboard.press('Control+k');
    await page.waitForTimeout(300);
    await shoot('13-palette');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+/');
    await page.waitForTimeout(300);
    await shoot('13-shortcuts');
    await page.keyboard.press('Escape');
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      const text = 'version: 1\nmodel: {path: models/base.gguf}\ndataset: {path: data/train.jsonl}\n';
      dataTransfer.items.add(new File([text], 'support.luthier.yaml'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    });
    await page.getByText('names files beside itself').first().waitFor();
    await shoot('1-dropped-recipe');
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('textbox', { name: 'Look in a folder as well' }).fill(modelFolder());
    await page.getByRole('button', { name: 'Add folder' }).click();
    await page.getByRole('radio', { name: 'Choose Luthier Demo Village' }).first().check();
    await page.getByText('Can be trained here').waitFor();
    await page.mouse.move(0, 0);
    await shoot('1-models');
  }

  async function wizard() {
    await openRecipe(blocked);
    await shoot('7-preflight-blocked');
    await go('new/run');
    await shoot('8-run-blocked');
    await openRecipe(recipe);
    await shoot('7-preflight');
    for (const [i, step] of ['data', 'template', 'masking', 'collator', 'training', 'run'].entries()) {
      await go(`new/${step}`, 1200);
      await shoot(`${i < 5 ? i + 2 : 8}-${step}`);
    }
    await go('');
    await shoot('1-model');
    await go('new/masking');
    await page.getByLabel('Row', { exact: true }).fill('3');
    await page.keyboard.press('Enter');
    await page.getByRole('listbox', { name: 'Tokens of row 3' }).focus();
    await page.waitForTimeout(800);
    await shoot('4-masking-token');
    await page.getByRole('button', { name: 'Table' }).click();
    await page.waitForTimeout(300);
    await shoot('4-masking-table');
    await page.getByRole('button', { name: 'Batch', exact: true }).click();
    await page.getByRole('region', { name: 'The batch of the row' }).getByRole('button').first().waitFor();
    await shoot('4-masking-batch');
    await page.getByRole('button', { name: 'Tokens', exact: true }).click();
    await go('new/data');
    await page.getByRole('button', { name: 'Conversations' }).click();
    await shoot('2-data-conversations');
    await page.keyboard.press('Control+i');
    await page.waitForTimeout(800);
    await shoot('2-data-drawer');
    await page.keyboard.press('Control+i');
    await go('new/collator');
    await page.getByLabel('Strategy').selectOption('pack');
    await page.getByLabel('Maximum length').fill('512');
    await page.keyboard.press('Tab');
    await page.waitForTimeout(2500);
    await shoot('5-collator-pack');
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await go('new/template');
    await page
      .getByRole('textbox', { name: 'Jinja source' })
      .fill('{% for m in messages %}\n{{ m.content }\n{% endfor %}');
    await page.waitForTimeout(1000);
    await shoot('3-template-fault');
    await go('new/training');
    await page.getByLabel('Show every setting').check();
    await page.waitForTimeout(300);
    await shoot('6-training-advanced');
    await openRecipe(recipe);
    await page
      .getByRole('button', { name: /rows are whole/ })
      .first()
      .click();
    await page.getByRole('row', { name: /Rows cut 43 0/ }).waitFor();
    await page.waitForTimeout(1500);
    await shoot('7-preflight-fixed');
  }

  async function runs() {
    await openRecipe(writeRecipe('long-run', 96, rows(), { epochs: 2000 }));
    await go('new/run');
    await page.getByRole('button', { name: 'Start training' }).click();
    await page.getByText('First step').waitFor({ timeout: 120_000 });
    await page.waitForTimeout(6000);
    await shoot('9-run-live');
    await page.getByRole('button', { name: 'Discard' }).click();
    await shoot('9-run-discard');
    await page.keyboard.press('Escape');
    const live = page.url();
    longRun = idIn(live);
    await go('new/run');
    await page.getByRole('button', { name: 'Add to the queue' }).click();
    await page.getByText('The run was added to the queue.').first().waitFor();
    await page.goto(live);
    await page.waitForTimeout(800);
    await shoot('9-run-queue');
    await page
      .getByRole('button', { name: /^Remove .* from the queue/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused').first().waitFor();
    await page.waitForTimeout(500);
    await shoot('9-run-paused');
    await openRecipe(writeRecipe('too-fast', 96, rows(), { epochs: 40, learningRate: 1e30, maxGradNorm: 0 }));
    await go('new/run');
    await page.getByRole('button', { name: 'Start training' }).click();
    await page.getByText('Failed', { exact: true }).first().waitFor({ timeout: 120_000 });
    await page.waitForTimeout(800);
    await shoot('9-run-failed');
  }

  async function others() {
    await go('');
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
    const compared = [idIn(original), longRun ?? idIn(page.url())];
    await page.goto(`${home}#/compare/${compared.join(',')}`);
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
    await go('runs');
    await shoot('9-history');
    await page
      .getByRole('checkbox', { name: /^Choose (?!all)/ })
      .first()
      .check();
    await page.waitForTimeout(500);
    await shoot('9-history-chosen');
    await page.goto(`${home}#/disk`);
    await page.getByRole('table', { name: 'Everything in the data folder' }).waitFor();
    await shoot('11-disk');
    await page.goto(`${home}#/settings`);
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
    await page.waitForTimeout(500);
    await shoot('12-settings');
  }
} finally {
  await browser?.close();
  await studio.stop();
  rmSync(workspace, { recursive: true, force: true });
}
process.stdout.write(`${folder}\n`);

function idIn(address) {
  return address.split('/').at(-1);
}

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

/** A model that can be trained and one that cannot be read. */
function modelFolder() {
  const folder = join(workspace, 'models');
  mkdirSync(folder, { recursive: true });
  copyFileSync(model, join(folder, 'village.gguf'));
  writeFileSync(join(folder, 'half-downloaded.gguf'), 'GGUF');
  return folder;
}

function writeRecipe(name, maxLength, lines, training = {}) {
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
      training: { batchSize: 4, gradientAccumulationSteps: 1, ...training },
    }),
  );
  return path;
}
