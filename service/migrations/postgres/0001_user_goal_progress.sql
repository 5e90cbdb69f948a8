create table user_goal_progress (
    user_id      text        not null check (length(user_id) between 1 and 128),
    goal_id      text        not null,
    challenge_id text        not null,
    namespace    text        not null,
    progress     bigint      not null default 0,
    status       text        not null default 'not_started'
        check (status in ('not_started', 'in_progress', 'completed', 'claiming', 'claimed')),
    version      bigint      not null default 1,
    is_active    boolean     not null default false,
    assigned_at  timestamptz,
    expires_at   timestamptz,
    completed_at timestamptz,
    claimed_at   timestamptz,
    -- Kept across attempts: a claim that is tried again must not grant twice.
    claim_key    text,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    primary key (user_id, goal_id)
);

-- For the sweeper. A row enters only while it is being claimed. updated_at stays out of it:
-- an indexed column that every event changes would end heap-only updates.
create index user_goal_progress_claiming
    on user_goal_progress (user_id, goal_id)
    where status = 'claiming';
