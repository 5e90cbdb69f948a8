//! One connection that speaks the protocol of Redis (RESP 2), as far as the commands need it.

use std::fmt::Write as _;

use brunt::Failure;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// What a server answers to a command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// `+OK`.
    Status(String),
    /// Of a key that is there.
    Value(Vec<u8>),
    /// Of a key that is not.
    Nothing,
}

pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub(crate) async fn open(address: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        // Else the next command may wait for the acknowledgement of this one.
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// Sends one command and waits for its answer.
    pub(crate) async fn command(&mut self, words: &[&str]) -> Result<Answer, Failure> {
        let mut message = format!("*{}\r\n", words.len());
        for word in words {
            let _ = write!(message, "${}\r\n{word}\r\n", word.len());
        }
        self.stream.write_all(message.as_bytes()).await?;

        let line = self.line().await?;
        let (kind, rest) = line.split_at_checked(1).unwrap_or_default();
        match kind {
            "+" => Ok(Answer::Status(rest.to_owned())),
            "$" if rest == "-1" => Ok(Answer::Nothing),
            "$" => {
                let mut value = vec![0; rest.parse::<usize>()? + "\r\n".len()];
                self.stream.read_exact(&mut value).await?;
                value.truncate(value.len() - "\r\n".len());
                Ok(Answer::Value(value))
            }
            // The first word of an error is its kind: ERR, WRONGTYPE, LOADING, …
            "-" => Err(Failure::new("redis-error", rest)),
            _ => Err(Failure::new("protocol", "the answer is of no known kind")),
        }
    }

    async fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(Failure::new("connection-lost", "the server hung up"));
        }
        Ok(line.trim_end().to_owned())
    }
}
