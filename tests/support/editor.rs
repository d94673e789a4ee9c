//! An editor with the language server as its child process: real pipes, real framing, real exit codes.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A server that says nothing for so long fails its test.
const PATIENCE: Duration = Duration::from_secs(30);

/// One server and what it has said.
pub(crate) struct Editor {
    server: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// What is not listened to yet.
    output: Option<(ChildStdout, Sender<Value>)>,
    /// What was received while something else was waited for.
    unread: Vec<Value>,
    last_id: i64,
}

impl Editor {
    /// Starts a server and says nothing to it.
    pub(crate) fn silent() -> Self {
        let mut editor = Self::deaf();
        editor.listen();
        editor
    }

    /// Starts a server, says nothing to it and reads nothing of what it says.
    pub(crate) fn deaf() -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_docksmith"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program was built");
        let input = server.stdin.take();
        let output = server.stdout.take().expect("it was asked for");
        let (sender, messages) = mpsc::channel();
        Self {
            server,
            input,
            messages,
            output: Some((output, sender)),
            unread: Vec::new(),
            last_id: 0,
        }
    }

    /// Reads what the server says from now on.
    pub(crate) fn listen(&mut self) {
        let Some((output, sender)) = self.output.take() else {
            return;
        };
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read_message(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
    }

    /// Starts a server with these parameters of `initialize`; gives its answer too.
    pub(crate) fn with(params: Value) -> (Self, Value) {
        let mut editor = Self::silent();
        let answer = editor.request("initialize", params);
        editor.notify("initialized", json!({}));
        (editor, answer)
    }

    /// Starts a server that knows the requests for tests.
    pub(crate) fn for_tests() -> Self {
        let options = json!({ "testing": true });
        Self::with(json!({ "capabilities": {}, "initializationOptions": options })).0
    }

    /// The id of the server's process.
    pub(crate) fn server_id(&self) -> u32 {
        self.server.id()
    }

    /// How much memory the server holds, in KiB.
    #[cfg(target_os = "linux")]
    pub(crate) fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id()));
        let status = status.expect("the server is alive");
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = resident.and_then(|it| it.split_whitespace().next()?.parse().ok());
        kibibytes.expect("Linux says it")
    }

    /// Writes bytes as they are.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the input is open");
        input.write_all(bytes).expect("the server reads");
        input.flush().expect("the server reads");
    }

    /// Ends the server's input.
    pub(crate) fn close_input(&mut self) {
        self.input = None;
    }

    /// Sends a notification.
    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.write(&notification(method, params));
    }

    /// Sends a request; gives its id.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> i64 {
        let (id, request) = self.prepared(method, params);
        self.write(&request);
        id
    }

    /// A request that is yet to be written, and its id.
    pub(crate) fn prepared(&mut self, method: &str, params: Value) -> (i64, Vec<u8>) {
        self.last_id += 1;
        let id = self.last_id;
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        (id, framed(&request.to_string()))
    }

    /// The response to a request.
    pub(crate) fn answer(&mut self, id: i64) -> Value {
        self.receive(|message| message.get("method").is_none() && message["id"] == id)
    }

    /// Sends a request; gives the response.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// The next notification or request of the server with this method.
    pub(crate) fn receive_method(&mut self, method: &str) -> Value {
        self.receive(|message| message["method"] == method)
    }

    /// The first message that fits; what comes before it can be received later.
    pub(crate) fn receive(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(index) = self.unread.iter().position(&fits) {
            return self.unread.remove(index);
        }
        let end = Instant::now() + PATIENCE;
        loop {
            let rest = end.saturating_duration_since(Instant::now());
            let message = self.messages.recv_timeout(rest);
            let message =
                message.unwrap_or_else(|error| panic!("{error}; unread: {:?}", self.unread));
            if fits(&message) {
                return message;
            }
            self.unread.push(message);
        }
    }

    /// The last diagnostics of a version: where the disk is slow, those that need no file come first. The server is one
    /// whose client wants to know when the preview changes, which it is told last.
    pub(crate) fn last_published(&mut self, uri: &str, version: i64) -> Value {
        let is_about = |message: &Value| {
            message["params"]["uri"] == uri && message["params"]["version"] == version
        };
        self.receive(|it| it["method"] == "docksmith/previewChanged" && is_about(it));
        let mut last = Value::Null;
        self.unread.retain_mut(|message| {
            let is_one =
                message["method"] == "textDocument/publishDiagnostics" && is_about(message);
            if is_one {
                last = message["params"]["diagnostics"].take();
            }
            !is_one
        });
        assert!(
            last.is_array(),
            "version {version} of {uri} has no diagnostics"
        );
        last
    }

    /// Everything that was received and not yet asked for, after the server has answered a last request.
    pub(crate) fn all_unread(&mut self) -> Vec<Value> {
        self.request("docksmith/nothing", Value::Null);
        std::mem::take(&mut self.unread)
    }

    /// Everything that was received and not yet asked for.
    pub(crate) fn received(&mut self) -> Vec<Value> {
        self.unread.extend(self.messages.try_iter());
        std::mem::take(&mut self.unread)
    }

    /// Opens a document as version 1.
    pub(crate) fn open(&mut self, uri: &str, text: &str) {
        self.write(&open(uri, 1, text));
    }

    /// The server's copy of a document and its version, from a server that knows the requests for tests.
    pub(crate) fn text_and_version(&mut self, uri: &str) -> (String, i64) {
        let place =
            json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 0 } });
        let answer = self.request("docksmith/testText", place);
        let text = answer["result"]["text"].as_str().unwrap_or_default();
        let version = answer["result"]["version"].as_i64().unwrap_or_default();
        (text.to_owned(), version)
    }

    /// The exit code, once the server has ended by itself.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        let end = Instant::now() + PATIENCE;
        // The output ends with the process, so this waits without asking again and again.
        while self
            .messages
            .recv_timeout(end.saturating_duration_since(Instant::now()))
            .is_ok()
        {}
        assert!(Instant::now() < end, "the server does not end");
        self.server.wait().expect("it can be waited for").code()
    }

    /// The exit code, once the server has ended, of one that nobody listens to.
    pub(crate) fn exit_code_unheard(&mut self) -> Option<i32> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.server.try_wait().expect("it can be waited for") {
                return status.code();
            }
            assert!(Instant::now() < end, "the server does not end");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends the session as the protocol wants it, and asserts that the server was alive until then.
    pub(crate) fn end(mut self) {
        let answer = self.request("shutdown", Value::Null);
        assert_eq!(answer["result"], Value::Null, "{answer}");
        self.notify("exit", Value::Null);
        assert_eq!(self.exit_code(), Some(0));
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // It has usually ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A message with its header.
pub(crate) fn framed(body: &str) -> Vec<u8> {
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A notification with its header.
pub(crate) fn notification(method: &str, params: Value) -> Vec<u8> {
    let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
    framed(&message.to_string())
}

/// `didOpen` with its header.
pub(crate) fn open(uri: &str, version: i64, text: &str) -> Vec<u8> {
    let document = json!({ "uri": uri, "languageId": "toml", "version": version, "text": text });
    notification("textDocument/didOpen", json!({ "textDocument": document }))
}

/// `didChange` with its header.
pub(crate) fn change(uri: &str, version: i64, changes: Value) -> Vec<u8> {
    let document = json!({ "uri": uri, "version": version });
    let params = json!({ "textDocument": document, "contentChanges": changes });
    notification("textDocument/didChange", params)
}

/// One change of a part of the text, from and to line and column.
pub(crate) fn part(start: (u32, u32), end: (u32, u32), text: &str) -> Value {
    let position = |(line, column)| json!({ "line": line, "character": column });
    json!({ "range": { "start": position(start), "end": position(end) }, "text": text })
}

fn read_message(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().expect("a length"),
            Some((name, _)) => panic!("the server writes a header `{name}`"),
            None => break,
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("the server writes JSON"))
}
