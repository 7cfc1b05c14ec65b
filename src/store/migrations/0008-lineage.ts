/** Which run another one goes on from, and steps that were written again after training went back. */

export const lineage = /* sql */ `
create table run_lineage (
  run_id text primary key references run (id) on delete cascade,
  -- Null where it begins by itself.
  parent_id text references run (id) on delete set null,
  fork_step integer,
  why text not null
) strict, without rowid;
create index checkpoint_written_again on checkpoint (run_id, step, found_at) where ordinal > 1;
`;
