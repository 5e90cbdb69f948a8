//! Failures as callers see them, whatever protocol they speak.

use std::time::Duration;

use http::StatusCode;
use tonic::Code as GrpcCode;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::observe::note_error;
use crate::operations::{self, OperationError, Reason};
use crate::store::StoreError;

/// The one table of what can go wrong: a code for programs, which never changes, the status of the
/// outcome in either protocol, and a title for people.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $http:ident, $grpc:ident, $title:literal;)*) => {
        /// What went wrong, for programs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// How it is spelt: `UNKNOWN_GOAL`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The status over HTTP.
            pub fn http(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$http,)* }
            }

            /// The status over gRPC.
            pub fn grpc(self) -> GrpcCode {
                match self { $(Self::$variant => GrpcCode::$grpc,)* }
            }

            /// For people, the same for every failure of the kind.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

codes! {
    /// The request cannot be read.
    BadRequest = "BAD_REQUEST", BAD_REQUEST, InvalidArgument, "The request cannot be read";
    /// The body is not said to be JSON.
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", UNSUPPORTED_MEDIA_TYPE, InvalidArgument, "The body must be JSON";
    /// The body is longer than any that makes sense.
    BodyTooLarge = "BODY_TOO_LARGE", PAYLOAD_TOO_LARGE, OutOfRange, "The body is too large";
    /// Nobody knows who asks.
    Unauthenticated = "UNAUTHENTICATED", UNAUTHORIZED, Unauthenticated, "The request does not say who asks";
    /// No resource has this path.
    NotFound = "NOT_FOUND", NOT_FOUND, Unimplemented, "There is nothing here";
    /// The resource does not take this method.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", METHOD_NOT_ALLOWED, Unimplemented, "The resource does not do that";
    /// The catalogue has no such challenge.
    UnknownChallenge = "UNKNOWN_CHALLENGE", NOT_FOUND, NotFound, "There is no such challenge";
    /// The challenge has no such goal.
    UnknownGoal = "UNKNOWN_GOAL", NOT_FOUND, NotFound, "There is no such goal";
    /// The goal waits for other goals.
    GoalLocked = "GOAL_LOCKED", CONFLICT, FailedPrecondition, "The goal is locked";
    /// The goal was completed in an earlier window, and not claimed.
    UnclaimedReward = "UNCLAIMED_REWARD", CONFLICT, FailedPrecondition, "The reward of an earlier window is not claimed";
    /// At least one of several goals cannot be selected.
    NotSelectable = "NOT_SELECTABLE", UNPROCESSABLE_ENTITY, FailedPrecondition, "Not all of the goals can be selected";
    /// The goal was named before in the same request.
    RepeatedGoal = "REPEATED_GOAL", UNPROCESSABLE_ENTITY, InvalidArgument, "The goal is named twice";
    /// The target was reached already.
    AlreadyCompleted = "ALREADY_COMPLETED", CONFLICT, FailedPrecondition, "The goal is completed already";
    /// No goal of the challenge can be selected.
    InsufficientGoals = "INSUFFICIENT_GOALS", CONFLICT, FailedPrecondition, "There is no goal left to select";
    /// There is nothing to claim yet.
    NotCompleted = "NOT_COMPLETED", CONFLICT, FailedPrecondition, "The goal is not completed";
    /// Another claim goes on.
    ClaimInProgress = "CLAIM_IN_PROGRESS", CONFLICT, Aborted, "The goal is being claimed";
    /// There is nothing left to claim.
    AlreadyClaimed = "ALREADY_CLAIMED", CONFLICT, FailedPrecondition, "The goal is claimed already";
    /// Others wrote the same row again and again.
    Conflict = "CONFLICT", CONFLICT, Aborted, "Others changed the goal at the same time";
    /// The cache could not be cleared.
    CacheFailed = "CACHE_FAILED", SERVICE_UNAVAILABLE, Unavailable, "The cache was not cleared";
    /// The reward platform refused or did not answer.
    RewardFailed = "REWARD_FAILED", BAD_GATEWAY, Unavailable, "The reward was not granted";
    /// A fault on purpose refused the request, with the status that the fault has.
    InjectedFault = "INJECTED_FAULT", SERVICE_UNAVAILABLE, Unavailable, "A fault was injected";
    /// One profile at a time.
    ProfileRunning = "PROFILE_RUNNING", CONFLICT, Aborted, "A profile is being taken";
    /// This build, or this process, does not take such profiles.
    ProfileUnavailable = "PROFILE_UNAVAILABLE", NOT_IMPLEMENTED, Unimplemented, "There is no such profile";
    /// The profiler failed.
    ProfileFailed = "PROFILE_FAILED", INTERNAL_SERVER_ERROR, Internal, "The profile could not be taken";
    /// More requests are in progress than are admitted.
    Overloaded = "OVERLOADED", SERVICE_UNAVAILABLE, Unavailable, "The service has too much to do";
    /// More events wait than may.
    EventsOverloaded = "EVENTS_OVERLOADED", SERVICE_UNAVAILABLE, ResourceExhausted, "Too many events are waiting";
    /// A part of the service cannot do its work.
    NotReady = "NOT_READY", SERVICE_UNAVAILABLE, Unavailable, "The service is not ready";
    /// The service cannot answer now.
    Unavailable = "UNAVAILABLE", SERVICE_UNAVAILABLE, Unavailable, "The service cannot answer now";
    /// The service failed.
    Internal = "INTERNAL", INTERNAL_SERVER_ERROR, Internal, "The service failed";
}

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        let names = Self::ALL.iter().map(|code| code.name());
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "What went wrong, for programs: the same over REST and gRPC",
            ))
            .enum_values(Some(names))
            .into()
    }
}

