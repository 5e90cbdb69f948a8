//! The wire format of protocol buffers, read in place.
//!
//! A generated decoder builds a structure of up to 72 bytes for a message of two; reading in place
//! keeps the memory of a hostile profile within a small multiple of its bytes.
//! See <https://protobuf.dev/programming-guides/encoding/>.

use super::error::ProfileError;

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A varint.
    Number(u64),
    /// A text, a message, or packed numbers.
    Bytes(&'a [u8]),
    /// Four or eight bytes: no field of a profile.
    Fixed,
}

/// The fields of a message, in their order.
#[derive(Clone)]
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn field(&mut self) -> Result<(u64, Value<'a>), ProfileError> {
        let tag = varint(&mut self.rest)?;
        let value = match tag & 7 {
            0 => Value::Number(varint(&mut self.rest)?),
            1 => self.skip(8)?,
            2 => {
                let length = varint(&mut self.rest)?;
                Value::Bytes(self.take(length)?)
            }
            5 => self.skip(4)?,
            _ => return Err(malformed("a field of unknown type")),
        };
        Ok((tag >> 3, value))
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], ProfileError> {
        let at = usize::try_from(length).unwrap_or(usize::MAX);
        let (taken, rest) = self
            .rest
            .split_at_checked(at)
            .ok_or(malformed("it ends in the middle of a field"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn skip(&mut self, length: u64) -> Result<Value<'a>, ProfileError> {
        self.take(length)?;
        Ok(Value::Fixed)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), ProfileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

impl<'a> Value<'a> {
    /// A number.
    pub(super) fn number(self) -> Result<u64, ProfileError> {
        match self {
            Self::Number(number) => Ok(number),
            _ => Err(malformed("a number is written as something else")),
        }
    }

    /// A number that may be negative.
    pub(super) fn signed(self) -> Result<i64, ProfileError> {
        self.number().map(u64::cast_signed)
    }

    /// A text or a message.
    pub(super) fn bytes(self) -> Result<&'a [u8], ProfileError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(malformed("a text or message is written as a number")),
        }
    }

    /// The numbers of a repeated field, of which each may stand for itself or all in a row.
    pub(super) fn each(
        self,
        mut of: impl FnMut(u64) -> Result<(), ProfileError>,
    ) -> Result<(), ProfileError> {
        let Self::Bytes(mut packed) = self else {
            return of(self.number()?);
        };
        while !packed.is_empty() {
            of(varint(&mut packed)?)?;
        }
        Ok(())
    }
}

fn varint(bytes: &mut &[u8]) -> Result<u64, ProfileError> {
    let mut number = 0;
    for (i, byte) in bytes.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7F) << (7 * i);
        if byte & 0x80 == 0 {
            *bytes = &bytes[i + 1..];
            return Ok(number);
        }
    }
    Err(malformed("it ends in the middle of a number"))
}

fn malformed(what: &'static str) -> ProfileError {
    ProfileError::Malformed { what }
}
