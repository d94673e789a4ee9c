//! The loop between the client's streams and the dispatcher.
//!
//! A thread reads, a thread writes, and one task in between serves. Three promises hold by construction:
//! 1. Each handler is polled once before the next message is read, so what it does before its first `.await` happens
//!    in the order of the messages.
//! 2. The queues have no limit, so a handler may wait for the client, and a request may be cancelled, however many
//!    others are stuck. What is not read does not fill them: see [`crate::lsp::outbox`].
//! 3. A panic or a message that makes no sense ends the request, never the server.

use std::any::Any;
use std::future::Future;
use std::io::{BufReader, Read, Write};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::mpsc;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, SinkExt, StreamExt};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};
use tower_lsp::{ClientSocket, LanguageServer, Loopback, LspService};
use tower_service::Service;

use crate::lsp::framing::{Frame, read_frame, write_message};
use crate::lsp::leniency;
use crate::lsp::outbox::{Outbox, Outgoing};
use crate::lsp::spellings::Spellings;

/// How long the requests that run at the end of the input may take to be answered.
const LAST_ANSWERS: Duration = Duration::from_millis(300);

/// How long the writer may take with what is left: a client that does not read must not hold us.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What the threads tell the loop.
enum Incoming {
    Frame(Frame),
    /// The client closed its end of the input or of the output.
    Closed,
}

/// Why nothing is received any more.
enum End {
    Exit,
    Closed,
}

/// How many messages are taken before it is looked for answers to send.
const AT_ONCE: usize = 256;

/// Serves until the client says `exit` or closes a stream, or until `orphaned` is ready. Gives the exit code: 0 after
/// a `shutdown`, else 1.
///
/// The reading thread may still wait for input afterwards: leave by `process::exit`.
pub(crate) async fn serve<L: LanguageServer>(
    (service, socket): (LspService<L>, ClientSocket),
    (input, output): (impl Read + Send + 'static, impl Write + Send + 'static),
    (outbox, outgoing): (Outbox, Outgoing),
    orphaned: impl Future<Output = ()>,
) -> i32 {
    let (incoming, mut inbox) = unbounded_channel();
    let (finished, written) = mpsc::channel();
    let at_end_of_output = incoming.clone();
    thread::spawn(move || read(input, &incoming));
    thread::spawn(move || {
        write(output, &outgoing, &at_end_of_output);
        // Nobody may be waiting any more.
        let _ = finished.send(());
    });

    let (mut requests, responses) = socket.split();
    let mut connection = Connection {
        service,
        responses,
        outbox,
        running: FuturesUnordered::new(),
        spellings: Spellings::default(),
        shut_down: false,
    };
    let code = connection.serve(&mut requests, &mut inbox, orphaned).await;
    drop(connection);
    // Too late is as good as done: the messages that are left have no reader.
    let _ = written.recv_timeout(LAST_WORDS);
    code
}

/// The reading thread: hands over every message, and in the end that there are no more.
fn read(input: impl Read, inbox: &UnboundedSender<Incoming>) {
    let mut input = BufReader::new(input);
    while let Ok(Some(frame)) = read_frame(&mut input) {
        if inbox.send(Incoming::Frame(frame)).is_err() {
            return;
        }
    }
    // The loop may have ended before.
    let _ = inbox.send(Incoming::Closed);
}

/// The writing thread: runs until nobody can send any more or the client does not listen.
fn write(mut output: impl Write, messages: &Outgoing, inbox: &UnboundedSender<Incoming>) {
    if !messages.write_all(|message| write_message(&mut output, message).is_ok()) {
        // The loop may have ended before.
        let _ = inbox.send(Incoming::Closed);
    }
}

/// What the client only logs: one that reads nothing misses none of it.
const LOGGED: [&str; 2] = ["window/logMessage", "$/logTrace"];

/// A request or notification that runs, and the body of the message that ends it.
type Running = BoxFuture<'static, Option<Vec<u8>>>;

/// The two directions of the server's own requests.
type Requests = <ClientSocket as Loopback>::RequestStream;
type Responses = <ClientSocket as Loopback>::ResponseSink;

/// One client.
struct Connection<L> {
    service: LspService<L>,
    responses: Responses,
    outbox: Outbox,
    running: FuturesUnordered<Running>,
    spellings: Spellings,
    shut_down: bool,
}

