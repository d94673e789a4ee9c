// Everything that the extension does in a workspace of one folder. The file is the same at the start of each test.
'use strict';
const kit = require('./kit.js');
const { ask, assert, behind, complete, completions, extension, file, fill, findings, fs, label, markdown, open, ours, servers, type, until, visible, vscode } = kit;

module.exports = async (test, note, expect) => {
  const uri = file('docksmith.toml');
  const fixture = fs.readFileSync(uri.fsPath, 'utf8');
  const preview = () => visible('docksmith-preview')[0];
  /** What our own log says of a server that is killed; that of the extension host says nothing. */
  const killed = 'Docksmith\\.log: .*(exited with signal SIGKILL|the connection to the server is closed|connection to server is erroring|Sending \\w+ failed)';
  const lines = () => document.getText().split('\n');
  let document;
  let editor;

  await test('the workspace alone activates it, before the file is opened', async () => {
    await until('active', () => extension().isActive);
    assert.ok(!vscode.workspace.textDocuments.some(one => one.uri.path === uri.path));
  });

  editor = await open(uri);
  document = editor.document;
  const at = (name, body) =>
    test(name, async () => {
      // In this order: what is closed must not be the file, which would ask whether to save it.
      editor = await open(uri);
      await vscode.commands.executeCommand('workbench.action.closeEditorsInOtherGroups');
      await until('the preview of the last test is gone', () => !preview());
      if (document.getText() !== fixture) await fill(document, fixture);
      await body();
    });

  await at('the file is TOML', async () => assert.equal(document.languageId, 'toml'));

  await at('the mistake is found, at its place, with the page of its rule', async () => {
    const [found] = await findings(uri, ['unknown-key']);
    assert.deepEqual([found.range.start.line, found.range.start.character, found.range.end.character], [19, 0, 9]);
    assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
    assert.match(found.message, /`\[runtime\.healthcheck\]` has no key `intervall`/);
  });

  await at('the quick fix takes it away', async () => {
    const [found] = await findings(uri, ['unknown-key']);
    const actions = await ask('CodeActionProvider', uri, found.range, vscode.CodeActionKind.QuickFix.value);
    const fix = actions.find(action => /interval/.test(action.title) && action.isPreferred);
    assert.ok(fix, actions.map(action => action.title).join());
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.equal(lines()[19], 'interval = "30s"');
    await findings(uri, []);
  });

  await at('the actions of saving put it right as well', async () => {
    await findings(uri, ['unknown-key']);
    const [all] = await ask('CodeActionProvider', uri, new vscode.Range(0, 0, 0, 0), 'source.fixAll.docksmith');
    assert.ok(await vscode.workspace.applyEdit(all.edit));
    await findings(uri, []);
  });

  await at('a stage is completed, the generated ones too', async () => {
    const place = behind(document, '[[runtime.copy]]\nfrom = "');
    assert.equal(await complete(document, place, 'builder'), 'from = "builder"');
  });

  await at('a copy source is completed, folder by folder', async () => {
    await fill(document, fixture.replace('from = "web"\n', '').replace('"/dist/"', '"as"'));
    assert.equal(await complete(document, behind(document, '\nsrc = "as'), 'assets/'), 'src = "assets/"');
    assert.equal(await complete(document, behind(document, '\nsrc = "assets/'), 'logo.svg'), 'src = "assets/logo.svg"');
  });

  await at('keys are completed that are not yet set', async () => {
    await fill(document, fixture.replace('intervall = "30s"', 'inter'));
    const names = (await completions(uri, behind(document, '\ninter'))).map(label);
    assert.ok(names.includes('interval'), names.join());
    const place = behind(document, '\nexpose = 8080');
    await fill(document, document.getText().replace('\nexpose = 8080', '\nexpose = 8080\nex'));
    const others = (await completions(uri, place.translate(1, -place.character + 2))).map(label);
    assert.ok(!others.includes('expose'), others.join());
  });

  await at('what is completed while the text is broken', async () => {
    await fill(document, fixture.replace('from = "web"\nsrc = "/dist/"\ndst = "/app/web/"', 'from = "'));
    const names = (await completions(uri, behind(document, '[[runtime.copy]]\nfrom = "'))).map(label);
    assert.ok(names.includes('web') && names.includes('builder'), names.join());
  });

  await at('a stage is renamed wherever it is named, in a step too', async () => {
    await fill(document, fixture.replace('"RUN mkdir /dist"]', '"RUN mkdir /dist"]\n\n[[stages]]\nname = "check"\nfrom = "alpine:3.22"\nsteps = ["COPY --from=web /dist /dist"]'));
    const edit = await ask('DocumentRenameProvider', uri, behind(document, 'name = "we'), 'frontend');
    assert.ok(await vscode.workspace.applyEdit(edit));
    const text = document.getText();
    assert.match(text, /name = "frontend"/);
    assert.match(text, /COPY --from=frontend \/dist/);
    assert.match(text, /\[\[runtime\.copy\]\]\nfrom = "frontend"/);
  });

  await at('a stage is renamed from inside a step', async () => {
    await fill(document, fixture.replace('"RUN mkdir /dist"]', '"RUN mkdir /dist"]\n\n[[stages]]\nname = "check"\nfrom = "alpine:3.22"\nsteps = ["COPY --from=web /dist /dist"]'));
    const edit = await ask('DocumentRenameProvider', uri, behind(document, 'COPY --from=we'), 'frontend');
    assert.equal(edit.entries()[0][1].length, 3);
  });

  await at('a name that no stage can have is refused with the reason', async () => {
    expect("can't be the name of a stage|Request textDocument/rename failed");
    await assert.rejects(ask('DocumentRenameProvider', uri, behind(document, 'name = "we'), 'a b'), /can't be the name of a stage/);
  });

  await at('a key is explained where the mouse is', async () => {
    const hovers = await ask('HoverProvider', uri, new vscode.Position(0, 2));
    assert.match(markdown(hovers), /The language that is built/);
    // Nothing of a file may run a command when it is clicked.
    assert.ok(hovers.flatMap(hover => hover.contents).every(part => !part.isTrusted));
  });

  await at('a stage shows what it renders to', async () => {
    assert.match(markdown(await ask('HoverProvider', uri, behind(document, '[[runtime.copy]]\nfrom = "w'))), /FROM node:22-alpine AS web\nRUN mkdir \/dist/);
  });

  await at('the use of a stage leads to its name', async () => {
    const [target] = await ask('DefinitionProvider', uri, behind(document, '[[runtime.copy]]\nfrom = "w'));
    assert.equal((target.targetSelectionRange ?? target.targetRange ?? target.range).start.line, 6);
  });

  await at('a copied file leads to the file', async () => {
    await fill(document, fixture.replace('from = "web"\n', '').replace('"/dist/"', '"assets/logo.svg"'));
    const [target] = await ask('DefinitionProvider', uri, behind(document, '\nsrc = "assets/lo'));
    assert.equal((target.targetUri ?? target.uri).path, file('assets/logo.svg').path);
  });

  await at('the uses of a stage', async () => {
    const places = await ask('ReferenceProvider', uri, behind(document, 'name = "w'));
    assert.deepEqual(places.map(place => place.range.start.line).sort((a, b) => a - b), [6, 14]);
  });

  await at('the outline has the names of stages', async () => {
    const symbols = await ask('DocumentSymbolProvider', uri);
    const names = symbols.flatMap(function all(one) { return [one.name, ...(one.children ?? []).flatMap(all)]; });
    assert.ok(names.includes('web') && names.includes('runtime'), names.join());
  });

  await at('defaults are shown as inlay hints', async () => {
    const hints = await ask('InlayHintProvider', uri, new vscode.Range(0, 0, document.lineCount, 0));
    const text = hints.map(hint => (typeof hint.label === 'string' ? hint.label : hint.label.map(part => part.value).join('')));
    assert.ok(text.some(one => /golang:/.test(one)), text.join());
  });

  await at('stage names and instructions are coloured inside steps', async () => {
    const legend = await ask('DocumentSemanticTokensProvider', uri).catch(() => undefined);
    const tokens = legend ?? (await vscode.commands.executeCommand('vscode.provideDocumentSemanticTokens', uri));
    assert.ok(tokens.data.length > 0);
  });

  await at('the document is formatted', async () => {
    await fill(document, fixture.replace('language = "go"', 'language="go"'));
    const edits = await ask('FormatDocumentProvider', uri, { tabSize: 2, insertSpaces: true });
    const edit = new vscode.WorkspaceEdit();
    edit.set(uri, edits);
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.equal(document.getText(), fixture);
  });

  await at('the lens opens the preview beside, read-only', async () => {
    const lens = (await ask('CodeLensProvider', uri, 10)).find(one => one.command?.title === 'Preview Dockerfile');
    await vscode.commands.executeCommand(lens.command.command, ...lens.command.arguments);
    const { document: shown, viewColumn } = await until('the preview', preview);
    assert.notEqual(viewColumn, editor.viewColumn);
    assert.equal(shown.languageId, 'dockerfile');
    assert.match(shown.getText(), /^FROM node:22-alpine AS web$/m);
    assert.ok(!shown.isDirty);
    assert.equal(vscode.workspace.fs.isWritableFileSystem(shown.uri.scheme) ?? false, false);
  });

  const openPreview = async () => {
    await vscode.commands.executeCommand('docksmith.showPreview');
    const shown = await until('the preview', preview);
    await until('the Dockerfile', () => /^FROM node:22-alpine AS web$/m.test(shown.document.getText()));
    return shown;
  };

  await at('the preview follows while one types', async () => {
    const shown = await openPreview();
    editor = await open(uri);
    await type(editor, 'name = "we', 'av');
    await until('the new name', () => /^FROM node:22-alpine AS weavb$/m.test(shown.document.getText()));
    await type(editor, '"RUN mkdir /dist"', ', "RUN id"');
    await until('the new step', () => /^RUN id$/m.test(shown.document.getText()));
  });

  await at('the preview keeps what it had while the text is broken', async () => {
    const shown = await openPreview();
    editor = await open(uri);
    await type(editor, 'expose = 8080', '\n[[[');
    await until('an error of the syntax', () => ours(uri).some(found => found.range.start.line === 11 || found.range.start.line === 12));
    assert.match(shown.document.getText(), /^FROM node:22-alpine AS web$/m);
  });

  // Long enough that neither side is visible as a whole.
  const long = fixture.replace('"RUN mkdir /dist"', Array.from({ length: 120 }, (_, at) => `\n  "RUN echo ${at} > /dist-${at}"`).join(',') + ',\n');
  const sees = (shown, line) => shown.visibleRanges.some(range => range.start.line <= line && line <= range.end.line);
  const lineOf = (shown, text) => behind(shown.document, text).line;
  let opened = 0;
  const openLong = async () => {
    // Another text each time: the preview may still show what the test before has left, and change a moment later.
    const mark = `# opened ${++opened}.`;
    await fill(document, long.replace('/dist-0"', `/dist-0 ${mark}"`));
    await openPreview();
    await until('the long Dockerfile', () => (preview()?.document.getText() ?? '').includes(mark));
    editor = await open(uri);
  };
  const put = (where, line) => {
    where.selection = new vscode.Selection(line, 0, line, 0);
  };

  await at('the preview shows the line that the cursor makes', async () => {
    await openLong();
    for (const step of [119, 3, 60]) {
      put(editor, lineOf(editor, `echo ${step} `));
      await until(() => `step ${step} in ${JSON.stringify(preview()?.visibleRanges)}`, () => sees(preview(), lineOf(preview(), `RUN echo ${step} `)));
    }
  });

  await at('the file shows the place that a line of the preview comes from', async () => {
    await openLong();
    const shown = await vscode.window.showTextDocument(preview().document, { viewColumn: preview().viewColumn, preview: false });
    for (const step of [119, 3, 60]) {
      put(shown, lineOf(shown, `RUN echo ${step} `));
      const source = () => vscode.window.visibleTextEditors.find(one => one.document === document);
      await until(`step ${step}`, () => sees(source(), lineOf(source(), `echo ${step} `)));
    }
  });

  await at('a command goes from the preview to the place in the file', async () => {
    await openLong();
    const shown = await vscode.window.showTextDocument(preview().document, { viewColumn: preview().viewColumn, preview: false });
    put(shown, lineOf(shown, 'RUN echo 77 '));
    await vscode.commands.executeCommand('docksmith.goToSource');
    await until('the file', () => vscode.window.activeTextEditor?.document === document);
    assert.equal(vscode.window.activeTextEditor.selection.active.line, lineOf(editor, 'echo 77 '));
  });

  await at('a file that comes to be on the disk takes its finding away', async () => {
    await fill(document, fixture.replace('from = "web"\nsrc = "/dist/"', 'src = "assets/font.woff2"').replace('intervall', 'interval'));
    await until('the file is missed', () => ours(uri).map(kit.code).includes('copy-source-missing'));
    fs.writeFileSync(file('assets/font.woff2').fsPath, 'font');
    // The disk is looked at with each change of the text; only files that say what is ignored are watched.
    await type(editor, 'expose = 8080', ' ');
    await until('it is there', () => !ours(uri).map(kit.code).includes('copy-source-missing'));
  });

  await at('a new pattern of `.dockerignore` is noticed', async () => {
    await fill(document, fixture.replace('from = "web"\nsrc = "/dist/"', 'src = "assets/logo.svg"').replace('intervall', 'interval'));
    await until('nothing is ignored', () => !ours(uri).map(kit.code).includes('copy-source-ignored'));
    fs.appendFileSync(file('.dockerignore').fsPath, 'assets\n');
    await until('it is ignored', () => ours(uri).map(kit.code).includes('copy-source-ignored'));
    fs.writeFileSync(file('.dockerignore').fsPath, '.git\n');
    await until('it is not ignored any more', () => !ours(uri).map(kit.code).includes('copy-source-ignored'));
  });

  await at('the Dockerfile is written beside the file, and that can be undone', async () => {
    await fill(document, fixture.replace('intervall', 'interval'));
    await findings(uri, []);
    await vscode.commands.executeCommand('docksmith.writeDockerfile');
    const written = file('Dockerfile');
    await until(() => `the file; there are ${vscode.workspace.textDocuments.map(one => `${one.uri} ${one.isDirty} ${one.getText().length}`).join(', ')}`, () => fs.existsSync(written.fsPath) && /^FROM node:22-alpine AS web$/m.test(fs.readFileSync(written.fsPath, 'utf8')));
    await vscode.window.showTextDocument(written);
    await vscode.commands.executeCommand('undo');
    // What was made goes as a whole: the text, or the file with it.
    const left = () => vscode.workspace.textDocuments.find(one => one.uri.toString() === written.toString())?.getText() ?? '';
    await until('nothing is left', () => !fs.existsSync(written.fsPath) || left() === '');
    if (vscode.window.activeTextEditor?.document.uri.toString() === written.toString()) {
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
    fs.rmSync(written.fsPath, { force: true });
  });

  await at('old spellings are migrated', async () => {
    await fill(document, fixture.replace('language = "go"', 'runtime = "go"').replace('[runtime]', '[runtime_config]').replace('[[runtime.copy]]', '[[runtime_config.copy]]').replace('[runtime.healthcheck]\nintervall', '[runtime_config.healthcheck_opts]\ninterval'));
    await until('the server has seen it', () => !ours(uri).some(found => /intervall/.test(found.message)));
    await vscode.commands.executeCommand('docksmith.migrateFile');
    await until('the new spelling', () => /^language = "go"/m.test(document.getText()) && /^\[runtime\.healthcheck\]/m.test(document.getText()));
  });

  await at('a rule is explained', async () => {
    await vscode.commands.executeCommand('docksmith.explainRule', 'unknown-key');
    await until('its page', () => vscode.workspace.textDocuments.some(one => one.uri.scheme === 'docksmith-explain' && /unknown-key/.test(one.getText())));
  });

  await at('log and version are shown', async () => {
    await vscode.commands.executeCommand('docksmith.showLog');
    await vscode.commands.executeCommand('docksmith.showServerVersion');
  });

  await at('the settings say which findings are shown', async () => {
    const settings = vscode.workspace.getConfiguration('docksmith');
    const set = (name, value) => settings.update(name, value, vscode.ConfigurationTarget.Global);
    await fill(document, fixture.replace('node:22-alpine', 'node:latest'));
    await findings(uri, ['image-latest-tag', 'unknown-key']);
    await set('lint.level', 'error');
    await findings(uri, ['unknown-key']);
    await set('lint.level', undefined);
    await findings(uri, ['image-latest-tag', 'unknown-key']);
    await set('lint.pedantic', true);
    await until('a matter of taste', () => ours(uri).map(kit.code).includes('image-no-digest'));
    await set('lint.pedantic', undefined);
    await findings(uri, ['image-latest-tag', 'unknown-key']);
  });

  await at('lenses and hints can be turned off', async () => {
    const settings = vscode.workspace.getConfiguration('docksmith');
    const questions = { codeLens: () => ask('CodeLensProvider', uri), inlayHints: () => ask('InlayHintProvider', uri, new vscode.Range(0, 0, document.lineCount, 0)) };
    for (const [name, question] of Object.entries(questions)) {
      await until(`${name} is on`, async () => (await question()).length > 0);
      await settings.update(`${name}.enable`, false, vscode.ConfigurationTarget.Global);
      await until(`${name} is off`, async () => (await question()).length === 0);
      await settings.update(`${name}.enable`, undefined, vscode.ConfigurationTarget.Global);
    }
  });

  await at('the task finds what is not open, and repeats nothing that the server has found', async () => {
    await findings(uri, ['unknown-key']);
    await document.save();
    const closed = file('closed/docksmith.toml');
    fs.mkdirSync(kit.path.dirname(closed.fsPath));
    fs.writeFileSync(closed.fsPath, 'languag = "go"\n');
    const [task] = await vscode.tasks.fetchTasks({ type: 'docksmith' });
    assert.equal(task?.name, 'lint');
    const all = one => vscode.languages.getDiagnostics(one).map(found => `${found.range.start.line + 1} ${kit.code(found)}`);
    const lint = async () => {
      let ended;
      const listener = vscode.tasks.onDidEndTaskProcess(event => (ended = event));
      await vscode.tasks.executeTask(task);
      await until('the end of the task', () => ended, 40_000);
      listener.dispose();
      assert.equal(ended.exitCode, 1);
      return until('the problem of the closed file', () => all(closed).length > 0 && all(closed), 5_000);
    };
    // VS Code reads the output for a tenth of a second after the end only, which a busy machine can miss.
    const found = await lint().catch(lint);
    assert.ok(found.includes('1 unknown-key'), found.join());
    // The output was read to its end: the open file comes after it.
    assert.deepEqual(all(uri), ['20 unknown-key']);
    // Once it is open the server's findings take the place of the task's: what the server alone can know is there, and all of it once.
    const opened = await open(closed);
    await fill(opened.document, 'languag = "go"\nnonsense = 1\n');
    await until('the server finds', () => all(closed).some(one => one.startsWith('2 ')));
    await until(() => `each once, not ${all(closed)}`, () => all(closed).length === new Set(all(closed)).size);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    fs.rmSync(kit.path.dirname(closed.fsPath), { recursive: true });
  });

  await at('a killed server comes back, with findings and completion', async () => {
    await findings(uri, ['unknown-key']);
    const [server] = servers();
    assert.ok(server, 'a server runs');
    expect(killed);
    process.kill(server.pid, 'SIGKILL');
    await until('another server', () => servers().some(other => other.pid !== server.pid), 30_000);
    await fill(document, fixture.replace('intervall', 'intervalll'));
    await until('it finds', () => ours(uri).some(found => /`intervalll`/.test(found.message)), 30_000);
    const names = (await completions(uri, behind(document, '[[runtime.copy]]\nfrom = "'))).map(label);
    assert.ok(names.includes('builder'), names.join());
    assert.equal(servers().length, 1);
  });

  await at('a server that dies while one types, and the preview is open, is not missed', async () => {
    const shown = await openPreview();
    editor = await open(uri);
    for (const [round, letters] of ['abc', 'def'].entries()) {
      const [server] = servers();
      const typed = type(editor, `name = "web${'abc'.slice(0, round * 3)}`, letters);
      process.kill(server.pid, 'SIGKILL');
      // Whoever asks meanwhile gets an answer or nothing, and no error.
      await Promise.all([typed, ask('HoverProvider', uri, new vscode.Position(0, 2)), ask('DocumentSymbolProvider', uri), ask('CodeLensProvider', uri, 10)]);
      await until('another server', () => servers().some(other => other.pid !== server.pid), 30_000);
    }
    await until('the preview is up to date', () => /^FROM node:22-alpine AS webabcdef$/m.test(shown.document.getText()), 30_000);
    assert.equal(servers().length, 1);
  });

  await at('the server is started again by command, and only one is left', async () => {
    const [before] = servers();
    await vscode.commands.executeCommand('docksmith.restartServer');
    await until('the next server', () => servers().length === 1 && servers()[0].pid !== before.pid);
    await fill(document, fixture.replace('intervall', 'intervalls'));
    await until('it finds', () => ours(uri).some(found => /`intervalls`/.test(found.message)));
  });

  await at('two restarts at once leave one server', async () => {
    const [before] = servers();
    await Promise.all([1, 2, 3].map(() => vscode.commands.executeCommand('docksmith.restartServer')));
    await until('one server', () => servers().length === 1 && servers()[0].pid !== before.pid);
    await findings(uri, ['unknown-key']);
  });
  note(`the server that ran: ${servers()[0]?.program === kit.bundled() ? 'the bundled one' : servers()[0]?.program}`);
};
