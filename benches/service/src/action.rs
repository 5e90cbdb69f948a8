//! What is compared: a request of the service, and the statement that anybody would write for it.

use challenge_service::catalogue::Catalogue;
use clap::ValueEnum;

use crate::database::{NAMESPACE, USERS};

/// Users whose requests find the service's caches warm, where it has some.
const RETURNING_USERS: u32 = 500;

/// One kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Action {
    InitializeNew,
    InitializeReturning,
    SetActive,
    StatEvent,
}

impl Action {
    pub(crate) const ALL: [Self; 4] = [
        Self::InitializeNew,
        Self::InitializeReturning,
        Self::SetActive,
        Self::StatEvent,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::InitializeNew => "initialize-new",
            Self::InitializeReturning => "initialize-returning",
            Self::SetActive => "set-active",
            Self::StatEvent => "stat-event",
        }
    }

    /// Whether it is to cost at most twice the bare statement.
    pub(crate) fn has_target(self) -> bool {
        self != Self::StatEvent
    }

    /// Users that it concerns, of those that are in the database.
    pub(crate) fn users(self) -> u32 {
        match self {
            Self::InitializeReturning => RETURNING_USERS,
            _ => USERS,
        }
    }

    /// The least that PostgreSQL has to do for it, as a script of pgbench.
    pub(crate) fn script(self, catalogue: &Catalogue) -> String {
        let goals = default_goals(catalogue);
        let (ids, challenges): (Vec<_>, Vec<_>) = goals.into_iter().unzip();
        let (ids, challenges) = (ids.join(","), challenges.join(","));
        let user = "md5(:n::text)::uuid::text";
        match self {
            // Not one of those that are there.
            Self::InitializeNew => format!(
                "\\set n random({}, 1000000000)\n\
                 insert into user_goal_progress (user_id, namespace, goal_id, challenge_id, is_active, \
                 assigned_at, created_at, updated_at) \
                 select {user}, '{NAMESPACE}', goal_id, challenge_id, true, now(), now(), now() \
                 from unnest('{{{ids}}}'::text[], '{{{challenges}}}'::text[]) as goal (goal_id, challenge_id) \
                 on conflict (user_id, goal_id) do nothing;\n",
                USERS + 1
            ),
            Self::InitializeReturning => format!(
                "\\set n random(1, {RETURNING_USERS})\n\
                 select goal_id, progress, status, is_active, assigned_at, expires_at, completed_at, claimed_at \
                 from user_goal_progress where user_id = {user} and goal_id = any('{{{ids}}}'::text[]);\n"
            ),
            Self::SetActive => format!(
                "\\set n random(1, {USERS})\n\\set c random(1, 10)\n\\set g random(2, 49)\n\
                 insert into user_goal_progress as row (user_id, namespace, goal_id, challenge_id, \
                 is_active, assigned_at, created_at, updated_at) \
                 values ({user}, '{NAMESPACE}', \
                 'goal-' || lpad(:c::text, 2, '0') || '-' || lpad(:g::text, 2, '0'), \
                 'challenge-' || lpad(:c::text, 2, '0'), true, now(), now(), now()) \
                 on conflict (user_id, goal_id) do update set is_active = excluded.is_active, \
                 version = row.version + 1, updated_at = excluded.updated_at \
                 returning progress, status, is_active, assigned_at, expires_at, completed_at, claimed_at;\n"
            ),
            Self::StatEvent => format!(
                "\\set n random(1, {USERS})\n\
                 update user_goal_progress set progress = progress + 1, status = 'in_progress', \
                 version = version + 1, updated_at = now() \
                 where user_id = {user} and goal_id = any('{{{}}}'::text[]) and is_active \
                 and status in ('not_started', 'in_progress');\n",
                listening(catalogue).join(",")
            ),
        }
    }

    /// The same as an action of a scenario, of the user `${player}`.
    pub(crate) fn scenario(self) -> &'static str {
        match self {
            Self::InitializeNew => {
                "http = \"POST /challenge/v1/challenges/initialize\"\n\
                 headers = { x-mock-user = \"${user}\" }\nuser = \"each\"\n"
            }
            Self::InitializeReturning => {
                "http = \"POST /challenge/v1/challenges/initialize\"\n\
                 headers = { x-mock-user = \"${players.id}\" }\n"
            }
            Self::SetActive => {
                "http = \"PUT /challenge/v1/challenges/challenge-${challenge:02}/goals/goal-${challenge:02}-${goal:02}/active\"\n\
                 headers = { x-mock-user = \"${players.id}\" }\njson = '{\"isActive\": true}'\n\
                 draw = { challenge = [1, 10], goal = [2, 49] }\n"
            }
            Self::StatEvent => {
                "grpc = \"brunt.events.v1.StatItemUpdatedEvents/OnMessage\"\n\
                 message = '{\"id\": \"${run}-${ordinal}\", \"namespace\": \"bench\", \
                 \"userId\": \"${players.id}\", \"statCode\": \"stat-01\", \"value\": 1, \"inc\": 1}'\n"
            }
        }
    }
}

/// The goals that every user has, each with its challenge.
pub(crate) fn default_goals(catalogue: &Catalogue) -> Vec<(String, String)> {
    let goals = catalogue.goals().filter(|(_, goal)| goal.default_assigned);
    goals
        .map(|(challenge, goal)| (goal.id.clone(), challenge.id.clone()))
        .collect()
}

/// The goals that the event of [`Action::StatEvent`] is for, active or not.
fn listening(catalogue: &Catalogue) -> Vec<String> {
    let goals = catalogue.listening_to("stat-01");
    goals.map(|goal| goal.id.clone()).collect()
}
