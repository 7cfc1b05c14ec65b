/** The first schema: runs, checkpoints, telemetry, plans, evaluations, scores, verdicts, alerts, jobs and events. */

export const runsToAlerts = /* sql */ `
create table meta (
  key text primary key,
  value text not null
) strict, without rowid;

create table run (
  id text primary key,
  name text not null,
  path text not null,
  -- What recognises the run when its directory moves; null while unknown.
  identity text,
  state text not null check (state in ('active', 'stalled', 'finished')),
  max_steps integer,
  found_at integer not null,
  state_at integer not null
) strict;
create index run_by_path on run (path);
create index run_by_identity on run (identity) where identity is not null;

create table checkpoint (
  id text primary key,
  run_id text not null references run (id) on delete cascade,
  step integer not null,
  -- 1, or 2, 3... when the step was written again with other bytes; part of the id.
  ordinal integer not null,
  tokens integer,
  path text not null,
  format text not null,
  state text not null,
  reason text,
  fingerprint text,
  bytes integer,
  -- Stat signature of the files as last seen.
  observed text,
  last_byte_at integer,
  found_at integer not null,
  state_at integer not null
) strict;
create unique index checkpoint_by_step on checkpoint (run_id, step, ordinal);
create index checkpoint_by_path on checkpoint (path);
create index checkpoint_by_state on checkpoint (state, run_id, step, ordinal);
create index checkpoint_by_fingerprint on checkpoint (run_id, fingerprint) where fingerprint is not null;

create table checkpoint_transition (
  id integer primary key,
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  from_state text,
  to_state text not null,
  reason text,
  at integer not null
) strict;
create index checkpoint_transition_by_checkpoint on checkpoint_transition (checkpoint_id);

create table pin (
  id integer primary key,
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  directory text not null,
  kind text not null check (kind in ('link', 'copy', 'lease')),
  bytes integer not null,
  created_at integer not null,
  released_at integer
) strict;
create index pin_by_checkpoint on pin (checkpoint_id);
create index pin_held on pin (created_at) where released_at is null;

create table telemetry (
  run_id text not null references run (id) on delete cascade,
  step integer not null,
  tokens integer,
  -- A number, or the text 'NaN' (SQLite would store that number as null); null when not logged.
  loss any,
  learning_rate any,
  grad_norm any,
  data_mix text,
  primary key (run_id, step)
) strict, without rowid;

create table plan (
  id text primary key,
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  strategy text not null,
  created_at integer not null
) strict;
create index plan_by_checkpoint on plan (checkpoint_id, created_at);

create table plan_slice (
  plan_id text not null references plan (id) on delete cascade,
  position integer not null,
  task text not null,
  task_hash text not null,
  capabilities text not null,
  docs integer not null,
  reason text not null,
  expected_seconds real,
  primary key (plan_id, position)
) strict, without rowid;

create table evaluation (
  id text primary key,
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  plan_id text not null references plan (id) on delete cascade,
  state text not null check (state in ('planned', 'running', 'finished', 'failed')),
  engine text,
  created_at integer not null,
  started_at integer,
  finished_at integer,
  seconds real,
  attempts integer not null,
  error text
) strict;
create index evaluation_by_checkpoint on evaluation (checkpoint_id, created_at);
create index evaluation_by_plan on evaluation (plan_id);
create index evaluation_by_state on evaluation (state);

create table answer_batch (
  evaluation_id text not null references evaluation (id) on delete cascade,
  task text not null,
  -- Smallest doc index in it.
  first_index integer not null,
  count integer not null,
  -- Deflated JSON.
  payload blob not null,
  primary key (evaluation_id, task, first_index)
) strict;

create table score (
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  task text not null,
  metric text not null,
  task_hash text not null,
  -- Null where the number is not defined (NaN).
  value real,
  stderr real,
  n integer not null,
  failed integer not null,
  higher_is_better integer not null,
  task_version text not null,
  primary key (checkpoint_id, task, metric, task_hash)
) strict, without rowid;

create table outcome (
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  task text not null,
  metric text not null,
  task_hash text not null,
  higher_is_better integer not null,
  -- u8: 0, 1 and 255 for no value; f32: little-endian floats, NaN for no value.
  encoding text not null check (encoding in ('u8', 'f32')),
  count integer not null,
  payload blob not null,
  primary key (checkpoint_id, task, metric, task_hash)
) strict;

create table capability_score (
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  capability text not null,
  value real,
  stderr real,
  n integer not null,
  members text not null,
  primary key (checkpoint_id, capability)
) strict, without rowid;

create table verdict (
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  -- Empty where the series has none.
  capability text not null,
  task text not null,
  metric text not null,
  kind text not null,
  json text not null,
  primary key (checkpoint_id, capability, task, metric)
) strict, without rowid;

create table alert (
  id text primary key,
  run_id text not null references run (id) on delete cascade,
  kind text not null,
  severity text not null,
  state text not null check (state in ('pending', 'firing', 'acknowledged', 'silenced', 'resolved')),
  checkpoint_id text references checkpoint (id) on delete cascade,
  step integer,
  since_step integer,
  resolved_at_step integer,
  json text not null,
  created_at integer not null,
  state_at integer not null
) strict;
create index alert_by_run on alert (run_id, step, id);
create index alert_by_state on alert (state, created_at);
create index alert_by_checkpoint on alert (checkpoint_id);
create index alert_by_time on alert (created_at, id);

create table alert_transition (
  id integer primary key,
  alert_id text not null references alert (id) on delete cascade,
  from_state text,
  to_state text not null,
  -- Who did it: 'libra' or the name of a person or token.
  actor text not null,
  why text,
  at integer not null
) strict;
create index alert_transition_by_alert on alert_transition (alert_id);

create table delivery (
  id integer primary key,
  alert_id text references alert (id) on delete cascade,
  event text not null,
  channel text not null,
  idempotency_key text not null unique,
  state text not null check (state in ('pending', 'sent', 'dead')),
  attempts integer not null,
  next_at integer not null,
  last_error text,
  payload text not null,
  created_at integer not null,
  done_at integer
) strict;
create index delivery_pending on delivery (next_at, id) where state = 'pending';
create index delivery_by_alert on delivery (alert_id);
create index delivery_done on delivery (done_at) where done_at is not null;

create table job (
  id integer primary key,
  kind text not null,
  key text not null unique,
  run_id text references run (id) on delete cascade,
  step integer,
  payload text not null,
  state text not null check (state in ('queued', 'leased', 'done', 'failed')),
  lease_until integer,
  attempts integer not null,
  run_after integer not null,
  error text,
  created_at integer not null,
  done_at integer
) strict;
create index job_open on job (step, id) where done_at is null;
create index job_open_of_run on job (run_id, kind, step, id) where done_at is null;
create index job_by_run on job (run_id);

create table event (
  -- Never reused: a client that resumes after an id misses nothing.
  id integer primary key autoincrement,
  at integer not null,
  json text not null
) strict;
create index event_by_time on event (at);
`;
