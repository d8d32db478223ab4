//! The bucket.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use puente_domain::catalog::Origin;
use puente_sources::{Egress, Outbound};
use rusty_s3::{
    Method, S3Action, UrlStyle,
    actions::{ListObjectsV2, ListObjectsV2Response},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{fs::File, io::AsyncWriteExt};
use url::Url;

use crate::{
    error::S3Error,
    request::{self, PATIENCE},
    upload::Upload,
};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);

/// Where a bucket is.
#[derive(Clone, Debug)]
pub struct Address {
    /// The server; Amazon's own in that region without.
    pub endpoint: Option<Url>,
    /// The region.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// What stands before the names of objects: empty, or with a `/` at its end.
    pub prefix: String,
}

/// Who is asking.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The access key's id.
    pub key: String,
    /// Its secret.
    pub secret: SecretString,
}

/// A part of a bucket: the objects below a prefix. Cheap to clone.
#[derive(Clone)]
pub struct Bucket {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) bucket: rusty_s3::Bucket,
    pub(crate) credentials: rusty_s3::Credentials,
    pub(crate) outbound: Outbound,
    prefix: String,
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bucket").field("address", &self.shown("")).finish_non_exhaustive()
    }
}

impl Bucket {
    /// A bucket that the operator named; nothing is asked yet.
    ///
    /// # Errors
    /// There can be no such bucket.
    pub fn new(address: Address, credentials: &Credentials, egress: Arc<Egress>) -> Result<Self, S3Error> {
        let Address { endpoint, region, bucket, prefix } = address;
        // Servers of one's own seldom have a name for each bucket.
        let style = if endpoint.is_some() { UrlStyle::Path } else { UrlStyle::VirtualHost };
        let amazon = || Url::parse(&format!("https://s3.{region}.amazonaws.com"));
        let endpoint = match endpoint {
            Some(endpoint) => endpoint,
            None => amazon().map_err(|_| S3Error::Address(format!("'{region}' is no region of S3")))?,
        };
        let wrong = |_| S3Error::Address(format!("'{bucket}' cannot be a bucket of {endpoint}"));
        let made = rusty_s3::Bucket::new(endpoint.clone(), style, bucket.clone(), region.clone()).map_err(wrong)?;
        let credentials = rusty_s3::Credentials::new(&credentials.key, credentials.secret.expose_secret());
        let outbound = Outbound::new(egress, Origin::Operator, CONNECT);
        Ok(Self { inner: Arc::new(Inner { bucket: made, credentials, outbound, prefix }) })
    }

    /// `s3://BUCKET/PREFIX/NAME`.
    #[must_use]
    pub fn shown(&self, name: &str) -> String {
        format!("s3://{}/{}{name}", self.inner.bucket.name(), self.inner.prefix)
    }

    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}{name}", self.inner.prefix)
    }

    /// Begins an object; see [`Upload`].
    #[must_use]
    pub fn write(&self, name: &str) -> Upload {
        Upload::begin(self.clone(), name)
    }

    /// The names of all objects directly below the prefix.
    ///
    /// # Errors
    /// [`S3Error`].
    pub async fn list(&self) -> Result<Vec<String>, S3Error> {
        let doing = format!("listing {}", self.shown(""));
        let (mut names, mut token) = (Vec::new(), None);
        loop {
            let page = self.page(token, &doing).await?;
            let own = page.contents.into_iter().filter_map(|object| {
                let name = object.key.strip_prefix(&self.inner.prefix)?;
                (!name.is_empty() && !name.contains('/')).then(|| name.to_owned())
            });
            names.extend(own);
            token = page.next_continuation_token;
            if token.is_none() {
                return Ok(names);
            }
        }
    }

    async fn page(&self, token: Option<String>, doing: &str) -> Result<ListObjectsV2Response, S3Error> {
        let Inner { bucket, credentials, outbound, prefix } = &*self.inner;
        let address = || {
            let mut list = bucket.list_objects_v2(Some(credentials));
            list.with_prefix(prefix);
            list.with_delimiter("/");
            if let Some(token) = &token {
                list.with_continuation_token(token);
            }
            list.sign(PATIENCE)
        };
        let answer = request::send(outbound, Method::Get, address, Bytes::new(), doing).await?;
        ListObjectsV2::parse_response(&answer.body).map_err(|error| S3Error::odd(doing, error.to_string()))
    }

    /// The size of an object.
    ///
    /// # Errors
    /// There is none, or no answer.
    pub async fn size(&self, name: &str) -> Result<u64, S3Error> {
        let Inner { bucket, credentials, outbound, .. } = &*self.inner;
        let (doing, key) = (format!("looking at {}", self.shown(name)), self.key(name));
        let address = || bucket.head_object(Some(credentials), &key).sign(PATIENCE);
        let answer = request::send(outbound, Method::Head, address, Bytes::new(), &doing).await?;
        let size = answer.headers.get(CONTENT_LENGTH).and_then(|size| size.to_str().ok()?.parse().ok());
        size.ok_or_else(|| S3Error::odd(&doing, "it does not tell its size"))
    }

    /// Writes all of an object into a file.
    ///
    /// # Errors
    /// There is none, it did not come to its end, or the file cannot be written.
    pub async fn read(&self, name: &str, into: &mut File) -> Result<u64, S3Error> {
        let Inner { bucket, credentials, outbound, .. } = &*self.inner;
        let (doing, key) = (format!("reading {}", self.shown(name)), self.key(name));
        let address = bucket.get_object(Some(credentials), &key).sign(PATIENCE);
        let response = request::open(outbound, Method::Get, &address, Bytes::new(), &doing).await?;
        let told = response.headers().get(CONTENT_LENGTH).and_then(|size| size.to_str().ok()?.parse::<u64>().ok());
        let mut body = response.into_body();
        let mut read = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| S3Error::odd(&doing, format!("it broke off: {error}")))?;
            let Ok(data) = frame.into_data() else { continue };
            read += data.len() as u64;
            into.write_all(&data).await.map_err(|source| S3Error::Io { doing: doing.clone(), source })?;
        }
        into.flush().await.map_err(|source| S3Error::Io { doing: doing.clone(), source })?;
        if told.is_none_or(|told| told == read) { Ok(read) } else { Err(S3Error::odd(&doing, "it broke off")) }
    }

    /// Deletes an object; one that is not there is deleted already.
    ///
    /// # Errors
    /// [`S3Error`].
    pub async fn delete(&self, name: &str) -> Result<(), S3Error> {
        let Inner { bucket, credentials, outbound, .. } = &*self.inner;
        let (doing, key) = (format!("deleting {}", self.shown(name)), self.key(name));
        let address = || bucket.delete_object(Some(credentials), &key).sign(PATIENCE);
        request::send(outbound, Method::Delete, address, Bytes::new(), &doing).await.map(drop)
    }
}
