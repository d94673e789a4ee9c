// Bundles the extension into one file: a start reads one file instead of hundreds.
import esbuild from 'esbuild';
import { writeSchema } from './schema.mjs';

writeSchema();

const options = {
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  bundle: true,
  external: ['vscode'],
  platform: 'node',
  format: 'cjs',
  target: 'node20',
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
}
