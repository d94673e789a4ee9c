// Starts and stops the language server.

import * as vscode from 'vscode';
import { ErrorAction, LanguageClient, type LanguageClientOptions, type Middleware, State } from 'vscode-languageclient/node';
import { SELECTOR, isMarked } from './documents';
import { NoProgram, type Program, findProgram, message } from './find';

/** What the server is doing. */
export type ServerState = 'starting' | 'running' | 'stopped' | 'failed';

/** The one language server of a window. */
export class Server implements vscode.Disposable {
  readonly log = vscode.window.createOutputChannel('Docksmith', { log: true });
  /** The middleware of the clients to come. */
  middleware: Middleware = {};

  private readonly changed = new vscode.EventEmitter<ServerState>();
  /** Fires when the state changes. */
  readonly onDidChange = this.changed.event;

  private current: ServerState = 'stopped';
  private client: LanguageClient | undefined;
  private used: Program | undefined;
  private queue: Promise<void> = Promise.resolve();

  /** @param prepare Sees each client before it starts. */
  constructor(
    private readonly extension: vscode.ExtensionContext,
    private readonly prepare: (client: LanguageClient) => void,
  ) {}

  get state(): ServerState {
    return this.current;
  }

  /** The program that was started last. */
  get program(): Program | undefined {
    return this.used;
  }

  /** The client, as soon as what was asked before is done; nothing if the server does not run. */
  async running(): Promise<LanguageClient | undefined> {
    await this.queue;
    return this.client;
  }

  start(): Promise<void> {
    return this.enqueue(() => this.startNow());
  }

  restart(): Promise<void> {
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
      const client = this.connect(program);
      this.client = client;
      await client.start();
    } catch (error) {
      await this.stopNow();
      this.become('failed');
      this.log.error(message(error));
      // Not awaited: the queue would wait for the user.
      void this.say(error);
    }
  }

  private connect(program: Program): LanguageClient {
    let client: LanguageClient | undefined;
    const options: LanguageClientOptions = {
      documentSelector: SELECTOR,
      outputChannel: this.log,
      traceOutputChannel: this.log,
      initializationOptions: { previewNotifications: true },
      initializationFailedHandler: () => false,
      synchronize: { configurationSection: 'docksmith' },
      diagnosticPullOptions: { onChange: true, onSave: true },
      markdown: { isTrusted: false, supportHtml: false },
      middleware: {
        ...this.middleware,
        // A document that is about to become TOML is opened when it is.
        didOpen: (document, next) => (isMarked(document) ? Promise.resolve() : next(document)),
        didClose: (document, next) => (isMarked(document) ? Promise.resolve() : next(document)),
        workspace: {
          ...this.middleware.workspace,
          // A change of the settings may be what this client is stopped for; the next one asks by itself.
          didChangeConfiguration: async (sections, next) => {
            await this.queue;
            if (client?.state === State.Running) {
              await next(sections);
            }
          },
        },
      },
    };
    const made = new LanguageClient('docksmith', 'Docksmith', { command: program.path, args: ['lsp'] }, options);
    client = made;
    // The library would stop for good at a write to a server that has just died, and not start it again when it is closed.
    const restarts = made.createDefaultErrorHandler();
    made.clientOptions.errorHandler = {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => restarts.closed(),
    };
    made.onDidChangeState(({ newState }) => {
      // An old client's last words are no news.
      if (this.client === made) {
        this.become(newState === State.Running ? 'running' : newState === State.Starting ? 'starting' : 'stopped');
      }
    });
    this.prepare(made);
    return made;
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client) {
      // While the library starts a crashed server again, the client cannot be stopped.
      if (client.state === State.Starting) {
        await client.start().catch(() => undefined);
      }
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

  private async say(error: unknown): Promise<void> {
    const reason = error instanceof NoProgram ? error.message : `the server did not start: ${message(error)}`;
    const answer = await vscode.window.showErrorMessage(`Docksmith: ${reason}.`, 'Open Settings', 'Show Log');
    if (answer === 'Open Settings') {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'docksmith.server.path');
    } else if (answer === 'Show Log') {
      this.log.show();
    }
  }
}
