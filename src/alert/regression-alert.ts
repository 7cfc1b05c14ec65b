/** A cause as an alert: members, severity, last good checkpoint, telemetry around the change, and advice. */
import type { Alert, AlertMember, Severity } from '../domain/alert.ts';
import { nameOf } from '../domain/capability.ts';
import { stableId } from '../system/hash.ts';
import { aroundChange } from './around-change.ts';
import type { Cause } from './causes.ts';
import type { DetectInput } from './detect.ts';
import { isFormatLost } from './format-lost.ts';
import { isProportion } from './say.ts';

/** From this drop of a proportion on (or on every safety capability) a person is woken. */
const CRITICAL_DROP = 0.1;
const BROAD = 3;

export function regressionAlert(input: DetectInput, cause: Cause): Alert {
  const now = input.checkpoints.at(-1)!;
  const { members } = cause;
  const isBroad = cause.nodes.length > 0 || (members.length >= BROAD && 2 * members.length >= input.judgedLeaves);
  const key = [...members.map((member) => member.capability)].sort()[0]!;
  return {
    id: stableId(input.run, 'regression', now.step, key),
    run: input.run,
    kind: 'regression',
    severity: severityOf(members, isBroad),
    state: 'firing',
    checkpoint: now.id,
    step: now.step,
    title: titleOf(members),
    summary: '',
    members,
    examples: [],
    ...aroundChange(input, members, isBroad),
    isBroad,
    resolvedAtStep: null,
  };
}

/** Later members join; one that fires again keeps its frozen reference and moves to its new level. */
export function withMembers(alert: Alert, later: readonly AlertMember[]): Alert {
  const joined = [...alert.members];
  for (const member of later) {
    const at = joined.findIndex((known) => known.capability === member.capability && known.resolvedAtStep == null);
    const known = joined[at];
    if (!known) joined.push(member);
    else {
      joined[at] = {
        ...known,
        to: member.to,
        difference: member.to - known.from,
        ci95: shiftedTo(member, member.to - known.from),
        levelSinceStep: member.levelSinceStep,
      };
    }
  }
  return {
    ...alert,
    members: joined,
    title: titleOf(joined),
    severity: worst(alert.severity, severityOf(joined, false)),
  };
}

/** The newer interval's width around the difference from the frozen reference. */
function shiftedTo(member: AlertMember, difference: number): readonly [number, number] {
  const half = (member.ci95[1] - member.ci95[0]) / 2;
  return [difference - half, difference + half];
}

function titleOf(members: readonly AlertMember[]): string {
  const names = members.map((member) => nameOf(member.capability).en);
  if (isFormatLost(members)) {
    const whose = names.length === 1 ? names[0]! : `${names.length} capabilities`;
    return `Answers of ${whose} no longer parse`;
  }
  if (names.length === 1) return `${names[0]} regressed`;
  const shown = names.slice(0, 3).join(', ');
  return `${names.length} capabilities regressed: ${shown}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
}

function severityOf(members: readonly AlertMember[], isBroad: boolean): Severity {
  const isSafety = members.some((member) => member.capability.startsWith('safety'));
  const isDeep = members.some((member) => isProportion(member.metric) && Math.abs(member.difference) >= CRITICAL_DROP);
  return isSafety || isBroad || isDeep ? 'critical' : 'warning';
}

function worst(a: Severity, b: Severity): Severity {
  return a === 'critical' || b === 'critical' ? 'critical' : a === 'warning' || b === 'warning' ? 'warning' : 'info';
}
