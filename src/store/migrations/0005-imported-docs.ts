/** What is known of evaluations that were made elsewhere: how their tasks were asked, and their docs with the texts people read. */

export const importedDocs = /* sql */ `
create table imported_segment (
  run_id text not null references run (id) on delete cascade,
  task text not null,
  task_hash text not null,
  -- Order in which they were met.
  ordinal integer not null,
  -- How it was asked, as far as its files tell.
  json text not null,
  primary key (run_id, task, task_hash)
) strict, without rowid;

create table imported_doc (
  run_id text not null,
  task text not null,
  task_hash text not null,
  -- Place of its first doc in the fixed order.
  first_index integer not null,
  count integer not null,
  -- Deflated JSON.
  payload blob not null,
  primary key (run_id, task, task_hash, first_index),
  foreign key (run_id, task, task_hash) references imported_segment (run_id, task, task_hash) on delete cascade
) strict;
`;
