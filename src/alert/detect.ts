/** From judged series and telemetry to changes of alerts: one cause is one alert. Pure: the same input gives the same changes and ids. */
import type { Alert, AlertMember } from '../domain/alert.ts';
import type { TelemetryPoint } from '../domain/telemetry.ts';
import type { FlippedDoc } from '../domain/trend.ts';
import { type Cause, groupCauses } from './causes.ts';
import type { DatedCheckpoint } from './cost-to-wait.ts';
import { regressionAlert, withMembers } from './regression-alert.ts';
import { telemetryChanges } from './telemetry-alerts.ts';

/** A series that fires at this checkpoint, as the trend stage reports it. */
export interface FiringInput {
  readonly member: AlertMember;
  /** `whole` and `inner:...` are nodes above the leaves. */
  readonly level: string;
  readonly flipped: readonly FlippedDoc[];
}

export interface KnownCheckpoint extends DatedCheckpoint {
  readonly id: string;
  readonly step: number;
  /** Where its weights are (or were). */
  readonly path: string;
}

export interface DetectInput {
  readonly run: string;
  /** Evaluated checkpoints of the run, ascending, the one judged now last. */
  readonly checkpoints: readonly KnownCheckpoint[];
  readonly firing: readonly FiringInput[];
  /** Open members that came back. */
  readonly resolved: readonly AlertMember[];
  /** Leaves and probes that could be judged at this checkpoint. */
  readonly judgedLeaves: number;
  readonly telemetry: readonly TelemetryPoint[];
  /** Alerts of the run that are not resolved, oldest first. */
  readonly openAlerts: readonly Alert[];
  /** Language of tasks, where known. */
  readonly languageOf?: Readonly<Record<string, string>>;
  /** Of training, where it is known. */
  readonly stage?: string | null;
}

/** `open` and `resolve` are sent; `update` adds members or recovers some, and is only stored and shown. */
export interface AlertChange {
  readonly change: 'open' | 'update' | 'resolve';
  readonly alert: Alert;
  /** Docs to show with a new alert, best first, each of another task where possible. */
  readonly flipped: readonly FlippedDoc[];
}

export function detectAlerts(input: DetectInput): AlertChange[] {
  const now = input.checkpoints.at(-1);
  if (!now) return [];
  const changed = new Map<string, AlertChange>();
  const regressions = new Map(
    input.openAlerts.filter((alert) => alert.kind === 'regression').map((alert) => [alert.id, alert]),
  );
  for (const alert of regressions.values()) {
    const after = recover(alert, input.resolved, now.step);
    if (after === alert) continue;
    regressions.set(alert.id, after);
    changed.set(alert.id, { change: after.state === 'resolved' ? 'resolve' : 'update', alert: after, flipped: [] });
  }
  const news = input.firing.filter(({ member }) => !isOver(member, input.openAlerts));
  for (const cause of groupCauses(news)) {
    const open = [...regressions.values()].filter((alert) => alert.state !== 'resolved');
    if (open.some((alert) => isCovered(alert, cause))) continue;
    const known = open.filter((alert) => changed.get(alert.id)?.change !== 'open');
    const home = known.findLast((alert) => belongsTo(alert, cause, input.checkpoints));
    const alert = home ? withMembers(home, cause.members) : regressionAlert(input, cause);
    regressions.set(alert.id, alert);
    changed.set(alert.id, { change: home ? 'update' : 'open', alert, flipped: pickFlipped(cause) });
  }
  const isExplained = [...regressions.values()].some((alert) => firedLately(alert, input.checkpoints));
  return [...changed.values(), ...telemetryChanges(input, isExplained)];
}

/** Members that came back leave the alert's open ones; an alert without any is resolved. */
function recover(alert: Alert, resolved: readonly AlertMember[], step: number): Alert {
  const isBack = (member: AlertMember) =>
    resolved.some((each) => each.capability === member.capability && each.firedAtStep === member.firedAtStep);
  if (!alert.members.some(isBack)) return alert;
  const members = alert.members.map((member) => (isBack(member) ? { ...member, resolvedAtStep: step } : member));
  return members.every((member) => member.resolvedAtStep != null)
    ? { ...alert, members, state: 'resolved', resolvedAtStep: step }
    : { ...alert, members };
}

/** A drop that came back may still be seen in the longest windows; it was told. */
function isOver(member: AlertMember, alerts: readonly Alert[]): boolean {
  return alerts.some((alert) =>
    alert.members.some(
      (known) =>
        known.capability === member.capability &&
        known.resolvedAtStep != null &&
        member.changeBetween[1] <= known.resolvedAtStep,
    ),
  );
}

/** At this checkpoint or at one of the two before. */
function firedLately(alert: Alert, checkpoints: readonly KnownCheckpoint[]): boolean {
  const since = checkpoints.at(-3)?.step ?? 0;
  return alert.members.some((member) => member.firedAtStep >= since);
}

/** A node above the leaves says nothing new when its leaves are in an open alert of the same change. */
function isCovered(alert: Alert, cause: Cause): boolean {
  if (!cause.isNodeOnly) return false;
  return cause.members.every((member) =>
    alert.members.some((known) => isAtOrBelow(known.capability, member.capability) && overlaps(known, member)),
  );
}

/**
 * The alert a cause belongs to: its change began before that alert last fired, and their changes overlap;
 * or the same capabilities fall on, within two checkpoints. A change that began after the last firing is a drop of its own.
 */
function belongsTo(alert: Alert, cause: Cause, checkpoints: readonly KnownCheckpoint[]): boolean {
  const lastFired = Math.max(...alert.members.map((member) => member.firedAtStep));
  const since = checkpoints.filter((checkpoint) => checkpoint.step > lastFired).length;
  const isKnown = cause.members.every((member) =>
    alert.members.some((known) => known.capability === member.capability && known.resolvedAtStep == null),
  );
  if (isKnown && since <= 2) return true;
  // The member with the most evidence knows best when it began; a weak one among many may only know it roughly.
  const surest = cause.members.reduce((best, member) => (member.z > best.z ? member : best));
  return surest.changeBetween[0] < lastFired && alert.members.some((known) => overlaps(known, surest));
}

function overlaps(a: AlertMember, b: AlertMember): boolean {
  return a.changeBetween[0] < b.firedAtStep && b.changeBetween[0] < a.firedAtStep;
}

function isAtOrBelow(capability: string, node: string): boolean {
  return node === '*' || capability === node || capability.startsWith(`${node}.`);
}

/** More docs than are shown, of as many tasks as there are: the texts of some may be gone. */
const CANDIDATES = 9;

function pickFlipped(cause: Cause): FlippedDoc[] {
  const picked: FlippedDoc[] = [];
  const pool = cause.flipped.filter(
    (doc, i, all) => all.findIndex((each) => each.task === doc.task && each.index === doc.index) === i,
  );
  while (picked.length < CANDIDATES) {
    const fresh = pool.find((doc) => !picked.includes(doc) && !picked.some((each) => each.task === doc.task));
    const next = fresh ?? pool.find((doc) => !picked.includes(doc));
    if (!next) break;
    picked.push(next);
  }
  return picked;
}
