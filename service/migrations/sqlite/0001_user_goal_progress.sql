-- Instants are microseconds since 1970. Without rowid, the rows of a user lie side by side in one tree.
create table user_goal_progress (
    user_id      text    not null check (length(user_id) between 1 and 128),
    goal_id      text    not null,
    challenge_id text    not null,
    namespace    text    not null,
    progress     integer not null default 0,
    status       text    not null default 'not_started'
        check (status in ('not_started', 'in_progress', 'completed', 'claiming', 'claimed')),
    version      integer not null default 1,
    is_active    integer not null default 0,
    assigned_at  integer,
    expires_at   integer,
    completed_at integer,
    claimed_at   integer,
    -- Kept across attempts: a claim that is tried again must not grant twice.
    claim_key    text,
    created_at   integer not null,
    updated_at   integer not null,
    primary key (user_id, goal_id)
) strict, without rowid;

-- For the sweeper. A row enters only while it is being claimed.
create index user_goal_progress_claiming
    on user_goal_progress (user_id, goal_id)
    where status = 'claiming';
