//! Bodies that come compressed (RFC 9110, section 8.4.1).

use std::io::Read;

use bytes::Bytes;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::header::{CONTENT_ENCODING, HeaderMap};

use super::failure::Failure;

/// What requests accept if the scenario wants compression.
pub(super) const ACCEPTED: &str = "gzip, br, deflate, zstd";
/// A small body can unpack to one that fills the memory.
const LONGEST: u64 = 64 * 1024 * 1024;

/// The body without its compression.
pub(super) fn decode(headers: &HeaderMap, body: Bytes) -> Result<Bytes, Failure> {
    let mut body = body;
    let encodings: Vec<&str> = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    // The last one was applied last.
    for encoding in encodings.into_iter().rev() {
        body = one(&encoding.to_ascii_lowercase(), body)?;
    }
    Ok(body)
}

fn one(encoding: &str, body: Bytes) -> Result<Bytes, Failure> {
    if body.is_empty() {
        // The answer to HEAD, or 304: encoded, and not there.
        return Ok(body);
    }
    match encoding {
        "identity" | "" => Ok(body),
        "gzip" | "x-gzip" => all(encoding, MultiGzDecoder::new(&*body)),
        // The RFC means zlib; some servers send what is inside it.
        "deflate" => all(encoding, ZlibDecoder::new(&*body))
            .or_else(|_| all(encoding, DeflateDecoder::new(&*body))),
        "br" => all(
            encoding,
            brotli_decompressor::Decompressor::new(&*body, 4096),
        ),
        "zstd" => match ruzstd::decoding::StreamingDecoder::new(&*body) {
            Ok(decoder) => all(encoding, decoder),
            Err(_) => Err(broken(encoding)),
        },
        _ => Err(Failure::new(
            "encoding",
            "the body is compressed in a way that was not asked for",
        )),
    }
}

fn all(encoding: &str, decoder: impl Read) -> Result<Bytes, Failure> {
    let mut bytes = Vec::new();
    let read = decoder.take(LONGEST + 1).read_to_end(&mut bytes);
    match read {
        Ok(length) if length as u64 > LONGEST => Err(Failure::new(
            "encoding",
            format!("the body unpacks to more than {LONGEST} bytes"),
        )),
        Ok(_) => Ok(bytes.into()),
        Err(_) => Err(broken(encoding)),
    }
}

fn broken(encoding: &str) -> Failure {
    Failure::new("encoding", format!("the body is no {encoding}"))
}
