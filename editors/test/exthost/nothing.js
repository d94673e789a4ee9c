// A workspace without a docksmith.toml pays nothing, until there is one.
'use strict';
const { ask, assert, extension, file, fs, open, ours, servers, until, vscode } = require('./kit.js');

module.exports = async test => {
  await test('TOML and Markdown start nothing', async () => {
    for (const name of ['README.md', 'Cargo.toml']) {
      const { document } = await open(file(name));
      // Whatever a language starts is started before its completion is asked.
      await ask('CompletionItemProvider', document.uri, new vscode.Position(0, 0));
    }
    assert.ok(extension(), 'it is installed');
    assert.equal(extension().isActive, false);
    assert.deepEqual(servers(), []);
  });

  await test('the first docksmith.toml starts it', async () => {
    fs.writeFileSync(file('docksmith.toml').fsPath, 'languag = "go"\n');
    const { document } = await open(file('docksmith.toml'));
    await until('active', () => extension().isActive);
    await until('a finding', () => ours(document.uri).length > 0);
    assert.equal(vscode.workspace.textDocuments.find(one => one.uri.path.endsWith('/docksmith.toml')).languageId, 'toml');
  });

  await test('other TOML files are left alone', async () => {
    const { document } = await open(file('Cargo.toml'));
    assert.equal(document.languageId, 'toml');
    assert.deepEqual((await ask('HoverProvider', document.uri, new vscode.Position(1, 1))) ?? [], []);
    assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []);
  });
};
