// Starts and stops the language server.

import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import type { Client } from './client';
import { isMarked } from './documents';
import { NoProgram, type Program, findProgram, message } from './find';

/** What the server is doing. */
export type ServerState = 'starting' | 'running' | 'stopped' | 'failed';

/** So many deaths within so many milliseconds are too many to start the server once more. */
const DEATHS = 5;
const PERIOD = 3 * 60_000;

/** The one language server of a window. */
export class Server implements vscode.Disposable {
  readonly log = vscode.window.createOutputChannel('Docksmith', { log: true });
  /** The middleware of the clients to come. */
  middleware: Middleware = {};

  private readonly changed = new vscode.EventEmitter<ServerState>();
  /** Fires when the state changes. */
  readonly onDidChange = this.changed.event;

  private current: ServerState = 'stopped';
  private client: Client | undefined;
  private used: Program | undefined;
  private queue: Promise<void> = Promise.resolve();
  /** When the last servers died, in milliseconds. */
  private deaths: number[] = [];

  /** @param prepare Sees each client before it starts. */
  constructor(
    private readonly extension: vscode.ExtensionContext,
    private readonly prepare: (client: Client) => void,
  ) {}

  get state(): ServerState {
    return this.current;
  }

  /** The program that was started last. */
  get program(): Program | undefined {
    return this.used;
  }

  /** The client, as soon as what was asked before is done; nothing if the server does not run. */
  async running(): Promise<Client | undefined> {
    await this.queue;
    return this.client;
  }

  /** Has the server run one of its commands; if it dies meanwhile, the next one is asked. */
  async execute(command: string, ...args: unknown[]): Promise<unknown> {
    const client = await this.running();
    try {
      return await ask(client, command, args);
    } catch (error) {
      const { isLost } = await import('./client.js');
      if (!client || !isLost(error)) {
        throw error;
      }
      // The end of a server is heard of a moment after the first message that it does not get.
      if (client === this.client && this.current === 'running') {
        await new Promise<void>((resolve) => {
          const listener = this.onDidChange(() => {
            listener.dispose();
            resolve();
          });
        });
      }
      return ask(await this.running(), command, args);
    }
  }

  start(): Promise<void> {
    return this.enqueue(() => this.startNow());
  }

  /** Starts the server anew, however often it died before. */
  restart(): Promise<void> {
    this.deaths = [];
    return this.again();
  }

  private again(): Promise<void> {
    return this.enqueue(async () => {
      await this.stopNow();
      await this.startNow();
    });
  }

  stop(): Promise<void> {
    return this.enqueue(() => this.stopNow());
  }

  dispose(): void {
    this.changed.dispose();
    this.log.dispose();
  }

  /** One after another: a start that overtakes a stop leaves a process behind. */
  private enqueue(work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(work).catch((error: unknown) => this.log.error(message(error)));
    return this.queue;
  }

  private async startNow(): Promise<void> {
    if (this.client) {
      return;
    }
    this.become('starting');
    try {
      const program = await findProgram(this.extension, this.log);
      this.used = program;
      this.log.info(`docksmith ${program.version}, ${program.path} (from ${program.origin})`);
      // A client asks for the findings of what is open when it starts, and not again when a document becomes TOML.
      await Promise.all(vscode.workspace.textDocuments.filter(isMarked).map((it) => vscode.languages.setTextDocumentLanguage(it, 'toml')));
      // Not before there is a program: reading the library takes longer than all the rest.
      const { connect, isRunning } = await import('./client.js');
      const middleware: Middleware = {
        ...this.middleware,
        workspace: {
          ...this.middleware.workspace,
          // A change of the settings may be what this client is stopped for; the next one asks by itself.
          didChangeConfiguration: async (sections, next) => {
            await this.queue;
            if (isRunning(client)) {
              await next(sections);
            }
          },
        },
      };
      const onState = (state: 'starting' | 'running' | 'stopped'): void => {
        // An old client's last words are no news.
        if (this.client === client) {
          this.heard(state);
        }
      };
      const client = connect({ program, log: this.log, middleware, onState });
      this.prepare(client);
      this.client = client;
      await client.start();
    } catch (error) {
      await this.stopNow();
      this.become('failed');
      this.log.error(message(error));
      // Not awaited: the queue would wait for the user.
      void this.say(error, 'the server did not start');
    }
  }

  private heard(state: 'starting' | 'running' | 'stopped'): void {
    const hasDied = this.current === 'running' && state === 'stopped';
    this.become(state);
    if (hasDied) {
      this.died();
    }
  }

  /** Starts the next server in silence, unless they die one after another. */
  private died(): void {
    const now = Date.now();
    this.deaths = [...this.deaths.filter((it) => now - it < PERIOD), now];
    if (this.deaths.length < DEATHS) {
      void this.again();
      return;
    }
    void this.enqueue(async () => {
      await this.stopNow();
      this.become('failed');
      void this.say(new Error(`it ended ${DEATHS} times within a few minutes`), 'the server is not started any more');
    });
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client) {
      // A client whose server is gone cannot be stopped; it holds nothing then.
      await client.dispose().catch((error: unknown) => this.log.debug(message(error)));
    }
    this.become('stopped');
  }

  private become(state: ServerState): void {
    if (this.current !== state) {
      this.current = state;
      this.changed.fire(state);
    }
  }

  private async say(error: unknown, what: string): Promise<void> {
    const reason = error instanceof NoProgram ? error.message : `${what}: ${message(error)}`;
    const answer = await vscode.window.showErrorMessage(`Docksmith: ${reason}.`, 'Restart Server', 'Open Settings', 'Show Log');
    if (answer === 'Restart Server') {
      await this.restart();
    } else if (answer === 'Open Settings') {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'docksmith.server.path');
    } else if (answer === 'Show Log') {
      this.log.show();
    }
  }
}

function ask(client: Client | undefined, command: string, args: unknown[]): Promise<unknown> {
  if (!client) {
    throw new Error('the server does not run');
  }
  return client.sendRequest('workspace/executeCommand', { command, arguments: args });
}
