//! The actions of redis.toml.

use std::cell::RefCell;

use brunt::{Actions, Arrival, Failure};

use crate::connection::{Answer, Connection};

thread_local! {
    /// Open connections that nobody uses. A function stays on its thread of the engine, and so do its
    /// connections: no lock, and no wake-up of another thread on the way of an answer.
    static IDLE: RefCell<Vec<Connection>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn actions() -> Actions {
    Actions::new()
        .add("get-score", get_score)
        .add("set-score", set_score)
}

async fn get_score(arrival: Arrival) -> Result<(), Failure> {
    match command(&arrival, &["GET", arrival.user()?]).await? {
        // Nobody may have set it yet.
        Answer::Value(_) | Answer::Nothing => Ok(()),
        Answer::Status(_) => Err(unexpected()),
    }
}

async fn set_score(arrival: Arrival) -> Result<(), Failure> {
    let score = arrival.number("score")?.to_string();
    match command(&arrival, &["SET", arrival.user()?, &score]).await? {
        Answer::Status(ok) if ok == "OK" => Ok(()),
        _ => Err(unexpected()),
    }
}

async fn command(arrival: &Arrival, words: &[&str]) -> Result<Answer, Failure> {
    let idle = IDLE.with_borrow_mut(Vec::pop);
    let mut connection = match idle {
        Some(connection) => connection,
        None => Connection::open(arrival.address("redis")?).await?,
    };
    let answer = connection.command(words).await?;
    // Only after a whole answer: what a timeout has left behind would be taken for the next one.
    IDLE.with_borrow_mut(|idle| idle.push(connection));
    Ok(answer)
}

fn unexpected() -> Failure {
    Failure::new("redis-answer", "the answer is none to this command")
}
