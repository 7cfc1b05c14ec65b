/** Answers by question, so that the same weights are not asked the same thing twice. */

export const responses = /* sql */ `
-- Weights as one engine computes them; everything about another engine or other weights is another row.
create table answering_weights (
  -- Never reused: an id that was forgotten must not come to mean other weights.
  id integer primary key autoincrement,
  identity text not null unique,
  used_at integer not null,
  -- Of its responses.
  bytes integer not null
) strict;
create index answering_weights_by_use on answering_weights (used_at, id);

create table response (
  weights_id integer not null references answering_weights (id) on delete cascade,
  -- SHA-256 over identity and question.
  question blob not null,
  packed text not null,
  primary key (weights_id, question)
) strict, without rowid;
`;
