// Says something about every TOML file, as a server of TOML does.
'use strict';
const vscode = require('vscode');

exports.activate = context => {
  const provideHover = () => new vscode.Hover('the other extension');
  context.subscriptions.push(vscode.languages.registerHoverProvider({ language: 'toml' }, { provideHover }));
};