impl<L: LanguageServer> Connection<L> {
    async fn serve(
        &mut self,
        requests: &mut Requests,
        inbox: &mut UnboundedReceiver<Incoming>,
        orphaned: impl Future<Output = ()>,
    ) -> i32 {
        let mut orphaned = pin!(orphaned);
        loop {
            // None comes first: neither answers nor messages wait for all of the others.
            tokio::select! {
                Some(request) = requests.next() => self.send_own(&request),
                Some(answer) = self.running.next() => self.answer(answer),
                incoming = inbox.recv() => match self.receive_all(incoming, inbox).await {
                    ControlFlow::Continue(()) => {}
                    ControlFlow::Break(End::Exit) => return self.exit_code(),
                    ControlFlow::Break(End::Closed) => break,
                },
                () = &mut orphaned => return 1,
            }
        }
        self.finish(requests).await;
        self.exit_code()
    }

    /// Answers what still runs when the input ends, as far as that takes no time to speak of.
    async fn finish(&mut self, requests: &mut Requests) {
        let mut patience = pin!(tokio::time::sleep(LAST_ANSWERS));
        while !self.running.is_empty() {
            tokio::select! {
                biased;
                Some(request) = requests.next() => self.send_own(&request),
                Some(answer) = self.running.next() => self.answer(answer),
                () = &mut patience => return,
            }
        }
    }

    fn exit_code(&self) -> i32 {
        i32::from(!self.shut_down)
    }

    /// Takes a message and those that came meanwhile, so that a request is cancelled before it is answered, however long
    /// answers take to be sent.
    async fn receive_all(
        &mut self,
        first: Option<Incoming>,
        inbox: &mut UnboundedReceiver<Incoming>,
    ) -> ControlFlow<End> {
        let mut incoming = first;
        for left in (0..AT_ONCE).rev() {
            let Some(Incoming::Frame(frame)) = incoming else {
                return ControlFlow::Break(End::Closed);
            };
            if self.receive(frame).await.is_break() {
                return ControlFlow::Break(End::Exit);
            }
            if left == 0 {
                break;
            }
            match inbox.try_recv() {
                Ok(next) => incoming = Some(next),
                Err(_) => break,
            }
        }
        ControlFlow::Continue(())
    }

    /// Takes one message; breaks at `exit`.
    async fn receive(&mut self, frame: Frame) -> ControlFlow<()> {
        let body = match frame {
            Frame::Message(body) => body,
            Frame::TooLong(length) => {
                let message = format!("a message of {length} bytes is too long");
                self.refuse(&Value::Null, ErrorCode::InvalidRequest, &message);
                return ControlFlow::Continue(());
            }
        };
        match leniency::parsed(&body) {
            Ok(message) if message.get("method").is_some() => return self.call(message).await,
            Ok(message) => self.take_response(message).await,
            Err(error) => {
                self.refuse(&Value::Null, ErrorCode::ParseError, &error.to_string());
            }
        }
        ControlFlow::Continue(())
    }

    /// Starts the handler of a request or notification and polls it once.
    async fn call(&mut self, mut message: Value) -> ControlFlow<()> {
        let id = message.get("id").cloned();
        let refused = self.spellings.read(&mut message);
        if let (Some(uri), None) = (refused, &id) {
            self.lament(&message, &uri);
        }
        let message = leniency::repaired(message);
        let request = match serde_json::from_value::<Request>(message) {
            Ok(request) => request,
            Err(error) => {
                let id = id
                    .filter(|id| id.is_string() || id.is_i64())
                    .unwrap_or_default();
                self.refuse(&id, ErrorCode::InvalidRequest, &error.to_string());
                return ControlFlow::Continue(());
            }
        };
        match request.method() {
            "exit" => return ControlFlow::Break(()),
            "shutdown" => self.shut_down = true,
            _ => {}
        }
        let mut running = self.start(request, id);
        match futures::poll!(&mut running) {
            Poll::Ready(answer) => self.answer(answer),
            Poll::Pending => self.running.push(running),
        }
        ControlFlow::Continue(())
    }

    /// The handler of a request as a future that contains its panics.
    fn start(&mut self, request: Request, id: Option<Value>) -> Running {
        let method = request.method().to_owned();
        let service = &mut self.service;
        match catch_unwind(AssertUnwindSafe(|| service.call(request))) {
            Err(panic) => std::future::ready(body_of(&panicked(&method, id, &*panic))).boxed(),
            Ok(handler) => AssertUnwindSafe(handler)
                .catch_unwind()
                .map(move |result| match result {
                    Ok(Ok(response)) => response.and_then(|answer| body_of(&answer)),
                    // The server has left.
                    Ok(Err(_)) => None,
                    Err(panic) => body_of(&panicked(&method, id, &*panic)),
                })
                .boxed(),
        }
    }

