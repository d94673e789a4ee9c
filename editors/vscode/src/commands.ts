// What the commands do.

import * as vscode from 'vscode';
import type { ApplyWorkspaceEditParams, Middleware, WorkspaceEdit } from 'vscode-languageclient/node';
import { document } from './documents';
import { message } from './find';
import type { Previews } from './preview';
import type { Server } from './server';

/** How long the server's edit may come after its answer, in milliseconds. */
const PATIENCE = 2000;

/** An edit that the server asks for. */
interface Edit {
  params: ApplyWorkspaceEditParams;
  applied: Promise<unknown>;
}

/** The commands on a document. */
export class Commands {
  private readonly asked = new vscode.EventEmitter<Edit>();

  constructor(
    private readonly server: Server,
    private readonly previews: Previews,
  ) {}

  /** Code lenses name the server's commands, which the client library registers by itself; we do what follows the answer. */
  readonly middleware: Middleware = {
    executeCommand: (name, args, next) => {
      switch (name) {
        case 'docksmith.previewDockerfile':
          return this.showPreview(args[0]);
        case 'docksmith.renderToFile':
          return this.writeDockerfile(args[0]);
        case 'docksmith.migrate':
          return this.migrateFile(args[0]);
        default:
          return next(name, args);
      }
    },
    workspace: {
      handleApplyEdit: async (params, next) => {
        const applied = Promise.resolve(next(params, new vscode.CancellationTokenSource().token));
        this.asked.fire({ params, applied });
        return applied;
      },
    },
  };

  async showPreview(argument?: unknown): Promise<void> {
    const uri = await document(argument);
    if (uri) {
      await reported(() => this.previews.show(uri));
    }
  }

  /** Has the server write the Dockerfile, saves it and shows it. */
  async writeDockerfile(argument?: unknown): Promise<void> {
    const uri = await document(argument);
    if (!uri) {
      return;
    }
    await reported(async () => {
      // The server changes what is on the disk.
      const beside = vscode.Uri.joinPath(uri, '..', 'Dockerfile').toString();
      if (vscode.workspace.textDocuments.some((it) => it.isDirty && it.uri.toString() === beside)) {
        throw new Error('the Dockerfile has unsaved changes; save or revert them first');
      }
      const edit = this.nextEdit();
      await this.execute('docksmith.renderToFile', uri);
      const asked = await edit();
      if (!asked) {
        void vscode.window.showInformationMessage('Docksmith: the Dockerfile is up to date.');
        return;
      }
      await asked.applied;
      for (const target of targets(asked.params.edit)) {
        const written = await vscode.workspace.openTextDocument(vscode.Uri.parse(target));
        await written.save();
        await vscode.window.showTextDocument(written, { preview: true, preserveFocus: true, viewColumn: vscode.ViewColumn.Beside });
      }
    });
  }

  /** Rewrites a document in the current spelling; the change can be undone. */
  async migrateFile(argument?: unknown): Promise<void> {
    const uri = await document(argument);
    if (!uri) {
      return;
    }
    await reported(async () => {
      const answer = (await this.execute('docksmith.migrate', uri)) as WorkspaceEdit | null;
      const edit = await (await this.server.running())?.protocol2CodeConverter.asWorkspaceEdit(answer);
      if (!edit || edit.size === 0) {
        void vscode.window.showInformationMessage('Docksmith: the file is in the current spelling.');
      } else if (!(await vscode.workspace.applyEdit(edit))) {
        throw new Error('the change could not be applied');
      }
    });
  }

  /** Opens a `docksmith.toml` that is not saved yet, or the one that is there; the completion offers starting points in it. */
  async newFile(): Promise<void> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const file = folder ? vscode.Uri.joinPath(folder, 'docksmith.toml') : vscode.Uri.parse('untitled:docksmith.toml');
    const isThere = await vscode.workspace.fs.stat(file).then(
      () => true,
      () => false,
    );
    await reported(async () => {
      await vscode.window.showTextDocument(isThere ? file : file.with({ scheme: 'untitled' }));
      if (!isThere) {
        await vscode.commands.executeCommand('editor.action.triggerSuggest');
      }
    });
  }

  async showServerVersion(): Promise<void> {
    await this.server.running();
    const program = this.server.program;
    const text = program ? `docksmith ${program.version}, ${program.path} (from ${program.origin})` : 'no server was found';
    void vscode.window.showInformationMessage(`Docksmith: ${text}`);
  }

  private async execute(command: string, uri: vscode.Uri): Promise<unknown> {
    await vscode.workspace.openTextDocument(uri);
    return this.server.execute(command, uri.toString());
  }

  /** Listens for an edit from now on; the answer is the edit, or nothing if none comes in time after asking for it. */
  private nextEdit(): () => Promise<Edit | undefined> {
    let listener: vscode.Disposable | undefined;
    const edit = new Promise<Edit>((resolve) => (listener = this.asked.event(resolve)));
    return async () => {
      const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE));
      const first = await Promise.race([edit, late]);
      listener?.dispose();
      return first;
    };
  }
}

/** The files that an edit touches. */
function targets(edit: WorkspaceEdit): Set<string> {
  const changed = (edit.documentChanges ?? []).flatMap((change) => {
    if ('textDocument' in change) {
      return [change.textDocument.uri];
    }
    return change.kind === 'create' ? [change.uri] : [];
  });
  return new Set([...Object.keys(edit.changes ?? {}), ...changed]);
}

/** Shows what went wrong, as the server says it. */
async function reported(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    void vscode.window.showErrorMessage(`Docksmith: ${message(error)}`);
  }
}
