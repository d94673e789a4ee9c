// Runs the suites of exthost/ inside the extension host of a real VS Code with the .vsix installed. Each of their tests is a test here.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { commandLine, here, openBrowser, pack, project, remove, startServer, temporary, until, workspace, write } from './vscode.mjs';
import { complaints } from './complaints.mjs';

const vsix = process.env.VSIX;
const folder = temporary('docksmith-exthost-');
const tester = path.join(folder, 'tester.vsix');
let browser;

before(async () => {
  assert.ok(vsix && fs.existsSync(vsix), 'VSIX names the packaged extension');
  pack(path.join(here, 'exthost'), tester);
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  remove(folder);
});

/** A folder with a program of a shell script. */
function program(name, script) {
  const made = temporary('docksmith-program-');
  fs.writeFileSync(path.join(made, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return made;
}

/** Runs in the window: collects the error messages that are shown, which go after a while. */
function collectErrors() {
  window.shownErrors = new Set();
  setInterval(() => {
    for (const shown of document.querySelectorAll('.notification-toast:has(.codicon-error) .notification-list-item-message')) {
      window.shownErrors.add(shown.textContent);
    }
  }, 300);
}

/**
 * A server with the extension, the tester and what else is asked for. `body` gets `run`, which opens a window on what the query
 * `where` names and runs a suite in it. In the end nothing may have gone wrong unseen.
 */
async function editor(t, { env = {}, user = {}, others = [] }, body) {
  const control = temporary('docksmith-control-');
  const server = await startServer({ vsix: [vsix, tester, ...others], env: { ...env, DOCKSMITH_EXTHOST: control }, user });
  const expected = [];
  const toasts = [];
  const wrong = new Set();
  const run = async (suite, where) => {
    const report = path.join(control, 'report');
    fs.rmSync(report, { force: true });
    fs.writeFileSync(path.join(control, 'suite'), suite);
    const said = () => (fs.existsSync(report) ? fs.readFileSync(report, 'utf8') : '').split('\n').slice(0, -1).map(line => JSON.parse(line));
    const page = await browser.context.newPage();
    await page.addInitScript(collectErrors);
    let failure;
    try {
      await page.goto(`${server.url}/?${where}`, { waitUntil: 'commit' });
      await until(`the suite ${suite} ends`, () => said().some(line => line.end), 240_000);
    } catch (error) {
      failure = String(error);
    }
    const lines = said();
    failure ??= lines.find(line => line.end).failure;
    for (const line of lines) {
      if (line.note) t.diagnostic(line.note);
      if (line.expect) expected.push(line.expect);
      if (line.name) await t.test(`${line.name} (${line.milliseconds} ms)`, () => assert.ok(!line.failure, line.failure));
    }
    toasts.push(...(await page.evaluate(() => [...window.shownErrors])));
    if (failure || lines.some(line => line.failure)) {
      fs.mkdirSync(path.join(here, 'shots'), { recursive: true });
      await page.screenshot({ path: path.join(here, 'shots', `failed-${suite}.png`) }).catch(() => {});
    }
    // Before the window goes: questions that it does not answer any more are nobody's error.
    for (const line of complaints(server.logs(), expected)) wrong.add(line);
    await page.close();
    await t.test(`the suite ${suite} came to its end`, () => {
      assert.ok(!failure, failure);
      assert.ok(lines.some(line => line.name), 'no test ran');
    });
  };
  try {
    await body(run);
  } finally {
    await server.stop();
    remove(control);
    const known = expected.map(pattern => new RegExp(pattern));
    await t.test('no error in the log of the extension host', () => assert.deepEqual([...wrong], []));
    await t.test('no error was shown', () => assert.deepEqual(toasts.filter(text => !known.some(pattern => pattern.test(text))), []));
  }
}

const twice = { timeout: 500_000 };

test('one folder', twice, async t => {
  const ws = workspace(project());
  // A program that is too old comes first on the PATH.
  const old = program('docksmith', 'echo docksmith 0.0.1');
  await editor(t, { env: { PATH: `${old}:${process.env.PATH}` } }, run => run('folder', `folder=${ws}`));
  remove(ws);
  remove(old);
});

test('no docksmith.toml', twice, async t => {
  const ws = workspace({ 'Cargo.toml': '[package]\nname = "x"\n', 'README.md': '# x\n' });
  const roots = workspace({ 'both.code-workspace': JSON.stringify({ folders: [{ path: 'one' }, { path: 'two' }] }) });
  for (const name of ['one', 'two']) write(path.join(roots, name), project());
  fs.rmSync(path.join(roots, 'two/assets'), { recursive: true });
  write(path.join(roots, 'two'), { 'migrations/001.sql': 'select 1;\n' });
  await editor(t, {}, async run => {
    await run('nothing', `folder=${ws}`);
    await run('roots', `workspace=${path.join(roots, 'both.code-workspace')}`);
  });
  remove(ws);
  remove(roots);
});

test('beside another TOML extension', twice, async t => {
  const ws = workspace({ ...project(), 'Cargo.toml': '[package]\nname = "x"\n' });
  const other = path.join(folder, 'other-toml.vsix');
  pack(path.join(here, 'othertoml'), other);
  const env = { DOCKSMITH_SCHEMA: path.join(here, '../../schema/docksmith.schema.json') };
  await editor(t, { env, others: [other] }, run => run('beside', `folder=${ws}`));
  remove(ws);
});

test('a folder that is not trusted', twice, async t => {
  const traps = program('docksmith', 'touch "$(dirname "$0")/sprung"; echo docksmith 9.9.9');
  const trap = path.join(traps, 'docksmith');
  const ws = workspace({ ...project(), '.vscode/settings.json': JSON.stringify({ 'docksmith.server.path': trap }) });
  const user = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' };
  await editor(t, { user, env: { PATH: `${traps}:${process.env.PATH}`, DOCKSMITH_SERVER: trap } }, run => run('untrusted', `folder=${ws}`));
  await t.test('no program of the folder, the PATH or the environment was run', () => assert.ok(!fs.existsSync(path.join(traps, 'sprung'))));
  remove(ws);
  remove(traps);
});

test('the command of the repository installs it', async () => {
  const root = temporary('docksmith-install-');
  const repository = path.join(here, '../..');
  const inside = name => path.join(root, name);
  for (const name of ['LICENSE', 'schema', 'editors/vscode']) {
    const filter = source => !/\/(node_modules|dist|server)$|\.vsix$/.test(source);
    fs.cpSync(path.join(repository, name), inside(`repository/${name}`), { recursive: true, filter });
  }
  // Nothing is compiled and nothing fetched: the program and the packages are there already.
  const packages = path.join(repository, 'editors/vscode/node_modules');
  const built = process.env.DOCKSMITH_BIN;
  write(root, {
    'bin/cargo': `#!/bin/sh\n[ "$1" = metadata ] && echo '{"target_directory":"${inside('target')}","version":1}' || true\n`,
    'bin/npm': `#!/bin/sh\nif [ "$1" = ci ]; then ln -s "${packages}" node_modules; else PATH="\${PATH#*:}" exec npm "$@"; fi\n`,
    'bin/code': `#!/bin/sh\nexec ${commandLine.map(part => `"${part}"`).join(' ')} --extensions-dir "${inside('extensions')}" --user-data-dir "${inside('user')}" --server-data-dir "${inside('server')}" "$@"\n`,
  });
  for (const name of ['cargo', 'npm', 'code']) fs.chmodSync(inside(`bin/${name}`), 0o755);
  fs.mkdirSync(inside('target/release'), { recursive: true });
  fs.copyFileSync(built, inside('target/release/docksmith'));
  const env = { ...process.env, HOME: root, PATH: `${inside('bin')}:${process.env.PATH}` };
  delete env.CODE;
  execFileSync(inside('repository/editors/vscode/install'), { cwd: '/', env, stdio: ['ignore', 'ignore', 'pipe'] });
  assert.match(execFileSync(inside('bin/code'), ['--list-extensions'], { env, encoding: 'utf8' }), /^docksmith\.docksmith$/m);
  const [folder] = fs.readdirSync(inside('extensions')).filter(name => name.startsWith('docksmith.docksmith-'));
  const server = inside(`extensions/${folder}/server/docksmith`);
  assert.equal(execFileSync(server, ['--version'], { encoding: 'utf8' }), execFileSync(built, ['--version'], { encoding: 'utf8' }));
  remove(root);
});

test('a clean machine', twice, async t => {
  const ws = workspace(project());
  const env = Object.fromEntries(Object.keys(process.env).filter(name => /^DOCKSMITH_/.test(name)).map(name => [name, undefined]));
  await editor(t, { env: { ...env, PATH: '/usr/bin:/bin' } }, run => run('clean', `folder=${ws}`));
  remove(ws);
});
