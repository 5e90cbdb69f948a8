-- The UTC day (days since 1970) to which the progress of a goal that goes by days belongs; absent
-- before its first event.
alter table user_goal_progress add column counted_on integer;

-- Events that have counted, each under a hash of its user and its id.
create table seen_event (
    key     blob    not null primary key,
    seen_at integer not null
) strict, without rowid;

-- For forgetting the oldest: without it every batch would read the whole table.
create index seen_event_seen_at on seen_event (seen_at);
