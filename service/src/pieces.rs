//! A response body in pieces, most of which are the same in many responses and so are not copied.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Beyond so many it is cheaper to copy: hyper hands 16 at a time to the system.
const MOST: usize = 64;

/// The pieces of one body, in their order.
#[derive(Debug, Clone, Default)]
pub struct Pieces {
    pieces: VecDeque<Bytes>,
    /// Bytes of all of them.
    length: usize,
}

impl Pieces {
    /// The whole body in one buffer.
    pub fn concat(&self) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.length);
        for piece in &self.pieces {
            all.extend_from_slice(piece);
        }
        all
    }
}

impl From<Vec<u8>> for Pieces {
    fn from(whole: Vec<u8>) -> Self {
        Self {
            length: whole.len(),
            pieces: VecDeque::from([Bytes::from(whole)]),
        }
    }
}

impl FromIterator<Bytes> for Pieces {
    fn from_iter<I: IntoIterator<Item = Bytes>>(pieces: I) -> Self {
        let pieces: VecDeque<Bytes> = pieces.into_iter().filter(|p| !p.is_empty()).collect();
        let length = pieces.iter().map(Bytes::len).sum();
        let all = Self { pieces, length };
        if all.pieces.len() > MOST {
            all.concat().into()
        } else {
            all
        }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.pieces.pop_front();
        if let Some(piece) = &piece {
            self.length -= piece.len();
        }
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length as u64)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn a_body_is_its_pieces_in_order_and_says_how_long_it_is() {
        for count in [0, 1, 3, MOST, MOST + 1] {
            let pieces: Vec<Bytes> = (0..count).map(|i| format!("{i},").into()).collect();
            let expected = pieces.concat();
            let body: Pieces = pieces.into_iter().chain([Bytes::new()]).collect();
            assert_eq!(body.size_hint().exact(), Some(expected.len() as u64));
            assert_eq!(body.concat(), expected);
            assert!(body.pieces.len() <= MOST, "{count}");
            let sent = body.collect().await.unwrap().to_bytes();
            assert_eq!(sent, expected);
        }
    }
}
