// Makes a .vsix:
//   npm run package -- --target linux-x64 [--binary PATH]   with the server inside, by default that of target/release
//   npm run package                                         without a server: it is looked for on the PATH
// --out FILE names the result, which is docksmith-TARGET.vsix or docksmith.vsix otherwise.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const here = import.meta.dirname;
const { values } = parseArgs({
  options: { target: { type: 'string' }, binary: { type: 'string' }, out: { type: 'string' } },
});
const { target } = values;
const out = path.resolve(values.out ?? path.join(here, target ? `docksmith-${target}.vsix` : 'docksmith.vsix'));

// What an earlier run left behind is for another target.
fs.rmSync(path.join(here, 'server'), { recursive: true, force: true });
if (target) {
  const program = target.startsWith('win32') ? 'docksmith.exe' : 'docksmith';
  const binary = path.resolve(values.binary ?? path.join(here, '../../target/release', program));
  if (!fs.existsSync(binary)) {
    console.error(`package: there is no ${binary}: run \`cargo build --release\` first, or name the program with --binary`);
    process.exit(2);
  }
  fs.mkdirSync(path.join(here, 'server'));
  fs.copyFileSync(binary, path.join(here, 'server', program));
  fs.chmodSync(path.join(here, 'server', program), 0o755);
}
fs.copyFileSync(path.join(here, '../../LICENSE'), path.join(here, 'LICENSE'));

function node(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: here, stdio: 'inherit' });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}
node('build.mjs');
// There is no public address yet that links and pictures of README.md could be made to start with.
const flags = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', ...(target ? ['--target', target] : [])];
node('node_modules/@vscode/vsce/vsce', 'package', ...flags, '--out', out);
