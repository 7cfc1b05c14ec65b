/** A plan may ask a task in several slices, each with what it could change and what it took; and it says what it leaves out. */

export const planSlices = /* sql */ `
alter table plan_slice add column first_doc integer not null default 0;
-- Indexes of further docs, as JSON; null for none.
alter table plan_slice add column chosen text;
alter table plan_slice add column could_change text not null default '';
-- Over all attempts; null until some of it was asked.
alter table plan_slice add column actual_seconds real;

create table plan_left_out (
  plan_id text not null references plan (id) on delete cascade,
  position integer not null,
  task text not null,
  docs integer not null,
  reason text not null,
  expected_seconds real,
  primary key (plan_id, position)
) strict, without rowid;
`;
