// What the suites have in common: asking VS Code as its own user interface does, and applying what it answers.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');

const id = 'docksmith.docksmith';
const extension = () => vscode.extensions.getExtension(id);

/** Asks until the answer is truthy, and gives it. */
async function until(what, ask, milliseconds = 15_000) {
  for (const end = Date.now() + milliseconds; ; ) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${milliseconds / 1000} s: ${typeof what === 'function' ? what() : what}`);
    await new Promise(again => setTimeout(again, 30));
  }
}

const ask = (provider, ...question) => vscode.commands.executeCommand(`vscode.execute${provider}`, ...question);
const root = (index = 0) => vscode.workspace.workspaceFolders[index].uri;
const file = (name, index = 0) => vscode.Uri.joinPath(root(index), name);

/** Opens a file in an editor, in the first column. */
async function open(uri) {
  const document = await vscode.workspace.openTextDocument(uri);
  return vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false });
}

/** The place right behind a text that occurs once. */
function behind(document, text) {
  const whole = document.getText();
  const at = whole.indexOf(text);
  assert.ok(at >= 0 && whole.indexOf(text, at + 1) < 0, `\`${text}\` is not there exactly once in:\n${whole}`);
  return document.positionAt(at + text.length);
}

/** Replaces the whole text. */
async function fill(document, text) {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

/** Types as the keyboard does, into the active editor, behind a text that occurs once. */
async function type(editor, after, text) {
  const place = behind(editor.document, after);
  await vscode.window.showTextDocument(editor.document, { viewColumn: editor.viewColumn, preview: false });
  vscode.window.activeTextEditor.selection = new vscode.Selection(place, place);
  for (const character of text) await vscode.commands.executeCommand('type', { text: character });
}

const ours = uri => vscode.languages.getDiagnostics(uri).filter(found => found.source === 'docksmith');
const code = found => (typeof found.code === 'object' ? found.code.value : found.code);
const said = uri => ours(uri).map(found => `${found.range.start.line + 1}: ${code(found)}: ${found.message}`).join('\n') || 'nothing';

/** Waits until the codes of the findings on a file are exactly these, in any order. */
async function findings(uri, codes, milliseconds) {
  const expected = [...codes].sort().join();
  await until(() => `findings ${expected || 'none'}; there were:\n${said(uri)}`, () => ours(uri).map(code).sort().join() === expected, milliseconds);
  return ours(uri);
}

const label = item => (typeof item.label === 'string' ? item.label : item.label.label);

/** The completion items of docksmith at a place. */
async function completions(uri, place) {
  const list = await ask('CompletionItemProvider', uri, place);
  return list.items;
}

/** Completes with the item of a name as the editor does, and gives the line that comes out of it. */
async function complete(document, place, name) {
  const items = await until(`completion of ${name}`, async () => {
    const all = await completions(document.uri, place);
    return all.some(item => label(item) === name) && all;
  }).catch(async error => {
    const there = (await completions(document.uri, place)).map(label).join(' ');
    throw new Error(`${error.message}; there were: ${there}`);
  });
  const item = items.find(one => label(one) === name);
  const text = item.insertText instanceof vscode.SnippetString ? item.insertText.value : (item.insertText ?? label(item));
  const range = item.range?.replacing ?? item.range;
  assert.ok(range?.contains(place), `the range of ${name} does not contain the cursor`);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, range, text);
  assert.ok(await vscode.workspace.applyEdit(edit));
  return document.lineAt(place.line).text;
}

const markdown = hovers => hovers.flatMap(hover => hover.contents).map(part => part.value ?? part).join('\n');

/** The process ids of the servers that the extension host has started. */
function servers() {
  const found = [];
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = fs.readFileSync(`/proc/${entry}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      const command = fs.readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      if (parent === process.pid && command.includes('lsp')) found.push({ pid: Number(entry), program: fs.readlinkSync(`/proc/${entry}/exe`), command });
    } catch {
      // The process has ended meanwhile.
    }
  }
  return found;
}

/** The server's program inside the installed .vsix. */
const bundled = () => fs.realpathSync(path.join(extension().extensionPath, 'server', 'docksmith'));

/** The editors of a document scheme that are visible. */
const visible = scheme => vscode.window.visibleTextEditors.filter(editor => editor.document.uri.scheme === scheme);

module.exports = { ask, assert, behind, bundled, code, complete, completions, extension, file, fill, findings, fs, id, label, markdown, open, ours, path, root, said, servers, type, until, visible, vscode };
