// Nothing but the .vsix is on the machine; then a wrong setting, and the way back.
'use strict';
const { assert, bundled, extension, file, fill, findings, open, ours, servers, until, vscode } = require('./kit.js');

module.exports = async (test, note, expect) => {
  let document;

  await test('findings come from the bundled server', async () => {
    await until('active', () => extension().isActive);
    ({ document } = await open(file('docksmith.toml')));
    await findings(document.uri, ['unknown-key']);
    assert.deepEqual(servers().map(server => server.program), [bundled()]);
  });

  await test('a wrong path is said, and the right one heals it', async () => {
    expect('/no/such/program');
    const settings = vscode.workspace.getConfiguration('docksmith');
    await settings.update('server.path', '/no/such/program', vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('docksmith.restartServer');
    await until('no server', () => servers().length === 0);
    await settings.update('server.path', bundled(), vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('docksmith.restartServer');
    await until('a server', () => servers().length === 1);
    await fill(document, document.getText().replace('intervall', 'intervale'));
    await until('it finds', () => ours(document.uri).some(found => /`intervale`/.test(found.message)), 30_000);
    await settings.update('server.path', undefined, vscode.ConfigurationTarget.Global);
    // The change starts the server anew; this waits for it.
    await vscode.commands.executeCommand('docksmith.restartServer');
  });

  await test('a server that dies again and again is given up, with one message, and a command brings it back', async () => {
    expect('Docksmith\\.log: .*(exited with signal SIGKILL|the connection to the server is closed|connection to server is erroring|Sending \\w+ failed|ended 5 times)|is not started any more');
    for (let death = 1; death <= 5; death++) {
      const [server] = await until('a server', () => servers().length === 1 && servers(), 30_000);
      // Only one that was in use is started again.
      await until('it finds', () => ours(document.uri).length > 0, 30_000);
      process.kill(server.pid, 'SIGKILL');
      await until('its end', () => !servers().some(other => other.pid === server.pid));
      await until('its findings are gone', () => ours(document.uri).length === 0 || servers().length === 1);
    }
    await until('no server', () => servers().length === 0 && ours(document.uri).length === 0);
    await vscode.commands.executeCommand('docksmith.restartServer');
    await until('a server', () => servers().length === 1);
    await until('it finds', () => ours(document.uri).length > 0, 30_000);
  });

  await test('findings below the wished level are not shown', async () => {
    await fill(document, 'language = "go"\nbuild.target = "./cmd/nothing"\n');
    await until('an error', () => ours(document.uri).length > 0);
    await fill(document, document.getText().replace('./cmd/nothing', './cmd/server'));
    await findings(document.uri, []);
  });
};
