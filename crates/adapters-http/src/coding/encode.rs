use std::io::{self, Write};

use actix_web::web::Bytes;
use brotli::CompressorWriter;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::Coding;

/// Gzip's effort, of 9. What is sent is made for few people and seconds: time matters more than the last per cent. The
/// least effort takes hardly less time, for a third more bytes.
const GZIP_LEVEL: u32 = 2;
/// Brotli's effort, of 11.
const BROTLI_QUALITY: u32 = 1;
/// How far back brotli looks, as a power of two: the lists that are sent repeat themselves after some hundred bytes.
const BROTLI_WINDOW_BITS: u32 = 18;
const BROTLI_BUFFER_BYTES: usize = 16 * 1_024;

impl Coding {
    /// Codes an answer that comes in pieces.
    pub(super) fn encode(self, pieces: impl IntoIterator<Item = Bytes>) -> io::Result<Vec<u8>> {
        match self {
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::new(GZIP_LEVEL));
                pieces.into_iter().try_for_each(|piece| encoder.write_all(&piece))?;
                encoder.finish()
            }
            Self::Brotli => {
                let (quality, window) = (BROTLI_QUALITY, BROTLI_WINDOW_BITS);
                let mut encoder = CompressorWriter::new(Vec::new(), BROTLI_BUFFER_BYTES, quality, window);
                pieces.into_iter().try_for_each(|piece| encoder.write_all(&piece))?;
                encoder.flush()?;
                Ok(encoder.into_inner())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Read;

    fn decoded(coding: Coding, bytes: &[u8]) -> Vec<u8> {
        let mut decoded = Vec::new();
        match coding {
            Coding::Gzip => flate2::read::GzDecoder::new(bytes).read_to_end(&mut decoded).unwrap(),
            Coding::Brotli => brotli::Decompressor::new(bytes, 4_096).read_to_end(&mut decoded).unwrap(),
        };
        decoded
    }

    proptest! {
        #[test]
        fn what_is_coded_is_decoded_to_the_same_bytes(pieces in proptest::collection::vec(".{0,300}", 0..20)) {
            let pieces: Vec<Bytes> = pieces.into_iter().map(Bytes::from).collect();
            for coding in Coding::ALL {
                let coded = coding.encode(pieces.clone()).unwrap();
                prop_assert_eq!(decoded(coding, &coded), pieces.concat());
            }
        }
    }
}
