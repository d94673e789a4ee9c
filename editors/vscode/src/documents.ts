// Which documents are ours.

import * as vscode from 'vscode';

export const PREVIEW_SCHEME = 'docksmith-preview';
export const EXPLAIN_SCHEME = 'docksmith-explain';

/** The language that the file's name has until {@link keepToml} changes it; nothing else uses it. */
const MARKER = 'docksmith';

/** By name and not by language: the language of a file is the user's choice. */
export const SELECTOR = ['file', 'untitled'].map((scheme) => ({ scheme, pattern: '**/docksmith.toml' }));

export function isOurs(uri: vscode.Uri): boolean {
  return (uri.scheme === 'file' || uri.scheme === 'untitled') && /(^|[/\\])docksmith\.toml$/.test(uri.path);
}

/** Whether a document is about to become TOML. */
export function isMarked(document: vscode.TextDocument): boolean {
  return document.languageId === MARKER;
}

/**
 * Tells VS Code what a comment of TOML is, unless another extension does.
 *
 * Said here and not in `package.json`, where the configuration of a language makes every file of it start the extension.
 */
export function configureToml(ours: vscode.Extension<unknown>): vscode.Disposable {
  interface Contributions {
    contributes?: { languages?: { id: string; configuration?: string }[] };
  }
  const others = vscode.extensions.all.filter((it) => it.id !== ours.id);
  const isConfigured = others.some(({ packageJSON }) =>
    (packageJSON as Contributions).contributes?.languages?.some((it) => it.id === 'toml' && it.configuration !== undefined),
  );
  if (isConfigured) {
    return new vscode.Disposable(() => undefined);
  }
  return vscode.languages.setLanguageConfiguration('toml', {
    comments: { lineComment: '#' },
    brackets: [
      ['{', '}'],
      ['[', ']'],
    ],
    autoClosingPairs: [
      { open: '{', close: '}' },
      { open: '[', close: ']' },
      { open: '"', close: '"', notIn: [vscode.SyntaxTokenType.String, vscode.SyntaxTokenType.Comment] },
      { open: "'", close: "'", notIn: [vscode.SyntaxTokenType.String, vscode.SyntaxTokenType.Comment] },
    ],
  });
}

/**
 * Makes TOML of every `docksmith.toml`.
 *
 * VS Code starts an extension for a file only by its language. Starting for every TOML file would cost people who have none of
 * ours, so the file's name has a language of its own, which starts us; then the document becomes TOML, as all other extensions
 * expect.
 */
export function keepToml(): vscode.Disposable {
  const change = (document: vscode.TextDocument): void => {
    if (isMarked(document)) {
      void vscode.languages.setTextDocumentLanguage(document, 'toml');
    }
  };
  vscode.workspace.textDocuments.forEach(change);
  return vscode.workspace.onDidOpenTextDocument(change);
}

/**
 * The `docksmith.toml` that a command is about: its argument, the active editor's, or the one that the user picks.
 *
 * A preview stands for the file that it was rendered from.
 */
export async function document(argument: unknown): Promise<vscode.Uri | undefined> {
  if (typeof argument === 'string') {
    return vscode.Uri.parse(argument);
  }
  const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme === PREVIEW_SCHEME) {
    return vscode.Uri.parse(uri.query);
  }
  if (uri && isOurs(uri)) {
    return uri;
  }
  const found = await vscode.workspace.findFiles('**/docksmith.toml');
  if (found.length === 0) {
    void vscode.window.showInformationMessage('Docksmith: there is no docksmith.toml here.');
  }
  if (found.length < 2) {
    return found[0];
  }
  const items = found.map((file) => ({ label: vscode.workspace.asRelativePath(file), file }));
  items.sort((a, b) => a.label.localeCompare(b.label));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Which file?' }))?.file;
}
