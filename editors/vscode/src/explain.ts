// The page of a rule, as a read-only document.

import * as vscode from 'vscode';
import { EXPLAIN_SCHEME } from './documents';
import { message, run } from './find';
import type { Server } from './server';

interface Rule {
  name: string;
  level: string;
  summary: string;
}

/** What `docksmith explain` says, at `docksmith-explain:/RULE.md`. */
export class Explanations implements vscode.TextDocumentContentProvider {
  constructor(private readonly server: Server) {}

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const name = uri.path.replace(/^\/|\.md$/g, '');
    const page = await this.ask(['explain', name]);
    return `# ${page}`;
  }

  /** Explains the rule of the diagnostic at the cursor, or the one that the user picks. */
  async show(argument: unknown): Promise<void> {
    const name = typeof argument === 'string' ? argument : (ruleAtCursor() ?? (await this.pick()));
    // The name becomes an argument of a program: never an option.
    if (name === undefined || !/^[a-z][a-z0-9-]*$/.test(name)) {
      return;
    }
    const uri = vscode.Uri.from({ scheme: EXPLAIN_SCHEME, path: `/${name}.md` });
    try {
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
    } catch (error) {
      void vscode.window.showErrorMessage(`Docksmith: ${message(error)}`);
    }
  }

  private async pick(): Promise<string | undefined> {
    const items = this.ask(['rules', '--format', 'json']).then((text) =>
      (JSON.parse(text) as Rule[]).map((rule) => ({ label: rule.name, description: rule.level, detail: rule.summary })),
    );
    const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Which rule?', matchOnDetail: true });
    return picked?.label;
  }

  private async ask(args: string[]): Promise<string> {
    await this.server.running();
    const program = this.server.program;
    if (!program) {
      throw new Error('the server was not found');
    }
    return run(program.path, args);
  }
}

/** The rule whose diagnostic is at the cursor of the active editor; that on the cursor's line otherwise. */
function ruleAtCursor(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    return undefined;
  }
  const cursor = editor.selection.active;
  const found = vscode.languages.getDiagnostics(editor.document.uri).filter((it) => it.source === 'docksmith');
  const here = found.find((it) => it.range.contains(cursor)) ?? found.find((it) => it.range.start.line === cursor.line);
  const code = typeof here?.code === 'object' ? here.code.value : here?.code;
  return code === undefined ? undefined : String(code);
}
