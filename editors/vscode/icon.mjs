// Draws media/icon.png from media/icon.svg, which the marketplace does not take: node icon.mjs [BROWSER]
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const media = path.join(import.meta.dirname, 'media');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'icon-'));
const svg = fs.readFileSync(path.join(media, 'icon.svg')).toString('base64');
// A screenshot has the size of a window with its frame; a canvas has the size that we say.
const page = `<img src="data:image/svg+xml;base64,${svg}" onload="
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 128;
  canvas.getContext('2d').drawImage(this, 0, 0, 128, 128);
  document.body.textContent = canvas.toDataURL();
">`;
fs.writeFileSync(path.join(folder, 'icon.html'), page);
const dom = execFileSync(
  process.argv[2] ?? 'chromium',
  ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${path.join(folder, 'profile')}`, '--dump-dom', path.join(folder, 'icon.html')],
  { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
);
fs.writeFileSync(path.join(media, 'icon.png'), Buffer.from(/base64,([A-Za-z0-9+/=]+)/.exec(dom)[1], 'base64'));
fs.rmSync(folder, { recursive: true, force: true });
