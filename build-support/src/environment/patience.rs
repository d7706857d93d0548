//! Runs a program with a time limit.

use std::io::{self, Read};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// Runs a program without input, and returns its output.
///
/// # Errors
/// [`io::ErrorKind::TimedOut`] if it takes longer than the limit and is killed; otherwise the error of the system.
pub(crate) fn output(mut command: Command, limit: Duration) -> io::Result<Output> {
    let end = Instant::now() + limit;
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().map(read);
    let stderr = child.stderr.take().map(read);
    let answer = wait_until(&mut child, end).and_then(|status| {
        let (stdout, stderr) = (received(stdout, end)?, received(stderr, end)?);
        Ok(Output { status, stdout, stderr })
    });
    if answer.is_err() {
        // It may have ended by itself just now.
        let _ = child.kill();
        let _ = child.wait();
    }
    answer
}

/// Reads on a thread of its own, so that a full pipe does not block; a process that inherited the pipe may never close it.
fn read(mut pipe: impl Read + Send + 'static) -> Receiver<io::Result<Vec<u8>>> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let result = pipe.read_to_end(&mut bytes).map(|_| bytes);
        // After the limit, no receiver waits.
        let _ = send.send(result);
    });
    receive
}

fn received(pipe: Option<Receiver<io::Result<Vec<u8>>>>, end: Instant) -> io::Result<Vec<u8>> {
    let Some(pipe) = pipe else { return Ok(Vec::new()) };
    let left = end.saturating_duration_since(Instant::now());
    pipe.recv_timeout(left).unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

fn wait_until(child: &mut Child, end: Instant) -> io::Result<std::process::ExitStatus> {
    let mut pause = Duration::from_micros(200);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() >= end {
            return Err(io::ErrorKind::TimedOut.into());
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> io::Result<Output> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        output(command, limit)
    }

    #[test]
    fn what_is_said_in_time_is_taken_whole() {
        let said = shell("head -c 200000 /dev/zero; echo oops >&2; exit 3", Duration::from_mins(1)).unwrap();
        assert_eq!((said.stdout.len(), said.status.code()), (200_000, Some(3)));
        assert_eq!(said.stderr, b"oops\n");
    }

    #[test]
    fn what_takes_too_long_is_given_up() {
        let started = Instant::now();
        for script in ["exec sleep 60", "sleep 60 & exit 0"] {
            let error = shell(script, Duration::from_millis(200)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut, "{script}");
        }
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
