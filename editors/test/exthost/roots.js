// Two folders in one window: one server, and each file is seen from its own folder.
'use strict';
const { assert, behind, complete, extension, file, fill, findings, open, servers, until, visible, vscode } = require('./kit.js');

module.exports = async test => {
  await test('both files have their findings', async () => {
    await until('active', () => extension().isActive);
    for (const index of [0, 1]) {
      const { document } = await open(file('docksmith.toml', index));
      await findings(document.uri, ['unknown-key']);
    }
  });

  await test('copy sources are those of the own folder', async () => {
    for (const [index, folder] of [[0, 'assets/'], [1, 'migrations/']]) {
      const { document } = await open(file('docksmith.toml', index));
      await fill(document, document.getText().replace('from = "web"\nsrc = "/dist/"', 'src = ""'));
      assert.equal(await complete(document, behind(document, '\nsrc = "'), folder), `src = "${folder}"`);
    }
  });

  await test('the preview is that of the active file', async () => {
    for (const [index, port] of [[0, 1000], [1, 2000]]) {
      const { document } = await open(file('docksmith.toml', index));
      await fill(document, document.getText().replace('8080', `${port}`));
      await vscode.commands.executeCommand('docksmith.showPreview');
      await until(`port ${port}`, () => visible('docksmith-preview').some(shown => shown.document.getText().includes(`EXPOSE ${port}`)));
    }
  });

  await test('one server serves both', () => until('one server', () => servers().length === 1));
};
