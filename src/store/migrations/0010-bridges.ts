/** Checkpoints that another engine answered once more, when it took over a run. */

export const bridges = /* sql */ `
create table bridge (
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  -- What kind of engine answered before, and which one answered once more.
  from_kind text not null,
  kind text not null,
  asked_at integer not null,
  primary key (checkpoint_id, kind)
) strict, without rowid;

create table bridge_outcome (
  checkpoint_id text not null,
  kind text not null,
  task text not null,
  metric text not null,
  task_hash text not null,
  higher_is_better integer not null,
  encoding text not null,
  count integer not null,
  payload blob not null,
  -- Docs that were asked and have no answer; null where that is not told apart.
  failed integer,
  primary key (checkpoint_id, kind, task, metric, task_hash),
  foreign key (checkpoint_id, kind) references bridge (checkpoint_id, kind) on delete cascade
) strict;
`;
