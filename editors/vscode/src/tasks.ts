// `docksmith lint` as a task.
//
// Its problem matcher has the owner that the server's findings have, `docksmith`: when a file is opened, VS Code puts the server's in
// place of the task's.

import * as vscode from 'vscode';
import type { Server } from './server';

/** What `tasks.json` may say. */
interface Definition extends vscode.TaskDefinition {
  args?: string[];
}

/** One task for each folder; also completes those of `tasks.json`, which may have other arguments. */
export class LintTasks implements vscode.TaskProvider {
  static readonly type = 'docksmith';

  constructor(private readonly server: Server) {}

  async provideTasks(): Promise<vscode.Task[]> {
    const program = await this.program();
    const folders = vscode.workspace.workspaceFolders ?? [];
    return program === undefined ? [] : folders.map((folder) => lint(program, { type: LintTasks.type }, folder));
  }

  async resolveTask(task: vscode.Task): Promise<vscode.Task | undefined> {
    const program = await this.program();
    const folder = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
    return program === undefined || !folder ? undefined : lint(program, task.definition, folder);
  }

  private async program(): Promise<string | undefined> {
    await this.server.running();
    return this.server.program?.path;
  }
}

function lint(program: string, definition: Definition, folder: vscode.WorkspaceFolder): vscode.Task {
  const args = ['lint', '--quiet', '--format', 'concise', ...(definition.args ?? [])];
  const execution = new vscode.ProcessExecution(program, args, { cwd: folder.uri.fsPath });
  const task = new vscode.Task(definition, folder, 'lint', 'docksmith', execution, '$docksmith');
  task.detail = 'Check every docksmith.toml of the folder';
  return task;
}
