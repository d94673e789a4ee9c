// Beside another TOML extension, which has the setting of Even Better TOML: other files stay its own, and nothing is found twice.
'use strict';
const { ask, assert, extension, file, findings, fs, markdown, open, ours, servers, until, vscode } = require('./kit.js');

const THEIRS = 'evenBetterToml.schema.associations';
const SILENT = ['$schema', '$id', '$defs', 'title', 'description', 'default', 'examples', 'deprecated'];

/** What a JSON Schema finds in a value. Knows the keywords of ours, and throws at any other. */
function mistakes(schema, value, whole) {
  if (schema === true) return [];
  if (schema === false) return ['nothing is allowed'];
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
  const found = [];
  const fails = (wrong, what) => wrong && found.push(what);
  const fit = list => list.filter(one => mistakes(one, value, whole).length === 0).length;
  for (const [keyword, said] of Object.entries(schema)) {
    if (SILENT.includes(keyword) || keyword.startsWith('x-')) continue;
    if (keyword === '$ref') found.push(...mistakes(whole.$defs[said.replace('#/$defs/', '')], value, whole));
    else if (keyword === 'anyOf') fails(fit(said) === 0, 'anyOf');
    else if (keyword === 'oneOf') fails(fit(said) !== 1, 'oneOf');
    else if (keyword === 'enum') fails(!said.includes(value), 'enum');
    else if (keyword === 'const') fails(said !== value, 'const');
    else if (keyword === 'type') fails(![said].flat().includes(kind(value)), `not ${said}`);
    else if (keyword === 'required') fails(isTable && said.some(name => !(name in value)), 'required');
    else if (keyword === 'pattern') fails(typeof value === 'string' && !new RegExp(said, 'u').test(value), 'pattern');
    else if (keyword === 'minLength') fails(typeof value === 'string' && value.length < said, 'minLength');
    else if (keyword === 'minimum') fails(typeof value === 'number' && value < said, 'minimum');
    else if (keyword === 'maximum') fails(typeof value === 'number' && value > said, 'maximum');
    else if (keyword === 'minItems') fails(Array.isArray(value) && value.length < said, 'minItems');
    else if (keyword === 'maxItems') fails(Array.isArray(value) && value.length > said, 'maxItems');
    else if (keyword === 'items') found.push(...(Array.isArray(value) ? value : []).flatMap(one => mistakes(said, one, whole)));
    else if (keyword === 'propertyNames') found.push(...(isTable ? Object.keys(value) : []).flatMap(name => mistakes(said, name, whole)));
    else if (keyword === 'properties') {
      for (const [name, one] of Object.entries(said)) if (isTable && name in value) found.push(...mistakes(one, value[name], whole));
    } else if (keyword === 'additionalProperties') {
      const others = isTable ? Object.keys(value).filter(name => !(name in (schema.properties ?? {}))) : [];
      found.push(...others.flatMap(name => mistakes(said, value[name], whole)));
    } else throw new Error(`the keyword ${keyword}`);
  }
  return found;
}

function kind(value) {
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

const isTheirs = async uri => /the other extension/.test(markdown((await ask('HoverProvider', uri, new vscode.Position(0, 2))) ?? []));

module.exports = async test => {
  const uri = file('docksmith.toml');

  await test('other TOML files stay theirs', async () => {
    const { document } = await open(file('Cargo.toml'));
    assert.equal(document.languageId, 'toml');
    await until('they speak', () => isTheirs(document.uri));
    assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []);
  });

  await test('both serve docksmith.toml, and its mistake is found once', async () => {
    const { document } = await open(uri);
    await until('TOML', () => vscode.workspace.textDocuments.some(one => one.uri.path === document.uri.path && one.languageId === 'toml'));
    await until('active', () => extension().isActive);
    await findings(uri, ['unknown-key']);
    await until('they speak', () => isTheirs(uri));
    assert.match(markdown(await ask('HoverProvider', uri, new vscode.Position(0, 2))), /The language that is built/);
    assert.equal(vscode.languages.getDiagnostics(uri).length, 1);
    assert.equal(servers().length, 1);
  });

  await test('the shared schema is theirs to complete with, and finds nothing', async () => {
    const shared = () => Object.entries(vscode.workspace.getConfiguration().get(THEIRS, {}));
    const settings = vscode.workspace.getConfiguration('docksmith');
    assert.deepEqual(shared(), []);
    await settings.update('schema.share', true, vscode.ConfigurationTarget.Global);
    const [[pattern, address]] = await until('the schema', () => shared().length > 0 && shared());
    assert.match(uri.toString(), new RegExp(pattern));
    assert.doesNotMatch(file('Cargo.toml').toString(), new RegExp(pattern));
    const schema = JSON.parse(fs.readFileSync(vscode.Uri.parse(address).fsPath, 'utf8'));
    assert.match(schema.properties.language.description ?? JSON.stringify(schema.properties.language), /\w/);
    const wrong = { language: 'cobol', nonsense: 1, stages: 5, runtime: { expose: 'x', healthcheck: { intervall: '30s' } } };
    assert.deepEqual(mistakes(schema, wrong, schema), []);
    // The whole schema does find them, so that this test could.
    const whole = JSON.parse(fs.readFileSync(process.env.DOCKSMITH_SCHEMA, 'utf8'));
    assert.notDeepEqual(mistakes(whole, wrong, whole), []);
    assert.equal(vscode.languages.getDiagnostics(uri).length, ours(uri).length);
    await settings.update('schema.share', undefined, vscode.ConfigurationTarget.Global);
    await until('it is taken back', () => shared().length === 0);
  });
};
