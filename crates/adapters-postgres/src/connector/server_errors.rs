use std::collections::VecDeque;
use std::sync::{Mutex, OnceLock, PoisonError};

use tokio_postgres::error::SqlState;

/// The errors that the server of one connection reported lately, by their messages.
///
/// Diesel hands an error's message on and keeps its SQLSTATE to itself. The message is in the server's language, so it
/// tells nothing; it does find the error again in what came over this connection.
#[derive(Debug, Default)]
pub(crate) struct ServerErrors {
    last: Mutex<VecDeque<(String, SqlState)>>,
    backend: OnceLock<u32>,
}

impl ServerErrors {
    /// More than can be in flight on one connection.
    const REMEMBERED: usize = 16;

    /// The SQLSTATE of the error that was reported with this message, if it was one of the last.
    pub(crate) fn sql_state(&self, message: &str) -> Option<SqlState> {
        let errors = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        errors.iter().rev().find(|(text, _)| text == message).map(|(_, state)| state.clone())
    }

    /// The SQLSTATE of the last error.
    pub(crate) fn last(&self) -> Option<SqlState> {
        let errors = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        errors.back().map(|(_, state)| state.clone())
    }

    /// The process that answers, as the other end told it when the connection was made. A pooler tells a number of its own.
    pub(super) fn backend(&self) -> Option<u32> {
        self.backend.get().copied()
    }

    fn record(&self, message: String, state: SqlState) {
        let mut errors = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if errors.len() == Self::REMEMBERED {
            errors.pop_front();
        }
        errors.push_back((message, state));
    }
}

/// Finds the errors in what a server sends, and which process of it that is: messages of a tag, a length and a body.
#[derive(Debug)]
pub(super) struct ErrorReader {
    reading: Reading,
}

#[derive(Debug)]
enum Reading {
    /// The one byte that answers the question for TLS.
    TlsAnswer,
    Head {
        bytes: [u8; ErrorReader::HEAD],
        filled: usize,
    },
    Kept {
        tag: u8,
        body: Vec<u8>,
        left: usize,
    },
    Other {
        left: usize,
    },
}

impl ErrorReader {
    const HEAD: usize = 5;
    const LENGTH: usize = 4;
    const ERROR: u8 = b'E';
    const BACKEND_KEY: u8 = b'K';
    /// What has a longer body is passed over.
    const BODY_MAX: usize = 64 * 1024;
    const NEXT: Reading = Reading::Head { bytes: [0; Self::HEAD], filled: 0 };

    /// Reads from the first byte of a connection on.
    pub(super) const fn new(asked_for_tls: bool) -> Self {
        Self { reading: if asked_for_tls { Reading::TlsAnswer } else { Self::NEXT } }
    }

    /// Takes what came next.
    pub(super) fn read(&mut self, mut bytes: &[u8], errors: &ServerErrors) {
        while !bytes.is_empty() {
            let taken = self.step(bytes, errors).max(1);
            bytes = bytes.get(taken..).unwrap_or_default();
        }
    }

    /// Takes as much as belongs together, and gives its length.
    fn step(&mut self, bytes: &[u8], errors: &ServerErrors) -> usize {
        match &mut self.reading {
            Reading::TlsAnswer => {
                self.reading = Self::NEXT;
                1
            }
            Reading::Head { bytes: head, filled } => {
                let rest = head.get_mut(*filled..).unwrap_or_default();
                let taken = rest.len().min(bytes.len());
                rest.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
                *filled += taken;
                if *filled == Self::HEAD {
                    self.reading = Self::body_of(*head);
                }
                taken
            }
            Reading::Kept { tag, body, left } => {
                let taken = bytes.len().min(*left);
                body.extend(bytes.iter().take(taken));
                *left -= taken;
                if *left == 0 {
                    if *tag == Self::BACKEND_KEY {
                        let process = body.first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
                        process.map(|process| errors.backend.get_or_init(|| process));
                    } else if let Some((message, state)) = parse(body) {
                        errors.record(message, state);
                    }
                    self.reading = Self::NEXT;
                }
                taken
            }
            Reading::Other { left } => {
                let taken = bytes.len().min(*left);
                *left -= taken;
                if *left == 0 {
                    self.reading = Self::NEXT;
                }
                taken
            }
        }
    }

    fn body_of([tag, length @ ..]: [u8; Self::HEAD]) -> Reading {
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        match length.saturating_sub(Self::LENGTH) {
            0 => Self::NEXT,
            left if matches!(tag, Self::ERROR | Self::BACKEND_KEY) && left <= Self::BODY_MAX => {
                Reading::Kept { tag, body: Vec::with_capacity(left), left }
            }
            left => Reading::Other { left },
        }
    }
}

/// Reads an error's fields: each a byte that names it and a text that ends with a zero.
fn parse(body: &[u8]) -> Option<(String, SqlState)> {
    let field = |name: u8| {
        let mut fields = body.split(|byte| *byte == 0);
        let text = fields.find_map(|field| field.split_first().filter(|(first, _)| **first == name));
        text.map(|(_, text)| String::from_utf8_lossy(text).into_owned())
    };
    Some((field(b'M')?, SqlState::from_code(&field(b'C')?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(tag: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        [&[tag], length.as_slice(), body].concat()
    }

    #[test]
    fn errors_are_found_wherever_the_stream_is_cut() {
        let stream = [
            message(b'R', &[0, 0, 0, 0]),
            message(b'K', &[0, 1, 0, 2, 9, 9, 9, 9]),
            message(b'I', &[]),
            message(b'D', b"EEEECXXXXX\0Mnot an error\0\0"),
            message(b'E', "SFEHLER\0VERROR\0C40P01\0MVerklemmung entdeckt\0\0".as_bytes()),
            message(b'N', b"VNOTICE\0C00000\0Mnothing\0\0"),
            message(b'E', "SFEHLER\0VERROR\0C55P03\0M잠금 시간 초과\0\0".as_bytes()),
        ]
        .concat();
        for size in 1..stream.len() {
            let (errors, mut reader) = (ServerErrors::default(), ErrorReader::new(true));
            reader.read(b"N", &errors);
            for part in stream.chunks(size) {
                reader.read(part, &errors);
            }
            assert_eq!(errors.sql_state("Verklemmung entdeckt"), Some(SqlState::T_R_DEADLOCK_DETECTED));
            assert_eq!(errors.sql_state("잠금 시간 초과"), Some(SqlState::LOCK_NOT_AVAILABLE));
            assert_eq!(errors.backend(), Some(65_538));
            assert_eq!((errors.sql_state("nothing"), errors.sql_state("not an error")), (None, None));
        }
    }

    #[test]
    fn few_errors_are_remembered_and_long_ones_passed_over() {
        let (errors, mut reader) = (ServerErrors::default(), ErrorReader::new(false));
        for index in 0..100 {
            reader.read(&message(b'E', format!("C40001\0M{index}\0\0").as_bytes()), &errors);
        }
        let long = "x".repeat(ErrorReader::BODY_MAX);
        reader.read(&message(b'E', format!("C40001\0M{long}\0\0").as_bytes()), &errors);
        assert_eq!(errors.sql_state("99"), Some(SqlState::T_R_SERIALIZATION_FAILURE));
        assert_eq!((errors.sql_state("0"), errors.sql_state(&long)), (None, None));
    }
}
