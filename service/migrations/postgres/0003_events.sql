-- The UTC day to which the progress of a goal that goes by days belongs; absent before its first event.
alter table user_goal_progress add column counted_on date;

-- Events that have counted, each under a hash of its user and its id.
create table seen_event (
    key     uuid        primary key,
    seen_at timestamptz not null
);

-- For forgetting the oldest: without it every batch would read the whole table.
create index seen_event_seen_at on seen_event (seen_at);
