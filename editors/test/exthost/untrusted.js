// A folder that is not trusted: everything works, but with the bundled server only.
'use strict';
const { ask, assert, bundled, extension, file, findings, open, servers, until, vscode } = require('./kit.js');

module.exports = async test => {
  await test('the folder is not trusted, and the extension runs', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    await until('active', () => extension().isActive);
  });

  await test('findings and completion come from the bundled server', async () => {
    const { document } = await open(file('docksmith.toml'));
    await findings(document.uri, ['unknown-key']);
    const { items } = await ask('CompletionItemProvider', document.uri, new vscode.Position(14, 8));
    assert.ok(items.some(item => (item.label.label ?? item.label) === 'builder'));
    assert.deepEqual(servers().map(server => server.program), [bundled()]);
  });

  await test('the setting of the folder is not used', () => {
    assert.equal(vscode.workspace.getConfiguration('docksmith').get('server.path'), '');
    return Promise.resolve();
  });
};