    /// Hands the answer to one of our own requests to whoever waits for it.
    async fn take_response(&mut self, message: Value) {
        let is_answer = message.get("result").is_some() || message.get("error").is_some();
        match response_of(&message) {
            // Nobody waits for it after `exit`.
            Some(response) => drop(self.responses.send(response).await),
            // An answer is not answered, even if we cannot read it: the request runs into its time limit.
            None if is_answer => {}
            None => self.refuse(
                &Value::Null,
                ErrorCode::InvalidRequest,
                "neither a request nor a response",
            ),
        }
    }

    fn answer(&self, answer: Option<Vec<u8>>) {
        if let Some(body) = answer {
            self.outbox.put(self.spellings.write(body));
        }
    }

    /// Says that a notification is not heeded: the dispatcher drops it in silence.
    fn lament(&self, notification: &Value, uri: &str) {
        let method = notification.get("method").and_then(Value::as_str);
        let method = method.unwrap_or_default();
        let message = format!("docksmith: `{method}` is not heeded: `{uri}` is no uri");
        self.send(&json!({
            "jsonrpc": "2.0",
            "method": "window/logMessage",
            "params": { "type": 2, "message": message },
        }));
    }

    /// Sends one of our own requests or notifications.
    fn send_own(&self, request: &Request) {
        match body_of(request) {
            Some(body) if LOGGED.contains(&request.method()) => self.outbox.put_if_room(body),
            body => self.answer(body),
        }
    }

    fn refuse(&self, id: &Value, code: ErrorCode, message: &str) {
        self.send(&error_response(id, code, message));
    }

    fn send(&self, message: &impl Serialize) {
        self.answer(body_of(message));
    }
}

/// The response that a message is. Members that the protocol does not know are passed over.
fn response_of(message: &Value) -> Option<Response> {
    let id = serde_json::from_value::<Id>(message.get("id")?.clone()).ok()?;
    let Some(error) = message.get("error").filter(|error| !error.is_null()) else {
        return Some(Response::from_ok(id, message.get("result")?.clone()));
    };
    let code = error.get("code").and_then(Value::as_i64);
    let text = error.get("message").and_then(Value::as_str);
    let error = Error {
        code: code.map_or(ErrorCode::InternalError, ErrorCode::from),
        message: text.unwrap_or_default().to_owned().into(),
        data: error.get("data").cloned(),
    };
    Some(Response::from_error(id, error))
}

fn body_of(message: &impl Serialize) -> Option<Vec<u8>> {
    serde_json::to_vec(message).ok()
}

fn error_response(id: &Value, code: ErrorCode, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code.code(), "message": message } })
}

/// What the client hears of a panic: an error as the answer to a request, a line in its log for a notification.
fn panicked(method: &str, id: Option<Value>, panic: &(dyn Any + Send)) -> Value {
    let message = format!("`{method}` failed: {}", panic_message(panic));
    match id {
        Some(id) => error_response(&id, ErrorCode::InternalError, &message),
        None => json!({
            "jsonrpc": "2.0",
            "method": "window/logMessage",
            "params": { "type": 1, "message": message },
        }),
    }
}

