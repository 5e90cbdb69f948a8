-- When the reward was granted: with the outbox, some time after the goal was claimed.
alter table user_goal_progress add column granted_at timestamptz;
update user_goal_progress set granted_at = claimed_at where status = 'claimed';

-- Rewards that are owed. A row is written together with its claim, and goes when it is granted.
create table reward_outbox (
    idempotency_key text        primary key,
    user_id         text        not null,
    goal_id         text        not null,
    -- As it was when the goal was claimed: platforms refuse a key that comes back with another body.
    request         text        not null,
    -- Grows with every lease, and so tells one lease from the next.
    attempts        integer     not null default 0,
    -- When it is asked for next. A lease moves it ahead, and so does the pause after a failure.
    due_at          timestamptz not null,
    last_error      text,
    -- When it was set aside for an operator; absent for those that are still tried.
    dead_at         timestamptz,
    created_at      timestamptz not null
);

create index reward_outbox_due on reward_outbox (due_at) where dead_at is null;
