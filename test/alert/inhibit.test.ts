import { expect, it } from 'vitest';
import { CONSEQUENCES, causeOf, OUTLIVES_MS, type PossibleCause } from '../../src/alert/inhibit.ts';
import type { AlertKind } from '../../src/domain/alert.ts';

const other = (about: Partial<PossibleCause> = {}): PossibleCause => ({
  id: 'cause',
  kind: 'stalled',
  state: 'firing',
  stateAt: 0,
  ...about,
});
const behind = { id: 'a', kind: 'falling-behind' } as const;

it('an open cause explains what follows from it, whoever answered it', () => {
  for (const state of ['firing', 'acknowledged', 'silenced'] as const)
    expect(causeOf(behind, [other({ state })], 0)?.id).toBe('cause');
  expect(causeOf(behind, [other({ state: 'pending' })], 0)).toBeNull();
  expect(causeOf(behind, [other({ kind: 'checkpoint-vanished' })], 0)).toBeNull();
});

it('what goes away with its cause has a minute for it', () => {
  const over = other({ state: 'resolved', stateAt: 1_000 });
  expect(causeOf(behind, [over], 1_000 + OUTLIVES_MS - 1)).not.toBeNull();
  expect(causeOf(behind, [over], 1_000 + OUTLIVES_MS)).toBeNull();
});

it('no regression is ever explained away, and nothing explains itself, however far round', () => {
  const follows = (kind: AlertKind): AlertKind[] => (CONSEQUENCES[kind] ?? []).flatMap((one) => [one, ...follows(one)]);
  for (const kind of Object.keys(CONSEQUENCES) as AlertKind[]) {
    expect(follows(kind)).not.toContain(kind);
    expect(follows(kind)).not.toContain('regression');
  }
});
