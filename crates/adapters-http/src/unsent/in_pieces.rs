use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;

use super::{PIECE_BYTES, Sending};

/// A body that is handed out in pieces of [`PIECE_BYTES`] at most, and counted as it goes.
pub(crate) struct InPieces {
    body: BoxBody,
    size: BodySize,
    piece: Bytes,
    sending: Sending,
}

impl InPieces {
    /// Hands out a body.
    pub(crate) fn new(body: BoxBody, sending: Sending) -> Self {
        Self { size: body.size(), body, piece: Bytes::new(), sending }
    }
}

impl MessageBody for InPieces {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let Self { body, piece, sending, .. } = self.get_mut();
        if piece.is_empty() {
            match ready!(Pin::new(body).poll_next(context)) {
                Some(Ok(next)) => *piece = next,
                end => return Poll::Ready(end),
            }
        }
        let next = piece.split_to(piece.len().min(PIECE_BYTES));
        sending.sent(next.len());
        Poll::Ready(Some(Ok(next)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::HttpLimits;
    use crate::unsent::{Client, UnsentBytes};
    use actix_web::body::to_bytes;
    use futures::future::poll_fn;

    fn in_pieces(body: Bytes) -> InPieces {
        let bytes = u64::try_from(body.len()).unwrap();
        let budget = UnsentBytes::new(&HttpLimits::default());
        InPieces::new(BoxBody::new(body), budget.begin(Client::Address([0; 16]), bytes, 0).unwrap())
    }

    #[actix_web::test]
    async fn a_body_is_what_it_was_in_pieces_that_share_its_bytes() {
        let bytes: Bytes = (0..=u8::MAX).cycle().take(3 * PIECE_BYTES + 5).collect();
        let mut body = in_pieces(bytes.clone());
        assert_eq!(body.size(), BodySize::Sized(bytes.len().try_into().unwrap()));
        let mut sizes = Vec::new();
        while let Some(piece) = poll_fn(|context| Pin::new(&mut body).poll_next(context)).await {
            let piece = piece.unwrap();
            assert!(bytes.as_ptr_range().contains(&piece.as_ptr()), "nothing is copied");
            sizes.push(piece.len());
        }
        assert_eq!(sizes, [PIECE_BYTES, PIECE_BYTES, PIECE_BYTES, 5]);
        assert_eq!(to_bytes(in_pieces(bytes.clone())).await.unwrap(), bytes);
    }
}
