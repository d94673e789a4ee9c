// What the logs of a VS Code server complain about.

/** What a server without compiled modules, without an account and without a network says, whatever extension is installed. */
const harmless = [/vsda/, /authentication provider 'github'/];

/**
 * The errors in the logs of the extension hosts and of the output channels.
 *
 * `logs` maps paths to texts; `expected` are patterns of what was provoked on purpose, in `PATH: LINE`.
 */
export function complaints(logs, expected) {
  const known = [...harmless, ...expected.map(pattern => new RegExp(pattern))];
  const hosts = Object.keys(logs).filter(name => /exthost/.test(name));
  if (hosts.length === 0) return ['no log of an extension host was found'];
  return hosts.flatMap(name =>
    logs[name]
      .split('\n')
      .filter(line => /\[error\]|\bUnhandled\b|PendingMigrationError|\bError: /.test(line))
      .map(line => `${name}: ${line}`)
      .filter(line => !known.some(pattern => pattern.test(line))),
  );
}
