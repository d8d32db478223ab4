//! The smallest HTTP client that can ask a server of ours how it is.

use std::{
    io::{Read, Write},
    net::{TcpStream, ToSocketAddrs},
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow, bail};

/// The status line of an answer is shorter than this.
const LONGEST: usize = 1024;

/// Asks `GET url` (plain `http:` only) and returns the status of the answer. Waits no longer than `patience`, however
/// slowly the server sends.
pub(crate) fn status(url: &str, patience: Duration) -> anyhow::Result<u16> {
    let deadline = Instant::now() + patience;
    let (authority, path) = split(url)?;
    let mut stream = connect(&authority, deadline)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut head = Vec::new();
    let mut buffer = [0; 256];
    while !head.contains(&b'\n') && head.len() < LONGEST {
        stream.set_read_timeout(Some(left(deadline)?))?;
        match stream.read(&mut buffer)? {
            0 => break,
            count => head.extend_from_slice(&buffer[..count]),
        }
    }
    let line = String::from_utf8_lossy(&head);
    let mut words = line.split_ascii_whitespace();
    let version = words.next().filter(|version| version.starts_with("HTTP/1."));
    version.and(words.next()).and_then(|status| status.parse().ok()).context("the answer is not HTTP")
}

fn split(url: &str) -> anyhow::Result<(String, &str)> {
    let rest = url.strip_prefix("http://").context("only http: addresses can be asked")?;
    let slash = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(slash);
    let has_port = authority.rsplit(']').next().is_some_and(|end| end.contains(':'));
    let authority = if has_port { authority.to_owned() } else { format!("{authority}:80") };
    Ok((authority, if path.is_empty() { "/" } else { path }))
}

fn connect(authority: &str, deadline: Instant) -> anyhow::Result<TcpStream> {
    let mut failed = None;
    for address in authority.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, left(deadline)?) {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = Some(error),
        }
    }
    Err(failed.map_or_else(|| anyhow!("{authority} has no address"), Into::into))
}

fn left(deadline: Instant) -> anyhow::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        bail!("it took too long");
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;

    fn answer(text: &'static [u8]) -> anyhow::Result<u16> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/health/ready", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.extend(byte);
            }
            stream.write_all(text).unwrap();
            request
        });
        let status = status(&url, Duration::from_mins(1));
        assert!(server.join().unwrap().starts_with(b"GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1:"));
        status
    }

    #[test]
    fn the_status_is_read() {
        assert_eq!(answer(b"HTTP/1.1 200 OK\r\n\r\n").unwrap(), 200);
        assert_eq!(answer(b"HTTP/1.1 503 Service Unavailable\r\n\r\n").unwrap(), 503);
        assert!(answer(b"SSH-2.0-OpenSSH_9.2\r\n").is_err());
        assert!(answer(b"").is_err());
    }

    #[test]
    fn nobody_there_and_nobody_answering_are_errors() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        assert!(status(&url, Duration::from_millis(50)).is_err());
        drop(listener);
        assert!(status(&url, Duration::from_mins(1)).is_err());
    }

    #[test]
    fn addresses_may_lack_a_port_or_be_ipv6() {
        for (url, authority, path) in [
            ("http://localhost/a", "localhost:80", "/a"),
            ("http://[::1]", "[::1]:80", "/"),
            ("http://[::1]:8000/a", "[::1]:8000", "/a"),
        ] {
            assert_eq!(split(url).unwrap(), (authority.to_owned(), path), "{url}");
        }
        assert!(split("https://a").is_err());
    }
}
