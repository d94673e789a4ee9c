// The JSON Schema for another TOML extension, if the user wants it.

import * as vscode from 'vscode';
import { message } from './find';

/** The setting of Even Better TOML: regular expressions of addresses, and the schemas' addresses. */
const THEIRS = 'evenBetterToml.schema.associations';
const PATTERN = '^.*/docksmith\\.toml$';

/**
 * Does what the setting `docksmith.schema.share` says.
 *
 * The schema is copied out of the extension's folder, whose name changes with each version, while the other extension's setting
 * stays.
 */
export async function shareSchema(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<void> {
  const wanted = vscode.workspace.getConfiguration('docksmith').get<boolean>('schema.share', false);
  const settings = vscode.workspace.getConfiguration();
  const known = settings.inspect<Record<string, string>>(THEIRS);
  // Without a default the extension is not there, and its setting cannot be written.
  if (known?.defaultValue === undefined) {
    return;
  }
  const { [PATTERN]: present, ...others } = known.globalValue ?? {};
  const copy = vscode.Uri.joinPath(context.globalStorageUri, 'docksmith.schema.json');
  try {
    if (wanted) {
      await vscode.workspace.fs.createDirectory(context.globalStorageUri);
      const ours = vscode.Uri.joinPath(context.extensionUri, 'schema', 'docksmith.schema.json');
      await vscode.workspace.fs.copy(ours, copy, { overwrite: true });
    }
    const value = wanted ? { ...others, [PATTERN]: copy.toString() } : others;
    if (present !== value[PATTERN]) {
      const kept = Object.keys(value).length > 0 ? value : undefined;
      await settings.update(THEIRS, kept, vscode.ConfigurationTarget.Global);
    }
  } catch (error) {
    log.warn(`the schema was not shared: ${message(error)}`);
  }
}