/// The text that a panic was raised with.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write, pipe};
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use serde_json::{Value, json};
    use tower_lsp::LspService;
    use tower_lsp::jsonrpc::Result;
    use tower_lsp::ls_types::{InitializeParams, InitializeResult};

    use super::serve;
    use crate::lsp::framing::{Frame, read_frame, write_message};
    use crate::lsp::outbox::outbox;

    /// A server whose one request of its own panics, hangs or answers.
    struct Server;

    impl tower_lsp::LanguageServer for Server {
        async fn initialize(&self, _params: InitializeParams) -> Result<InitializeResult> {
            Ok(InitializeResult::default())
        }

        async fn shutdown(&self) -> Result<()> {
            Ok(())
        }
    }

    impl Server {
        async fn act(&self, act: String) -> Result<String> {
            match act.as_str() {
                "panic" => panic!("on purpose"),
                "hang" => std::future::pending().await,
                _ => Ok(act),
            }
        }

        async fn act_silently(&self, _params: Option<Value>) {
            panic!("in silence");
        }
    }

    /// Serves the messages, then the end of the input; gives the answers and the exit code.
    fn conversation(messages: &[Value]) -> (Vec<Value>, i32) {
        let mut input = Vec::new();
        for message in messages {
            let body = message.as_str().map_or(message.to_string(), str::to_owned);
            write_message(&mut input, body.as_bytes()).expect("memory can be written");
        }
        let (mut answers, output) = pipe().expect("there are pipes");
        let code = run(std::io::Cursor::new(input), output);
        let mut bytes = Vec::new();
        answers.read_to_end(&mut bytes).expect("the pipe is whole");
        (parsed(&bytes), code)
    }

    fn run(input: impl Read + Send + 'static, output: impl Write + Send + 'static) -> i32 {
        let server = LspService::build(|_| Server)
            .custom_method("act", Server::act)
            .custom_method("actSilently", Server::act_silently)
            .finish();
        let (outbox, outgoing, _room) = outbox();
        let queue = (outbox, outgoing);
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime of one thread needs nothing")
            .block_on(serve(
                server,
                (input, output),
                queue,
                std::future::pending(),
            ))
    }

    fn parsed(mut bytes: &[u8]) -> Vec<Value> {
        let mut messages = Vec::new();
        while let Some(Frame::Message(body)) = read_frame(&mut bytes).expect("memory can be read") {
            messages.push(serde_json::from_slice(&body).expect("the server writes JSON"));
        }
        messages
    }

    fn initialize() -> Value {
        json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": { "capabilities": {} } })
    }

    fn act(id: i32, act: &str) -> Value {
        json!({ "jsonrpc": "2.0", "id": id, "method": "act", "params": act })
    }

    #[test]
    fn a_panic_is_an_error_and_the_next_request_is_served() {
        let silent = json!({ "jsonrpc": "2.0", "method": "actSilently", "params": null });
        let (answers, _) = conversation(&[initialize(), act(1, "panic"), silent, act(2, "well")]);
        assert_eq!(answers[1]["error"]["code"], -32603);
        assert_eq!(answers[1]["error"]["message"], "`act` failed: on purpose");
        assert_eq!(
            answers[2]["params"]["message"],
            "`actSilently` failed: in silence"
        );
        assert_eq!(answers[3]["result"], "well");
    }

    #[test]
    fn nonsense_is_refused_and_the_next_request_is_served() {
        let (answers, _) = conversation(&[
            initialize(),
            json!("{"),
            json!([]),
            json!({ "jsonrpc": "2.0", "id": 7 }),
            json!({ "jsonrpc": "1.0", "id": 8, "method": "act" }),
            json!({ "jsonrpc": "2.0", "id": 9, "method": 1 }),
            act(1, "well"),
        ]);
        let codes: Vec<_> = answers[1..6]
            .iter()
            .map(|answer| (&answer["id"], answer["error"]["code"].as_i64()))
            .collect();
        assert_eq!(
            codes,
            [
                (&Value::Null, Some(-32700)),
                (&Value::Null, Some(-32600)),
                (&Value::Null, Some(-32600)),
                (&json!(8), Some(-32600)),
                (&json!(9), Some(-32600)),
            ]
        );
        assert_eq!(answers[6]["result"], "well");
    }

    #[test]
    fn a_request_is_cancelled_while_many_are_stuck() {
        let mut messages = vec![initialize()];
        messages.extend((1..=200).map(|id| act(id, "hang")));
        messages.push(json!({
            "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": 150 }
        }));
        let (answers, _) = conversation(&messages);
        assert_eq!(answers.len(), 2);
        assert_eq!(answers[1]["id"], 150);
        assert_eq!(answers[1]["error"]["code"], -32800);
    }

    #[test]
    fn the_code_at_the_end_says_whether_it_was_announced() {
        let shutdown = json!({ "jsonrpc": "2.0", "id": 1, "method": "shutdown" });
        let exit = json!({ "jsonrpc": "2.0", "method": "exit" });
        let code = |messages: &[Value]| conversation(messages).1;
        assert_eq!(code(&[initialize(), shutdown.clone(), exit.clone()]), 0);
        assert_eq!(code(&[initialize(), exit.clone()]), 1);
        assert_eq!(code(&[exit]), 1);
        assert_eq!(code(&[initialize(), shutdown]), 0);
        assert_eq!(code(&[initialize()]), 1);
        assert_eq!(code(&[initialize(), act(1, "hang")]), 1);
    }

    #[test]
    fn a_client_that_does_not_listen_ends_the_server() {
        let (answers, output) = pipe().expect("there are pipes");
        let (input, mut requests) = pipe().expect("there are pipes");
        drop(answers);
        let (ended, end) = mpsc::channel();
        thread::spawn(move || ended.send(run(input, output)));
        write_message(&mut requests, initialize().to_string().as_bytes()).expect("it is read");
        assert_eq!(end.recv_timeout(Duration::from_secs(20)), Ok(1));
    }
}
