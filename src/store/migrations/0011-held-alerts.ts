/** Alerts that are kept and shown but not sent, and why; messages that a rate limit holds back. */

export const heldAlerts = /* sql */ `
alter table alert add column held_by text check (held_by in ('maintenance', 'inhibited', 'flapping'));
-- The alert it follows from.
alter table alert add column held_cause text;
alter table alert add column told_at integer;
create index alert_held on alert (created_at, id) where held_by is not null;
create index alert_of_kind on alert (run_id, kind, created_at);

-- Goes out before the others.
alter table delivery add column is_urgent integer not null default 0;
-- When the rate limit let it through, or began to hold it back.
alter table delivery add column passed_at integer;
alter table delivery add column held_at integer;
-- Key of the message that it was summed up in.
alter table delivery add column folded_into text;
create index delivery_urgent on delivery (is_urgent, next_at, id) where state = 'pending';
create index delivery_passed on delivery (channel, passed_at) where passed_at is not null;
create index delivery_waiting on delivery (next_at) where state = 'pending' and passed_at is null;
`;
