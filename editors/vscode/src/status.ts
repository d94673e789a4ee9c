// The status of the language: the server's version and state, and how many errors a file has.

import * as vscode from 'vscode';
import { PREVIEW_SCHEME, SELECTOR, isOurs } from './documents';
import type { Previews } from './preview';
import type { Server } from './server';

/** Shows the status of a file and of a preview, next to the language in the status bar. */
export function showStatus(server: Server, previews: Previews): vscode.Disposable {
  const file = vscode.languages.createLanguageStatusItem('docksmith.status', SELECTOR);
  file.name = 'Docksmith';
  file.command = { title: 'Show Log', command: 'docksmith.showLog' };
  const preview = vscode.languages.createLanguageStatusItem('docksmith.preview', { scheme: PREVIEW_SCHEME });
  preview.name = 'Docksmith Preview';

  const update = (): void => {
    const document = vscode.window.activeTextEditor?.document;
    showServer(file, server);
    if (document && isOurs(document.uri) && server.state === 'running') {
      showErrors(file, document.uri);
    }
    if (document?.uri.scheme === PREVIEW_SCHEME) {
      const note = previews.note(document);
      preview.text = note === undefined ? 'Preview is up to date' : 'Preview is not complete';
      preview.detail = note ?? '';
      preview.severity = severity(note === undefined ? 'Information' : 'Warning');
    }
  };
  update();
  return vscode.Disposable.from(
    file,
    preview,
    server.onDidChange(update),
    previews.onDidRender(update),
    vscode.window.onDidChangeActiveTextEditor(update),
    vscode.languages.onDidChangeDiagnostics(update),
  );
}

function showServer(item: vscode.LanguageStatusItem, server: Server): void {
  const version = server.program?.version;
  item.text = version === undefined ? 'Docksmith' : `Docksmith ${version}`;
  item.busy = server.state === 'starting';
  item.severity = severity(server.state === 'failed' ? 'Error' : server.state === 'stopped' ? 'Warning' : 'Information');
  item.detail = server.state === 'running' ? '' : `the server is ${server.state}`;
}

function showErrors(item: vscode.LanguageStatusItem, uri: vscode.Uri): void {
  const found = vscode.languages.getDiagnostics(uri).filter((it) => it.source === 'docksmith');
  const errors = found.filter((it) => it.severity === vscode.DiagnosticSeverity.Error).length;
  const warnings = found.filter((it) => it.severity === vscode.DiagnosticSeverity.Warning).length;
  item.detail = `${count(errors, 'error')}, ${count(warnings, 'warning')}`;
  item.severity = severity(errors > 0 ? 'Error' : warnings > 0 ? 'Warning' : 'Information');
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function severity(name: keyof typeof vscode.LanguageStatusSeverity): vscode.LanguageStatusSeverity {
  return vscode.LanguageStatusSeverity[name];
}
