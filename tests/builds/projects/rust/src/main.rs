use std::io::{Read, Write};
use std::net::TcpListener;

const SIGTERM: i32 = 15;

extern "C" {
    fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
    fn _exit(code: i32) -> !;
}

extern "C" fn end(_number: i32) {
    // SAFETY: `_exit` may be called in a signal handler.
    unsafe { _exit(0) }
}

fn main() -> std::io::Result<()> {
    // The kernel drops a signal that process 1 does not handle.
    // SAFETY: the handler does nothing but end the process.
    unsafe { signal(SIGTERM, end) };
    let listener = TcpListener::bind("0.0.0.0:8080")?;
    for client in listener.incoming() {
        let mut client = client?;
        let mut request = [0; 4096];
        let _read = client.read(&mut request)?;
        let body = "hello from rust\n";
        write!(client, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())?;
    }
    Ok(())
}