impl ToSchema for Code {}

/// A failure on its way to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its kind.
    pub code: Code,
    /// What was wrong this time.
    pub detail: String,
    /// Where several things are wrong, each of them.
    pub parts: Vec<Part>,
    /// The statuses of an injected fault in either protocol, which count before those of the code;
    /// absent for all others.
    pub injected: Option<(StatusCode, GrpcCode)>,
}

/// One of several things that are wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The goal that it is about.
    pub goal_id: String,
    /// Its kind.
    pub code: Code,
    /// What is wrong with the goal.
    pub detail: String,
}

impl Failure {
    /// A failure of this kind.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            parts: Vec::new(),
            injected: None,
        }
    }

    /// The status over HTTP.
    pub fn http(&self) -> StatusCode {
        self.injected.map_or(self.code.http(), |(status, _)| status)
    }

    /// The status over gRPC.
    pub fn grpc(&self) -> GrpcCode {
        self.injected.map_or(self.code.grpc(), |(_, status)| status)
    }

    /// How long the caller should wait before it asks again; absent where waiting is no remedy.
    pub fn retry_after(&self) -> Option<Duration> {
        matches!(self.code, Code::Overloaded | Code::EventsOverloaded)
            .then_some(Duration::from_secs(1))
    }
}

impl From<OperationError> for Failure {
    fn from(error: OperationError) -> Self {
        use OperationError as E;
        let mut parts = Vec::new();
        let code = match &error {
            E::UnknownChallenge(_) => Code::UnknownChallenge,
            E::UnknownGoal { .. } => Code::UnknownGoal,
            E::Invalid(_) => Code::BadRequest,
            E::Locked(_) => Code::GoalLocked,
            E::Unclaimed(_) => Code::UnclaimedReward,
            E::NotSelectable(refusals) => {
                parts = refusals.iter().map(Part::from).collect();
                Code::NotSelectable
            }
            E::InsufficientGoals(_) => Code::InsufficientGoals,
            E::NotCompleted(_) => Code::NotCompleted,
            E::ClaimInProgress(_) => Code::ClaimInProgress,
            E::AlreadyClaimed(_) => Code::AlreadyClaimed,
            E::Reward(_) => Code::RewardFailed,
            E::Store(StoreError::Conflict) => Code::Conflict,
            E::Store(StoreError::Overloaded) => Code::EventsOverloaded,
            E::Store(
                StoreError::Busy | StoreError::Unanswered | StoreError::Full | StoreError::Closed,
            )
            | E::ShuttingDown => Code::Unavailable,
            E::Store(_) => {
                note_error(&error);
                // What the database says may show more than a caller should see.
                let detail = "the database failed; the log of the service says how";
                return Self::new(Code::Internal, detail);
            }
        };
        Self {
            parts,
            ..Self::new(code, error.to_string())
        }
    }
}

impl From<&operations::Refusal> for Part {
    fn from(refusal: &operations::Refusal) -> Self {
        Self {
            goal_id: refusal.goal_id.clone(),
            code: match refusal.reason {
                Reason::Unknown => Code::UnknownGoal,
                Reason::Repeated => Code::RepeatedGoal,
                Reason::Locked => Code::GoalLocked,
                Reason::Completed => Code::AlreadyCompleted,
                Reason::Claimed => Code::AlreadyClaimed,
            },
            detail: refusal.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_distinct_and_mean_a_failure_in_both_protocols() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            let name = code.name();
            // The form that google.rpc.ErrorInfo wants of a reason.
            assert!(
                name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'),
                "{name}"
            );
            assert!(
                code.http().is_client_error() || code.http().is_server_error(),
                "{name}"
            );
            assert_ne!(code.grpc(), GrpcCode::Ok, "{name}");
        }
    }

    #[test]
    fn docs_spell_codes_as_callers_see_them() {
        let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");
        for entry in std::fs::read_dir(docs).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for code in Code::ALL {
                let name = code.name().to_ascii_lowercase();
                // A name of one word may be something else.
                let misspelt = name.contains('_') && text.contains(&format!("`{name}`"));
                assert!(!misspelt, "{}: {name}", path.display());
            }
        }
    }

    #[test]
    fn what_the_database_says_stays_in_the_log() {
        let refused = sqlx::Error::Protocol("relation \"secret\" does not exist".into());
        let failure = Failure::from(OperationError::Store(refused.into()));
        assert_eq!(failure.code, Code::Internal);
        assert!(!failure.detail.contains("secret"), "{}", failure.detail);
        let busy = Failure::from(OperationError::Store(StoreError::Busy));
        assert_eq!(busy.code, Code::Unavailable);
    }
}
