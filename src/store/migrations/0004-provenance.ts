/** Where scores come from, what a node's mean lacks, and what a run is measured against. */

export const provenance = /* sql */ `
create table provenance (
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  task text not null,
  task_hash text not null,
  json text not null,
  primary key (checkpoint_id, task, task_hash)
) strict, without rowid;

-- Nodes whose sets of tasks differ are never compared; null in rows from before it was kept.
alter table capability_score add column segment text;
-- Tasks that belong to the node and were not measured: with any of them the node is a gap.
alter table capability_score add column missing text not null default '[]';

create table run_model (
  run_id text primary key references run (id) on delete cascade,
  -- What kind of model it is, how that was recognised, and what it started from.
  json text not null,
  -- The run that holds the base model's one checkpoint; null while there is none.
  base_run_id text references run (id) on delete set null
) strict, without rowid;
create index run_model_by_base on run_model (base_run_id) where base_run_id is not null;
`;
