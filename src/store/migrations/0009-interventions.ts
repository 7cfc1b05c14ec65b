/** What the team changed in the training. */

export const interventions = /* sql */ `
create table intervention (
  id integer primary key,
  run_id text not null references run (id) on delete cascade,
  step integer not null,
  note text not null,
  said_by text not null,
  said_at integer not null
) strict;
-- The same thing said again (a retry, two people) is one intervention.
create unique index intervention_once on intervention (run_id, step, note);
`;
