// What VS Code calls.

import * as vscode from 'vscode';
import { Commands } from './commands';
import { CursorSync } from './cursor';
import { EXPLAIN_SCHEME, PREVIEW_SCHEME, configureToml, keepToml } from './documents';
import { Explanations } from './explain';
import { Previews } from './preview';
import { shareSchema } from './schema';
import { Server } from './server';
import { showStatus } from './status';
import { LintTasks } from './tasks';

let server: Server | undefined;

/** Registers everything; the server starts meanwhile, nothing waits for it. */
export function activate(context: vscode.ExtensionContext): void {
  const started = new Server(context, (client) => {
    client.onNotification('docksmith/previewChanged', ({ uri }: { uri: string }) => previews.refresh(vscode.Uri.parse(uri)));
  });
  server = started;
  const previews = new Previews(started);
  const commands = new Commands(started, previews);
  const explanations = new Explanations(started);
  const cursors = new CursorSync(previews);
  started.middleware = commands.middleware;

  const { registerCommand } = vscode.commands;
  context.subscriptions.push(
    started,
    configureToml(context.extension),
    keepToml(),
    cursors,
    showStatus(started, previews),
    registerCommand('docksmith.showPreview', (uri) => commands.showPreview(uri)),
    registerCommand('docksmith.goToSource', () => cursors.goToSource()),
    registerCommand('docksmith.writeDockerfile', (uri) => commands.writeDockerfile(uri)),
    registerCommand('docksmith.migrateFile', (uri) => commands.migrateFile(uri)),
    registerCommand('docksmith.explainRule', (name) => explanations.show(name)),
    registerCommand('docksmith.newFile', () => commands.newFile()),
    registerCommand('docksmith.restartServer', () => started.restart()),
    registerCommand('docksmith.showLog', () => started.log.show()),
    registerCommand('docksmith.showServerVersion', () => commands.showServerVersion()),
    vscode.workspace.registerTextDocumentContentProvider(PREVIEW_SCHEME, previews),
    vscode.workspace.registerTextDocumentContentProvider(EXPLAIN_SCHEME, explanations),
    vscode.languages.registerCodeLensProvider({ scheme: PREVIEW_SCHEME }, previews),
    vscode.languages.registerDefinitionProvider({ scheme: PREVIEW_SCHEME }, cursors),
    vscode.tasks.registerTaskProvider(LintTasks.type, new LintTasks(started)),
    vscode.workspace.onDidCloseTextDocument((document) => previews.forget(document)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => started.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('docksmith.server.path')) {
        void started.restart();
      }
      if (event.affectsConfiguration('docksmith.schema.share')) {
        void shareSchema(context, started.log);
      }
    }),
    started.onDidChange((state) => {
      if (state === 'running') {
        previews.refreshAll();
      }
    }),
  );
  void started.start();
  void shareSchema(context, started.log);
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
