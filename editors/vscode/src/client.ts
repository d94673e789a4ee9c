// The client of the language server. A bundle of its own: the library is large, and is read after the start of the extension.

import {
  CloseAction,
  ErrorAction,
  ErrorCodes,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  ResponseError,
  State,
} from 'vscode-languageclient/node';
import type * as vscode from 'vscode';
import { SELECTOR, isMarked } from './documents';
import type { Program } from './find';

export type Client = LanguageClient;

/** What a client is made with. */
export interface Options {
  program: Program;
  log: vscode.LogOutputChannel;
  middleware: Middleware;
  /** Hears whether the server runs, does not run yet, or not any more. */
  onState: (state: 'starting' | 'running' | 'stopped') => void;
}

/** The errors of a connection; all others are the server's. */
const LOST: number[] = [ErrorCodes.MessageWriteError, ErrorCodes.MessageReadError, ErrorCodes.PendingResponseRejected, ErrorCodes.ConnectionInactive];

/** Whether a message failed because the server is gone, and not because of what it said. */
export function isLost(error: unknown): boolean {
  return !(error instanceof ResponseError) || LOST.includes(error.code);
}

/**
 * A client that shows no messages of its own, and answers with nothing while the server is gone.
 *
 * The library would show one for each question that a dying server does not answer; what the user has to know, we say.
 */
class QuietClient extends LanguageClient {
  override error(text: string, data?: unknown): void {
    super.error(text, data, false);
  }

  override handleFailedRequest<T>(...[type, token, error, nothing, , throws]: Parameters<LanguageClient['handleFailedRequest']>): T {
    // A question that crosses the last word to a server is refused by it.
    return isLost(error) || !isRunning(this) ? (nothing as T) : (super.handleFailedRequest(type, token, error, nothing, false, throws) as T);
  }
}

/** A client that is not started yet. It never starts its server again by itself. */
export function connect({ program, log, middleware, onState }: Options): Client {
  const options: LanguageClientOptions = {
    documentSelector: SELECTOR,
    outputChannel: log,
    traceOutputChannel: log,
    initializationOptions: { previewNotifications: true },
    initializationFailedHandler: () => false,
    errorHandler: {
      // The library would stop for good at a write to a server that has just died.
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => ({ action: CloseAction.DoNotRestart, handled: true, message: 'the connection to the server is closed' }),
    },
    synchronize: { configurationSection: 'docksmith' },
    diagnosticPullOptions: { onChange: true, onSave: true },
    markdown: { isTrusted: false, supportHtml: false },
    middleware: {
      ...middleware,
      // A document that is about to become TOML is opened when it is.
      didOpen: (document, next) => (isMarked(document) ? Promise.resolve() : next(document)),
      didClose: (document, next) => (isMarked(document) ? Promise.resolve() : next(document)),
      // The next server gets the whole text of all that is open.
      sendNotification: (type, next, params) =>
        next(type, params).catch((error: unknown) => {
          if (!isLost(error)) {
            throw error;
          }
        }),
    },
  };
  const client = new QuietClient('docksmith', 'Docksmith', { command: program.path, args: ['lsp'] }, options);
  client.onDidChangeState(({ newState }) => {
    onState(newState === State.Running ? 'running' : newState === State.Starting ? 'starting' : 'stopped');
  });
  return client;
}

/** Whether the server of a client can be spoken with. */
export function isRunning(client: Client): boolean {
  return client.state === State.Running;
}
