// Runs the suite that the harness asks for as soon as the window is up, and writes what became of each test into a file.
//
// An installed extension, not a test runner of VS Code: those turn workspace trust and dialogs off, which are part of what is tested.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const folder = process.env.DOCKSMITH_EXTHOST;

exports.activate = () => {
  const asked = folder && path.join(folder, 'suite');
  if (!asked || !fs.existsSync(asked)) return;
  const suite = fs.readFileSync(asked, 'utf8');
  // Once: a window that is opened again runs nothing.
  fs.rmSync(asked);
  void run(suite);
};

async function run(suite) {
  const say = line => fs.appendFileSync(path.join(folder, 'report'), JSON.stringify(line) + '\n');
  const test = async (name, body) => {
    const begun = performance.now();
    const patience = new Promise((_, fail) => setTimeout(() => fail(new Error('no end after 60 s')), 60_000));
    const failure = await Promise.race([body(), patience]).then(() => undefined, error => String(error?.stack ?? error));
    say({ name, failure, milliseconds: Math.round(performance.now() - begun) });
  };
  try {
    const note = text => say({ note: text });
    // What a test provokes on purpose may be in the log.
    const expect = pattern => say({ expect: pattern });
    await require(`./${suite}.js`)(test, note, expect);
    say({ end: true });
  } catch (error) {
    say({ end: true, failure: String(error?.stack ?? error) });
  }
}
