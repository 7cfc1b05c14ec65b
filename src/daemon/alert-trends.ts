/** How what an alert is about moved: the last points of its first members, for the message. */
import type { AlertTrend } from '../alert/trend-picture.ts';
import type { Alert, AlertMember } from '../domain/alert.ts';
import { nameOf } from '../domain/capability.ts';
import type { Store } from '../store/open-store.ts';
import type { SeriesPoint } from '../store/series.ts';
import { scoreInterval } from './score-interval.ts';

const MOST_TRENDS = 3;
const MOST_POINTS = 40;

/** Up to the step the alert was raised or ended at; a member with fewer than two points has no trend. */
export function alertTrends(store: Store, alert: Alert): AlertTrend[] {
  if (alert.kind !== 'regression') return [];
  const to = alert.resolvedAtStep ?? alert.step ?? Number.MAX_SAFE_INTEGER;
  return alert.members.slice(0, MOST_TRENDS).flatMap((member) => {
    const all = pointsOf(store, alert.run, member, to);
    // Points of another segment are never compared with these.
    const points = all.filter(({ segment }) => segment === all.at(-1)!.segment).slice(-MOST_POINTS);
    if (points.length < 2) return [];
    const { metric, changeBetween, from: reference } = member;
    return [{ name: nameOf(member.capability), metric, points: points.map(toPoint), changeBetween, reference }];
  });
}

function pointsOf(store: Store, run: string, { capability, metric }: AlertMember, to: number): readonly SeriesPoint[] {
  const [own] = store.series.ofRun(run, { capability, metric, to });
  if (own !== undefined) return own.points;
  // A task without a label is judged as a series of its own.
  return store.series.ofRun(run, { task: capability, metric, to })[0]?.points ?? [];
}

function toPoint({ step, value, stderr, n }: SeriesPoint) {
  const [low, high] = scoreInterval(value, stderr, n);
  return { step, value, low: Number.isFinite(low) ? low : value, high: Number.isFinite(high) ? high : value };
}
