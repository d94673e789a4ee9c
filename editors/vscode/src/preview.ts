// The rendered Dockerfile beside its document: read-only and live.

import * as vscode from 'vscode';
import type { Diagnostic, Range } from 'vscode-languageclient/node';
import { PREVIEW_SCHEME } from './documents';
import { message } from './find';
import type { Server } from './server';

/** The place that a line of a Dockerfile comes from. */
export interface Origin {
  uri: string;
  range: Range;
}

/** What the server renders; `lines` is as long as `text` has lines. */
export interface Preview {
  uri: string;
  version: number | null;
  text: string;
  lines: (Origin | null)[];
  diagnostics: Diagnostic[];
}

/** The address of the preview of a document; its name makes it a Dockerfile for all of VS Code. */
export function previewOf(source: vscode.Uri): vscode.Uri {
  const path = source.path.replace(/[^/]*$/, 'Dockerfile.preview');
  return source.with({ scheme: PREVIEW_SCHEME, path, query: source.toString(), fragment: '' });
}

/** Whether a document already has the text of a preview; VS Code makes all line ends of a document alike. */
export function shows(document: vscode.TextDocument, preview: Preview): boolean {
  const lines = (text: string): string => text.replaceAll('\r\n', '\n');
  return lines(document.getText()) === lines(preview.text);
}

/** The previews of a window. */
export class Previews implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider {
  private readonly asked = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.asked.event;

  private readonly rendered = new vscode.EventEmitter<void>();
  /** Fires when a preview was rendered anew, which may have changed its note only. */
  readonly onDidRender = this.rendered.event;
  readonly onDidChangeCodeLenses = this.rendered.event;

  /** By the address of the document that they were rendered from. */
  private readonly shown = new Map<string, Preview>();

  constructor(private readonly server: Server) {}

  /** Opens the preview of a document beside it. */
  async show(source: vscode.Uri): Promise<void> {
    // The server renders what is open.
    await vscode.workspace.openTextDocument(source);
    await this.server.running();
    const uri = previewOf(source);
    this.refresh(source);
    const document = await vscode.workspace.openTextDocument(uri);
    const column = vscode.window.visibleTextEditors.find((it) => it.document === document)?.viewColumn;
    await vscode.window.showTextDocument(document, {
      viewColumn: column ?? vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: false,
    });
  }

  /** Renders the preview of a document again, if it is open. */
  refresh(source: vscode.Uri): void {
    const uri = previewOf(source).toString();
    const document = vscode.workspace.textDocuments.find((it) => it.uri.toString() === uri);
    if (document) {
      this.asked.fire(document.uri);
    }
  }

  refreshAll(): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === PREVIEW_SCHEME) {
        this.asked.fire(uri);
      }
    }
  }

  /**
   * Asks again if a preview's document became something else than what was rendered last.
   *
   * VS Code drops a text that is like the one that it has, and does not see that it is about to get another: after a letter that is
   * typed and taken back at once the preview would keep the letter.
   */
  settle(document: vscode.TextDocument): void {
    const preview = document.uri.scheme === PREVIEW_SCHEME ? this.of(document) : undefined;
    if (preview && !shows(document, preview)) {
      this.asked.fire(document.uri);
    }
  }

  /** Forgets what a closed document was: its versions begin anew when it is opened again. */
  forget(document: vscode.TextDocument): void {
    const preview = this.shown.get(document.uri.toString());
    if (preview) {
      preview.version = null;
    }
  }

  /** The preview that a document shows. */
  of(document: vscode.TextDocument): Preview | undefined {
    return this.shown.get(document.uri.query);
  }

  /** What the server says about a preview as a whole: that it is partial, or that of an older version. */
  note(document: vscode.TextDocument): string | undefined {
    const preview = this.of(document);
    const note = preview?.diagnostics.find((it) => it.code === undefined && it.source === 'docksmith')?.message;
    return typeof note === 'string' ? note : note?.value;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const source = uri.query;
    let fresh: Preview;
    try {
      fresh = await this.render(source);
    } catch (error) {
      return this.shown.get(source)?.text ?? `# There is no preview: ${message(error)}\n`;
    }
    // Looked at after the answer: a later question may have been answered before.
    const before = this.shown.get(source);
    if (before?.version != null && fresh.version != null && fresh.version < before.version) {
      return before.text;
    }
    this.shown.set(source, fresh);
    this.rendered.fire();
    return fresh.text;
  }

  /** A note about the whole stands above the first line, so that it does not move the lines. */
  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const note = this.note(document);
    if (note === undefined) {
      return [];
    }
    const command = { title: `$(warning) ${note}`, command: 'workbench.actions.view.problems' };
    return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), command)];
  }

  private async render(source: string): Promise<Preview> {
    // Opens it again if VS Code closed it, which it does with what no editor shows.
    const { uri } = await vscode.workspace.openTextDocument(vscode.Uri.parse(source));
    return (await this.server.execute('docksmith.previewDockerfile', uri.toString())) as Preview;
  }
}
