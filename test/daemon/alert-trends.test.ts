import { expect, it } from 'vitest';
import { alertTrends } from '../../src/daemon/alert-trends.ts';
import { alert, member } from '../alert/fixtures.ts';
import { seedStore } from '../api/seeded-store.ts';

it('reads the points of what fell, up to the step the alert speaks of, each with its interval', () => {
  const { store, close } = seedStore();
  try {
    const run = store.runs.list().find(({ id }) => store.series.ofRun(id).some(({ capability }) => capability))!.id;
    const series = store.series.ofRun(run).find(({ capability, points }) => capability !== null && points.length > 2)!;
    const last = series.points.at(-2)!.step;
    const about = alert({
      run,
      step: last,
      members: [member({ capability: series.capability!, metric: series.metric })],
    });
    const [trend] = alertTrends(store, about);
    expect(trend!.points.map(({ step, value }) => [step, value])).toEqual(
      series.points.filter(({ step }) => step <= last).map(({ step, value }) => [step, value]),
    );
    for (const { low, value, high } of trend!.points) expect(low <= value && value <= high).toBe(true);
    expect(alertTrends(store, { ...about, kind: 'stalled' })).toEqual([]);
    expect(alertTrends(store, { ...about, step: series.points[0]!.step })).toEqual([]);
  } finally {
    close();
  }
});
