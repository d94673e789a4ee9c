// Bundles the extension into two files: what runs when it starts, and the client of the server, which is read afterwards.
import fs from 'node:fs';
import esbuild from 'esbuild';
import { writeSchema } from './schema.mjs';

/** What the start may read, in bytes. The client's library has ten times as many, and would cost a tenth of a second. */
const LIGHT = 40_000;

writeSchema();

const options = {
  entryPoints: ['src/extension.ts', 'src/client.ts'],
  outdir: 'dist',
  bundle: true,
  external: ['vscode', './client.js'],
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // A `require`: VS Code answers that of its own module, and not every version answers an `import`.
  supported: { 'dynamic-import': false },
  minify: true,
  legalComments: 'none',
  sourcemap: process.argv.includes('--watch'),
  logLevel: 'warning',
};
if (process.argv.includes('--watch')) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options);
  const { size } = fs.statSync('dist/extension.js');
  if (size > LIGHT) {
    console.error(`build: dist/extension.js has ${size} bytes: the start reads more than it needs`);
    process.exit(1);
  }
}
