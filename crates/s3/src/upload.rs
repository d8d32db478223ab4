//! Writing an object of any size with the memory of two parts.

use std::io::{self, Write};

use bytes::Bytes;
use rusty_s3::{Method, S3Action, actions::CreateMultipartUpload};
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use crate::{
    bucket::{Bucket, Inner},
    error::{S3Error, said},
    request::{self, PATIENCE},
};

/// The size of a part, at first: S3 takes none below 5 MiB but the last.
const PART: usize = 8 << 20;
/// After so many parts they grow by [`PART`], because there may be 10,000 of them.
const GROWS: usize = 1_000;

enum Step {
    Part(Bytes),
    /// The last part was there.
    End(oneshot::Sender<Result<(), S3Error>>),
}

/// An object that is being written, by a thread that may block. It is there when [`Upload::complete`] has returned; dropped
/// before, it never will be.
pub struct Upload {
    steps: mpsc::Sender<Step>,
    buffer: Vec<u8>,
    parts: usize,
    sender: JoinHandle<Result<(), S3Error>>,
    runtime: Handle,
}

impl Upload {
    /// Must be called on the runtime.
    pub(crate) fn begin(bucket: Bucket, name: &str) -> Self {
        let (steps, taken) = mpsc::channel(1);
        let sender = tokio::spawn(send(bucket, name.to_owned(), taken));
        Self { steps, buffer: Vec::new(), parts: 0, sender, runtime: Handle::current() }
    }

    fn pass_on(&mut self) -> io::Result<()> {
        self.parts += 1;
        let part = Bytes::from(std::mem::take(&mut self.buffer));
        match self.steps.blocking_send(Step::Part(part)) {
            Ok(()) => Ok(()),
            Err(_) => Err(self.failure()),
        }
    }

    /// Why nothing is taken any more.
    fn failure(&mut self) -> io::Error {
        match self.runtime.block_on(&mut self.sender) {
            Ok(Err(error)) => io::Error::other(error),
            Ok(Ok(())) | Err(_) => io::Error::other("the upload has ended"),
        }
    }

    /// Puts the parts together; the object is there when this returns.
    ///
    /// # Errors
    /// A part could not be written, or the server refused. Nothing is there then.
    pub fn complete(mut self) -> io::Result<()> {
        if !self.buffer.is_empty() || self.parts == 0 {
            self.pass_on()?;
        }
        let (done, ended) = oneshot::channel();
        if self.steps.blocking_send(Step::End(done)).is_err() {
            return Err(self.failure());
        }
        match ended.blocking_recv() {
            Ok(ended) => ended.map_err(io::Error::other),
            Err(_) => Err(self.failure()),
        }
    }
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let size = PART * (1 + self.parts / GROWS);
        let taken = bytes.len().min(size - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..taken]);
        if self.buffer.len() == size {
            self.pass_on()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn send(bucket: Bucket, name: String, mut steps: mpsc::Receiver<Step>) -> Result<(), S3Error> {
    let Inner { bucket: s3, credentials, outbound, .. } = &*bucket.inner;
    let (doing, key) = (format!("writing {}", bucket.shown(&name)), bucket.key(&name));
    let address = || s3.create_multipart_upload(Some(credentials), &key).sign(PATIENCE);
    let begun = request::send(outbound, Method::Post, address, Bytes::new(), &doing).await?;
    let begun = CreateMultipartUpload::parse_response(&begun.body);
    let id = begun.map_err(|error| S3Error::odd(&doing, error.to_string()))?.upload_id().to_owned();
    let upload = Parts { bucket: &bucket, key: &key, id: &id, doing: &doing };
    let sent = upload.take(&mut steps).await;
    if !matches!(sent, Ok(true)) {
        upload.abort().await;
    }
    sent.map(drop)
}

struct Parts<'a> {
    bucket: &'a Bucket,
    key: &'a str,
    id: &'a str,
    doing: &'a str,
}

impl Parts<'_> {
    /// Sends part by part; whether the end came.
    async fn take(&self, steps: &mut mpsc::Receiver<Step>) -> Result<bool, S3Error> {
        let (mut tags, mut size) = (Vec::new(), 0);
        while let Some(step) = steps.recv().await {
            match step {
                Step::Part(part) => {
                    size += part.len() as u64;
                    let number =
                        u16::try_from(tags.len() + 1).map_err(|_| S3Error::odd(self.doing, "it is too large"))?;
                    tags.push(self.part(number, part).await?);
                }
                Step::End(done) => {
                    let ended = self.end(&tags, size).await;
                    let is_there = ended.is_ok();
                    // Whoever does not wait any more has given up on it.
                    let _ = done.send(ended);
                    return Ok(is_there);
                }
            }
        }
        Ok(false)
    }

    async fn part(&self, number: u16, part: Bytes) -> Result<String, S3Error> {
        let Inner { bucket, credentials, outbound, .. } = &*self.bucket.inner;
        let address = || bucket.upload_part(Some(credentials), self.key, number, self.id).sign(PATIENCE);
        let answer = request::send(outbound, Method::Put, address, part, self.doing).await?;
        let tag = answer.headers.get("etag").and_then(|tag| tag.to_str().ok());
        tag.map(str::to_owned).ok_or_else(|| S3Error::odd(self.doing, "a part has no ETag"))
    }

    async fn end(&self, tags: &[String], size: u64) -> Result<(), S3Error> {
        let Inner { bucket, credentials, outbound, .. } = &*self.bucket.inner;
        let tags = || tags.iter().map(String::as_str);
        let end = || bucket.complete_multipart_upload(Some(credentials), self.key, self.id, tags());
        let body = Bytes::from(end().body());
        let ended = request::once(outbound, Method::Post, &end().sign(PATIENCE), body, self.doing).await;
        match ended {
            // An error may follow after a good beginning.
            Ok(answer) if answer.body.contains("<Error>") => {
                return Err(S3Error::odd(self.doing, format!("the server refuses its end{}", said(&answer.body))));
            }
            Err(error) if !error.may_pass() => return Err(error),
            _ => {}
        }
        // Whatever the answer was, or if none came: what counts is what is there.
        let name = self.key.strip_prefix(&self.bucket.key("")).unwrap_or(self.key);
        match self.bucket.size(name).await? {
            there if there == size => Ok(()),
            there => Err(S3Error::odd(self.doing, format!("{there} bytes are there of {size}"))),
        }
    }

    /// Parts that nobody needs are stored, and paid for, until somebody says so.
    async fn abort(&self) {
        let Inner { bucket, credentials, outbound, .. } = &*self.bucket.inner;
        let address = bucket.abort_multipart_upload(Some(credentials), self.key, self.id).sign(PATIENCE);
        if let Err(error) = request::once(outbound, Method::Delete, &address, Bytes::new(), self.doing).await {
            tracing::warn!(%error, "parts of an unfinished object are left in the bucket");
        }
    }
}
