// Where the server's program is, and whether it can be used.

import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';

/** The oldest server that speaks as this extension expects. */
const OLDEST = '0.1.0';

const PROGRAM = process.platform === 'win32' ? 'docksmith.exe' : 'docksmith';

/** Who named a program; shown to the user. */
type Origin = 'the setting docksmith.server.path' | 'the environment variable DOCKSMITH_SERVER' | 'PATH' | 'the extension';

/** A server that answered. */
export interface Program {
  path: string;
  version: string;
  origin: Origin;
}

interface Candidate {
  path: string;
  origin: Origin;
}

/** No program can be used; the message says why. */
export class NoProgram extends Error {}

/**
 * The first program that can be used.
 *
 * What a setting or the environment names must work: falling back in silence would hide a mistake. A program on the `PATH` may
 * be too old, then the bundled one serves. A folder that is not trusted gets the bundled one only, since its settings and, with
 * some shells, its `PATH` are not the user's.
 *
 * @throws {NoProgram} There is none.
 */
export async function findProgram(extension: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<Program> {
  const bundled: Candidate = { path: extension.asAbsolutePath(path.join('server', PROGRAM)), origin: 'the extension' };
  if (!vscode.workspace.isTrusted) {
    if (await isExecutable(bundled.path)) {
      return usable(bundled);
    }
    throw new NoProgram('this workspace is not trusted, and this extension was packaged without a server');
  }
  const named = namedProgram();
  if (named) {
    return usable(named);
  }
  const onPath = await lookUp(PROGRAM);
  for (const candidate of [...(onPath ? [{ path: onPath, origin: 'PATH' } satisfies Candidate] : []), bundled]) {
    if (!(await isExecutable(candidate.path))) {
      continue;
    }
    try {
      return await usable(candidate);
    } catch (error) {
      if (candidate === bundled) {
        throw error;
      }
      log.warn(`passed over: ${message(error)}`);
    }
  }
  throw new NoProgram('there is no program `docksmith` on the PATH, and this extension was packaged without one');
}

function namedProgram(): Candidate | undefined {
  const setting = vscode.workspace.getConfiguration('docksmith').get<string>('server.path', '').trim();
  if (setting !== '') {
    return { path: setting.replace(/^~(?=[/\\])/, homedir()), origin: 'the setting docksmith.server.path' };
  }
  const variable = process.env['DOCKSMITH_SERVER'];
  return variable ? { path: variable, origin: 'the environment variable DOCKSMITH_SERVER' } : undefined;
}

/** Runs `--version`, without a shell. */
async function usable(candidate: Candidate): Promise<Program> {
  if (!path.isAbsolute(candidate.path)) {
    throw new NoProgram(`\`${candidate.path}\` (from ${candidate.origin}) is not an absolute path`);
  }
  const output = await run(candidate.path, ['--version']).catch((error: unknown) => {
    throw new NoProgram(`\`${candidate.path}\` (from ${candidate.origin}) cannot be started: ${message(error)}`);
  });
  const version = /^docksmith (\d+\.\d+\.\d+\S*)/.exec(output)?.[1];
  if (version === undefined) {
    throw new NoProgram(`\`${candidate.path}\` (from ${candidate.origin}) is not docksmith: it does not say its version`);
  }
  if (isOlder(version, OLDEST)) {
    throw new NoProgram(`\`${candidate.path}\` (from ${candidate.origin}) is version ${version}, at least ${OLDEST} is needed`);
  }
  return { ...candidate, version };
}

/** What a program prints. */
export function run(program: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: 10_000, windowsHide: true }, (error, output) => {
      if (error) {
        reject(error);
      } else {
        resolve(output);
      }
    });
  });
}

/** Looks into the absolute folders of the `PATH` only: an empty or relative one would be the workspace. */
async function lookUp(program: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const candidate = path.join(folder, program);
    if (path.isAbsolute(folder) && (await isExecutable(candidate))) {
      return candidate;
    }
  }
  return undefined;
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function isOlder(version: string, than: string): boolean {
  const numbers = (text: string) => text.split(/[.+-]/).map(Number);
  const [ours, theirs] = [numbers(version), numbers(than)];
  for (let i = 0; i < 3; i++) {
    const difference = (ours[i] ?? 0) - (theirs[i] ?? 0);
    if (difference !== 0) {
      return difference < 0;
    }
  }
  return false;
}

/** The text of an error, whatever was thrown. */
export function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
