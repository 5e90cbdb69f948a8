//! What players, the game and operators ask of the service, each with what has to be there first.

/// One thing that is asked for, whose statements are to be seen.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// What makes ready for it.
    pub(crate) before: &'static [Ask],
    pub(crate) ask: Ask,
}

/// Whose it is: somebody else's every time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Player {
    /// Had rows before the service was started.
    Known,
    /// Has none yet.
    New,
}

/// Something that is asked of the service, or done beside it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ask {
    /// A request of a player, below `/challenge/v1/challenges`.
    Rest(Player, &'static str, &'static str, &'static str),
    /// The same, which the service may have to refuse.
    Refused(&'static str, &'static str),
    /// A statistic of the player goes to this value, by as much.
    Stat(&'static str, f64),
    /// The player logs in.
    Login,
    /// A request of an operator.
    Admin(&'static str, &'static str),
    /// The reward platform behaves so from now on.
    Platform(&'static str),
    /// Done to the rows of the player, who is `$1`, behind the service's back.
    Sql(&'static str),
    /// Several new players at once, so that the service puts them together where it does so.
    NewPlayersAtOnce,
    /// An event of each of several players at once.
    EventsOfPlayers,
    /// Several events of one player at once.
    EventsOfOnePlayer,
}

use Ask::{Admin, Login, Platform, Refused, Rest, Sql, Stat};
use Player::{Known, New};

/// The challenge that rotates in the catalogue of [`rotating`], and the goal that waits for another.
const ROTATES: &str = "challenge-10";
const WAITS: &str = "goal-09-02";
const WAITS_FOR: &str = "goal-09-01";

/// This catalogue with a challenge that rotates and a goal that waits for another.
pub(crate) fn rotating(catalogue: &str) -> String {
    let after = |text: &str, id: &str, line: &str| {
        let id = format!("id = \"{id}\"\n");
        text.replacen(&id, &format!("{id}{line}\n"), 1)
    };
    let weekly = r#"rotation = { kind = "weekly", weekday = "monday", at = "00:00" }"#;
    let text = after(catalogue, ROTATES, weekly);
    after(&text, WAITS, &format!("prerequisites = [\"{WAITS_FOR}\"]"))
}

const INITIALIZE: Ask = Rest(Known, "POST", "/initialize", "");
const ON: &str = r#"{"isActive": true}"#;
const WAITING: Ask = Rest(Known, "PUT", "/challenge-09/goals/goal-09-02/active", ON);
const WAITED: Ask = Sql(
    "update user_goal_progress set status = 'completed', progress = 1000, completed_at = now()
     where user_id = $1 and goal_id = 'goal-09-01'",
);
const SELECTION: &str =
    r#"{"goalIds": ["goal-10-03", "goal-10-04", "goal-10-05"], "replaceExisting": true}"#;
const COMPLETED: [Ask; 2] = [
    Rest(Known, "PUT", "/challenge-01/goals/goal-01-50/active", ON),
    Stat("stat-50", 1_000_000.0),
];
const CLAIM: &str = "/challenge-01/goals/goal-01-50/claim";

/// Everything that is asked for one at a time.
pub(crate) const OPERATIONS: [Operation; 21] = [
    Operation {
        name: "initialize, new player",
        before: &[],
        ask: Rest(New, "POST", "/initialize", ""),
    },
    Operation {
        name: "initialize, returning player",
        before: &[],
        ask: INITIALIZE,
    },
    Operation {
        name: "initialize, a goal of an earlier window",
        before: &[Sql(
            "update user_goal_progress set expires_at = now() - interval '1 hour'
             where user_id = $1 and goal_id = 'goal-10-01'",
        )],
        ask: INITIALIZE,
    },
    Operation {
        name: "challenges",
        before: &[],
        ask: Rest(Known, "GET", "", ""),
    },
    Operation {
        name: "rotation",
        before: &[],
        ask: Rest(Known, "GET", "/challenge-10/rotation", ""),
    },
    Operation {
        name: "set-active, goal with a row",
        before: &[],
        ask: Rest(Known, "PUT", "/challenge-01/goals/goal-01-01/active", ON),
    },
    Operation {
        name: "set-active, goal without a row",
        before: &[],
        ask: Rest(Known, "PUT", "/challenge-01/goals/goal-01-02/active", ON),
    },
    Operation {
        name: "set-active, goal that expires",
        before: &[],
        ask: Rest(Known, "PUT", "/challenge-10/goals/goal-10-02/active", ON),
    },
    Operation {
        name: "set-active, goal with a prerequisite",
        before: &[WAITED],
        ask: WAITING,
    },
    Operation {
        name: "batch-select",
        before: &[],
        ask: Rest(Known, "POST", "/challenge-10/goals/batch-select", SELECTION),
    },
    Operation {
        name: "random-select",
        before: &[],
        ask: Rest(
            Known,
            "POST",
            "/challenge-10/goals/random-select",
            r#"{"count": 3, "replaceExisting": true}"#,
        ),
    },
    Operation {
        name: "stat event for an active goal",
        before: &[],
        ask: Stat("stat-01", 1.0),
    },
    Operation {
        name: "the same event again",
        before: &[Stat("stat-01", 1.0)],
        ask: Stat("stat-01", 1.0),
    },
    Operation {
        name: "stat event for no active goal",
        before: &[],
        ask: Stat("stat-49", 1.0),
    },
    Operation {
        name: "stat event for a goal with a prerequisite",
        before: &[WAITED, WAITING],
        ask: Stat("stat-02", 1.0),
    },
    Operation {
        name: "login event",
        before: &[],
        ask: Login,
    },
    Operation {
        name: "claim",
        before: &COMPLETED,
        ask: Rest(Known, "POST", CLAIM, ""),
    },
    Operation {
        name: "claim that comes too early",
        before: &[],
        ask: Refused("POST", CLAIM),
    },
    Operation {
        name: "claim that the reward platform refuses",
        before: &[
            COMPLETED[0],
            COMPLETED[1],
            Platform(r#"{"failureRate": 1}"#),
        ],
        ask: Refused("POST", CLAIM),
    },
    Operation {
        name: "operators: what the outbox holds",
        before: &[Platform(r#"{"failureRate": 0}"#)],
        ask: Admin("GET", "/debug/outbox"),
    },
    Operation {
        name: "operators: rewards that were set aside, once more",
        before: &[],
        ask: Admin("POST", "/debug/outbox/retry"),
    },
];

/// What some phases do together, and from which phase on.
pub(crate) const TOGETHER: [(&str, Operation); 3] = [
    (
        "phase10",
        Operation {
            name: "new players at once",
            before: &[],
            ask: Ask::NewPlayersAtOnce,
        },
    ),
    (
        "phase12",
        Operation {
            name: "events of several players at once",
            before: &[],
            ask: Ask::EventsOfPlayers,
        },
    ),
    (
        "phase12",
        Operation {
            name: "several events of a player at once",
            before: &[],
            ask: Ask::EventsOfOnePlayer,
        },
    ),
];
