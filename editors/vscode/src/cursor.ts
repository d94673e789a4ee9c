// Keeps the cursors of a document and its preview together.

import * as vscode from 'vscode';
import { PREVIEW_SCHEME } from './documents';
import { type Origin, type Preview, type Previews, shows } from './preview';

/** One line of a preview and where it comes from. */
interface Link {
  line: number;
  uri: string;
  range: vscode.Range;
}

/** Highlights, on both sides, what the cursor of the active editor is on. */
export class CursorSync implements vscode.Disposable, vscode.DefinitionProvider {
  private readonly highlight = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.rangeHighlightForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
  });
  private readonly subscriptions: vscode.Disposable;
  /** The side that leads: where the cursor was moved last. */
  private leading: vscode.TextEditor | undefined;
  private isDue = false;

  constructor(private readonly previews: Previews) {
    this.subscriptions = vscode.Disposable.from(
      this.highlight,
      vscode.window.onDidChangeTextEditorSelection((event) => this.moved(event)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.update()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.scheme === PREVIEW_SCHEME || isShown(document)) {
          this.update();
        }
      }),
      previews.onDidRender(() => this.update()),
    );
    this.leading = vscode.window.activeTextEditor;
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  /** Moves the cursor to the place that the line under a preview's cursor comes from. */
  async goToSource(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const link = editor && this.linkAt(editor.document, editor.selection.active.line);
    if (link) {
      await this.open(link, false);
    }
  }

  provideDefinition(document: vscode.TextDocument, position: vscode.Position): vscode.Location | undefined {
    const link = this.linkAt(document, position.line);
    return link && new vscode.Location(vscode.Uri.parse(link.uri), link.range);
  }

  private moved({ textEditor, kind, selections }: vscode.TextEditorSelectionChangeEvent): void {
    if (textEditor !== vscode.window.activeTextEditor) {
      return;
    }
    if (textEditor.document.uri.scheme === PREVIEW_SCHEME && kind === vscode.TextEditorSelectionChangeKind.Mouse) {
      this.clicked(textEditor, selections[0]);
    }
    this.leading = textEditor;
    this.update();
  }

  /** A click shows the source, a double click, which selects a word, goes there. */
  private clicked({ document }: vscode.TextEditor, selection: vscode.Selection | undefined): void {
    const link = selection && this.linkAt(document, selection.active.line);
    if (!link) {
      return;
    }
    const isDouble = !selection.isEmpty && document.getWordRangeAtPosition(selection.start)?.isEqual(selection) === true;
    if (isDouble) {
      void this.open(link, false);
    } else if (selection.isEmpty && !vscode.window.visibleTextEditors.some((it) => it.document.uri.toString() === link.uri)) {
      void this.open(link, true);
    }
  }

  private async open({ uri, range }: Link, preserveFocus: boolean): Promise<void> {
    const target = vscode.Uri.parse(uri);
    const visible = vscode.window.visibleTextEditors.find((it) => it.document.uri.toString() === target.toString());
    const options: vscode.TextDocumentShowOptions = {
      viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
      preserveFocus,
    };
    if (!preserveFocus) {
      options.selection = new vscode.Range(range.start, range.start);
    }
    const editor = await vscode.window.showTextDocument(target, options);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  /** Draws anew, once for all that happens at a time: a letter changes both texts and moves the cursor. */
  private update(): void {
    if (!this.isDue) {
      this.isDue = true;
      setImmediate(() => {
        this.isDue = false;
        this.draw();
      });
    }
  }

  /** Draws the highlights, and shows what they are on. */
  private draw(): void {
    const highlights = new Map<vscode.TextEditor, vscode.Range[]>();
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document.uri.scheme === PREVIEW_SCHEME || isShown(editor.document)) {
        highlights.set(editor, []);
      }
    }
    const leading = vscode.window.visibleTextEditors.find((it) => it === this.leading);
    for (const link of leading ? this.linksUnder(leading) : []) {
      for (const [editor, ranges] of highlights) {
        const uri = editor.document.uri.toString();
        if (uri === link.uri) {
          ranges.push(link.range);
        } else if (uri === link.preview) {
          ranges.push(editor.document.lineAt(link.line).range);
        }
      }
    }
    for (const [editor, ranges] of highlights) {
      editor.setDecorations(this.highlight, ranges);
      const first = ranges[0];
      if (first && editor !== leading) {
        editor.revealRange(first, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      }
    }
  }

  /** What the cursor of an editor is on: a line of a preview, or all lines that come from the innermost place around it. */
  private linksUnder(editor: vscode.TextEditor): (Link & { preview: string })[] {
    const cursor = editor.selection.active;
    const links: (Link & { preview: string })[] = [];
    for (const { document } of vscode.window.visibleTextEditors) {
      if (document.uri.scheme !== PREVIEW_SCHEME) {
        continue;
      }
      const all = this.links(document);
      const chosen = document === editor.document ? all.filter((it) => it.line === cursor.line) : under(all, editor);
      links.push(...chosen.map((it) => ({ ...it, preview: document.uri.toString() })));
    }
    return links;
  }

  private linkAt(document: vscode.TextDocument, line: number): Link | undefined {
    return this.links(document).find((it) => it.line === line);
  }

  /** The links of a preview; none while it is not that of the text that the editor shows. */
  private links(document: vscode.TextDocument): Link[] {
    const preview = this.previews.of(document);
    if (!preview || !isCurrent(preview, document)) {
      return [];
    }
    return preview.lines.flatMap((origin, line) => (origin ? [link(origin, line)] : []));
  }
}

function link(origin: Origin, line: number): Link {
  const { start, end } = origin.range;
  const range = new vscode.Range(start.line, start.character, end.line, end.character);
  return { line, range, uri: vscode.Uri.parse(origin.uri).toString() };
}

/** Whether a preview belongs to the present text of its source, and the editor shows it already. */
function isCurrent(preview: Preview, document: vscode.TextDocument): boolean {
  const source = vscode.workspace.textDocuments.find((it) => it.uri.toString() === document.uri.query);
  return (source === undefined || source.version === preview.version) && shows(document, preview);
}

/** Whether there may be a preview with lines from a document: ours, or an overlay. */
function isShown(document: vscode.TextDocument): boolean {
  return document.uri.scheme === 'file' || document.uri.scheme === 'untitled';
}

/** The lines that come from the innermost place around a cursor, or else from the cursor's line. */
function under(links: Link[], { document, selection }: vscode.TextEditor): Link[] {
  const uri = document.uri.toString();
  const cursor = selection.active;
  const ours = links.filter((it) => it.uri === uri);
  const around = ours.filter((it) => it.range.contains(cursor));
  const innermost = around.find((it) => around.every((other) => other.range.contains(it.range)));
  if (innermost) {
    return around.filter((it) => it.range.isEqual(innermost.range));
  }
  return ours.filter((it) => it.range.start.line <= cursor.line && cursor.line <= it.range.end.line);
}
