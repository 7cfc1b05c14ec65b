/** What the team wants watched more closely. */

export const watchCloser = /* sql */ `
create table watch_closer (
  run_id text primary key references run (id) on delete cascade,
  -- JSON list of capabilities; empty is everything.
  capabilities text not null,
  -- It counts for checkpoints after this step, so many of them.
  from_step integer not null,
  checkpoints integer not null,
  reason text,
  said_by text not null,
  said_at integer not null
) strict, without rowid;
`;
