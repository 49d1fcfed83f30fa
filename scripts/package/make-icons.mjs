// Draws the app's icons from the mark of src-renderer/ui/brand-icon.svg: `node scripts/package/make-icons.mjs`.
//
// Needs Chromium (CHROMIUM=…). Windows' and macOS' icon files are containers of PNG pictures, written here.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { root } from '../setup.mjs';

const folder = join(root, 'scripts', 'package', 'icons');
const LINUX_SIZES = [16, 32, 48, 64, 128, 256, 512];
const WINDOWS_SIZES = [16, 24, 32, 48, 64, 128, 256];
/** The type that Apple's container has for a PNG of a size. */
const APPLE_TYPES = [
  ['icp4', 16],
  ['icp5', 32],
  ['icp6', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
];

const mark = readFileSync(join(root, 'src-renderer', 'ui', 'brand-icon.svg'), 'utf8')
  .replace(/^<svg[\s\S]*?<\/title>/, '')
  .replace('</svg>', '')
  .replaceAll('#b0622b', '#f4e3d0');
/** The mark, light on a rounded wooden square. */
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
  <defs><linearGradient id="wood" x1="0" y1="0" x2="0.3" y2="1">
    <stop offset="0" stop-color="#b9692f"/><stop offset="1" stop-color="#7a3b15"/>
  </linearGradient></defs>
  <rect x="4" y="4" width="56" height="56" rx="13" fill="url(#wood)"/>
  <g transform="translate(16.5 10.2) scale(1.68)" fill="none" stroke="#f4e3d0" stroke-linecap="round">${mark}</g>
</svg>`;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage();
const pictures = new Map();
for (const size of new Set([
  ...LINUX_SIZES,
  ...WINDOWS_SIZES,
  ...APPLE_TYPES.map(([, appleSize]) => appleSize),
])) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${icon}`,
  );
  pictures.set(size, await page.screenshot({ omitBackground: true }));
}
await browser.close();

mkdirSync(join(folder, 'linux'), { recursive: true });
for (const size of LINUX_SIZES)
  writeFileSync(join(folder, 'linux', `${size}x${size}.png`), pictures.get(size));
writeFileSync(join(folder, 'luthier.ico'), windowsIcon());
writeFileSync(join(folder, 'luthier.icns'), appleIcon());

/** ICO: a header, a directory entry of 16 bytes for each picture, then the pictures. A side of 256 is written as 0. */
function windowsIcon() {
  const header = Buffer.alloc(6);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(WINDOWS_SIZES.length, 4);
  let offset = header.length + 16 * WINDOWS_SIZES.length;
  const entries = WINDOWS_SIZES.map(size => {
    const entry = Buffer.alloc(16);
    entry.writeUInt8(size % 256, 0);
    entry.writeUInt8(size % 256, 1);
    entry.writeUInt16LE(1, 4);
    entry.writeUInt16LE(32, 6);
    entry.writeUInt32LE(pictures.get(size).length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += pictures.get(size).length;
    return entry;
  });
  return Buffer.concat([header, ...entries, ...WINDOWS_SIZES.map(size => pictures.get(size))]);
}

/** ICNS: `icns` and the file's length, then for each picture its type, its length with these 8 bytes, its bytes. */
function appleIcon() {
  const block = (type, bytes) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, 'latin1');
    head.writeUInt32BE(bytes.length + 8, 4);
    return Buffer.concat([head, bytes]);
  };
  return block('icns', Buffer.concat(APPLE_TYPES.map(([type, size]) => block(type, pictures.get(size)))));
}
