CREATE TABLE meta (
  key text primary key,
  value text not null
) strict, without rowid;

CREATE TABLE run (
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

CREATE INDEX run_by_path on run (path);

CREATE INDEX run_by_identity on run (identity) where identity is not null;

CREATE TABLE checkpoint (
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

CREATE UNIQUE INDEX checkpoint_by_step on checkpoint (run_id, step, ordinal);

CREATE INDEX checkpoint_by_path on checkpoint (path);

CREATE INDEX checkpoint_by_state on checkpoint (state, run_id, step, ordinal);

CREATE INDEX checkpoint_by_fingerprint on checkpoint (run_id, fingerprint) where fingerprint is not null;

CREATE TABLE checkpoint_transition (
  id integer primary key,
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  from_state text,
  to_state text not null,
  reason text,
  at integer not null
) strict;

CREATE INDEX checkpoint_transition_by_checkpoint on checkpoint_transition (checkpoint_id);

CREATE TABLE pin (
  id integer primary key,
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  directory text not null,
  kind text not null check (kind in ('link', 'copy', 'lease')),
  bytes integer not null,
  created_at integer not null,
  released_at integer
) strict;

CREATE INDEX pin_by_checkpoint on pin (checkpoint_id);

CREATE INDEX pin_held on pin (created_at) where released_at is null;

CREATE TABLE telemetry (
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

CREATE TABLE plan (
  id text primary key,
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  strategy text not null,
  created_at integer not null
) strict;

CREATE INDEX plan_by_checkpoint on plan (checkpoint_id, created_at);

CREATE TABLE plan_slice (
  plan_id text not null references plan (id) on delete cascade,
  position integer not null,
  task text not null,
  task_hash text not null,
  capabilities text not null,
  docs integer not null,
  reason text not null,
  expected_seconds real, first_doc integer not null default 0, chosen text, could_change text not null default '', actual_seconds real,
  primary key (plan_id, position)
) strict, without rowid;

CREATE TABLE evaluation (
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

CREATE INDEX evaluation_by_checkpoint on evaluation (checkpoint_id, created_at);

CREATE INDEX evaluation_by_plan on evaluation (plan_id);

CREATE INDEX evaluation_by_state on evaluation (state);

CREATE TABLE answer_batch (
  evaluation_id text not null references evaluation (id) on delete cascade,
  task text not null,
  -- Smallest doc index in it.
  first_index integer not null,
  count integer not null,
  -- Deflated JSON.
  payload blob not null,
  primary key (evaluation_id, task, first_index)
) strict;

CREATE TABLE score (
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
  task_version text not null, family text not null default 'accuracy', unit text not null default '', attached integer not null default 0, reason text,
  primary key (checkpoint_id, task, metric, task_hash)
) strict, without rowid;

CREATE TABLE outcome (
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

CREATE TABLE capability_score (
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  capability text not null,
  value real,
  stderr real,
  n integer not null,
  members text not null, segment text, missing text not null default '[]',
  primary key (checkpoint_id, capability)
) strict, without rowid;

CREATE TABLE verdict (
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  -- Empty where the series has none.
  capability text not null,
  task text not null,
  metric text not null,
  kind text not null,
  json text not null,
  primary key (checkpoint_id, capability, task, metric)
) strict, without rowid;

CREATE TABLE alert (
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
, held_by text check (held_by in ('maintenance', 'inhibited', 'flapping')), held_cause text, told_at integer) strict;

CREATE INDEX alert_by_run on alert (run_id, step, id);

CREATE INDEX alert_by_state on alert (state, created_at);

CREATE INDEX alert_by_checkpoint on alert (checkpoint_id);

CREATE INDEX alert_by_time on alert (created_at, id);

CREATE TABLE alert_transition (
  id integer primary key,
  alert_id text not null references alert (id) on delete cascade,
  from_state text,
  to_state text not null,
  -- Who did it: 'libra' or the name of a person or token.
  actor text not null,
  why text,
  at integer not null
) strict;

CREATE INDEX alert_transition_by_alert on alert_transition (alert_id);

CREATE TABLE delivery (
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
, is_urgent integer not null default 0, passed_at integer, held_at integer, folded_into text) strict;

CREATE INDEX delivery_pending on delivery (next_at, id) where state = 'pending';

CREATE INDEX delivery_by_alert on delivery (alert_id);

CREATE INDEX delivery_done on delivery (done_at) where done_at is not null;

CREATE TABLE job (
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

CREATE INDEX job_open on job (step, id) where done_at is null;

CREATE INDEX job_open_of_run on job (run_id, kind, step, id) where done_at is null;

CREATE INDEX job_by_run on job (run_id);

CREATE TABLE event (
  -- Never reused: a client that resumes after an id misses nothing.
  id integer primary key autoincrement,
  at integer not null,
  json text not null
) strict;

CREATE TABLE sqlite_sequence(name,seq);

CREATE INDEX event_by_time on event (at);

CREATE TABLE answering_weights (
  -- Never reused: an id that was forgotten must not come to mean other weights.
  id integer primary key autoincrement,
  identity text not null unique,
  used_at integer not null,
  -- Of its responses.
  bytes integer not null
) strict;

CREATE INDEX answering_weights_by_use on answering_weights (used_at, id);

CREATE TABLE response (
  weights_id integer not null references answering_weights (id) on delete cascade,
  -- SHA-256 over identity and question.
  question blob not null,
  packed text not null,
  primary key (weights_id, question)
) strict, without rowid;

CREATE TABLE provenance (
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  task text not null,
  task_hash text not null,
  json text not null,
  primary key (checkpoint_id, task, task_hash)
) strict, without rowid;

CREATE TABLE run_model (
  run_id text primary key references run (id) on delete cascade,
  -- What kind of model it is, how that was recognised, and what it started from.
  json text not null,
  -- The run that holds the base model's one checkpoint; null while there is none.
  base_run_id text references run (id) on delete set null
) strict, without rowid;

CREATE INDEX run_model_by_base on run_model (base_run_id) where base_run_id is not null;

CREATE TABLE imported_segment (
  run_id text not null references run (id) on delete cascade,
  task text not null,
  task_hash text not null,
  -- Order in which they were met.
  ordinal integer not null,
  -- How it was asked, as far as its files tell.
  json text not null,
  primary key (run_id, task, task_hash)
) strict, without rowid;

CREATE TABLE imported_doc (
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

CREATE TABLE plan_left_out (
  plan_id text not null references plan (id) on delete cascade,
  position integer not null,
  task text not null,
  docs integer not null,
  reason text not null,
  expected_seconds real,
  primary key (plan_id, position)
) strict, without rowid;

CREATE TABLE watch_closer (
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

CREATE TABLE run_lineage (
  run_id text primary key references run (id) on delete cascade,
  -- Null where it begins by itself.
  parent_id text references run (id) on delete set null,
  fork_step integer,
  why text not null
) strict, without rowid;

CREATE INDEX checkpoint_written_again on checkpoint (run_id, step, found_at) where ordinal > 1;

CREATE TABLE intervention (
  id integer primary key,
  run_id text not null references run (id) on delete cascade,
  step integer not null,
  note text not null,
  said_by text not null,
  said_at integer not null
) strict;

CREATE UNIQUE INDEX intervention_once on intervention (run_id, step, note);

CREATE TABLE bridge (
  checkpoint_id text not null references checkpoint (id) on delete cascade,
  -- What kind of engine answered before, and which one answered once more.
  from_kind text not null,
  kind text not null,
  asked_at integer not null,
  primary key (checkpoint_id, kind)
) strict, without rowid;

CREATE TABLE bridge_outcome (
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

CREATE INDEX alert_held on alert (created_at, id) where held_by is not null;

CREATE INDEX alert_of_kind on alert (run_id, kind, created_at);

CREATE INDEX delivery_urgent on delivery (is_urgent, next_at, id) where state = 'pending';

CREATE INDEX delivery_passed on delivery (channel, passed_at) where passed_at is not null;

CREATE INDEX delivery_waiting on delivery (next_at) where state = 'pending' and passed_at is null;

CREATE INDEX delivery_of_channel on delivery (channel, is_urgent desc, id) where state = 'pending';

CREATE INDEX delivery_failed on delivery (channel, id) where state = 'pending' and attempts > 0;
