/** Scores say their family of metrics, their unit, and why a number is not defined. */

export const scoreFamilies = /* sql */ `
alter table score add column family text not null default 'accuracy';
alter table score add column unit text not null default '';
-- 1 where it is measured of every task of its kind, without the task file naming it.
alter table score add column attached integer not null default 0;
-- Null where the value is defined.
alter table score add column reason text;
`;
