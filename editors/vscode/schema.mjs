// The JSON Schema for other TOML extensions: it describes and completes, and finds nothing.
//
// What is wrong with a file is said once, by our server. Two of the keywords help to complete and forbid as well; beside an
// alternative that allows everything they only help.
import fs from 'node:fs';
import path from 'node:path';

const SCHEMAS = ['items', 'additionalProperties'];
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const MAPS = ['properties', 'patternProperties', '$defs'];
const HINTS = ['enum', 'const'];
const KEPT = ['$id', '$schema', '$ref', 'title', 'description', 'default', 'examples', 'deprecated'];

function harmless(schema) {
  if (typeof schema !== 'object') {
    return true;
  }
  const result = {};
  const alternatives = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (KEPT.includes(keyword)) {
      result[keyword] = value;
    } else if (SCHEMAS.includes(keyword) && typeof value === 'object') {
      result[keyword] = harmless(value);
    } else if (LISTS.includes(keyword)) {
      // Of `oneOf` more than one would fit now.
      alternatives.push(...value.map(harmless));
    } else if (MAPS.includes(keyword)) {
      result[keyword] = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, harmless(one)]));
    } else if (HINTS.includes(keyword)) {
      alternatives.push({ [keyword]: value }, {});
    }
  }
  if (alternatives.length > 0) {
    result.anyOf = alternatives;
  }
  return result;
}

/** Writes the schema into `schema/`. */
export function writeSchema() {
  const here = import.meta.dirname;
  const schema = JSON.parse(fs.readFileSync(path.join(here, '../../schema/docksmith.schema.json'), 'utf8'));
  fs.mkdirSync(path.join(here, 'schema'), { recursive: true });
  fs.writeFileSync(path.join(here, 'schema/docksmith.schema.json'), JSON.stringify(harmless(schema)));
}
