/** Series that fire together, sorted into causes: those whose changes overlap are one. */
import type { AlertMember } from '../domain/alert.ts';
import { isProbe } from '../domain/capability.ts';
import type { FlippedDoc } from '../domain/trend.ts';

interface Firing {
  readonly member: AlertMember;
  readonly level: string;
  readonly flipped: readonly FlippedDoc[];
}

export interface Cause {
  /** Leaves and unlabelled tasks, then probes, strongest first; the highest node alone where no leaf stands out. */
  readonly members: readonly AlertMember[];
  /** Nodes above the leaves that fired with them. */
  readonly nodes: readonly AlertMember[];
  readonly isNodeOnly: boolean;
  readonly flipped: readonly FlippedDoc[];
}

export function groupCauses(firing: readonly Firing[]): Cause[] {
  const groups: Firing[][] = [];
  for (const each of firing) {
    const joined = groups.filter((group) => group.some((other) => touches(each.member, other.member)));
    const merged = [...joined.flat(), each];
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push(merged);
  }
  return groups.map(toCause);
}

/** Changes whose intervals overlap or meet. */
function touches(a: AlertMember, b: AlertMember): boolean {
  return a.changeBetween[0] <= b.changeBetween[1] && b.changeBetween[0] <= a.changeBetween[1];
}

function toCause(group: readonly Firing[]): Cause {
  const nodes = group.filter(({ level }) => level === 'whole' || level.startsWith('inner:'));
  const leaves = group.filter((each) => !nodes.includes(each));
  // Without a leaf the highest node names it: a broad, shallow drop.
  const highest = [...nodes].sort((a, b) => depth(a.member) - depth(b.member))[0];
  const named = leaves.length ? leaves : highest ? [highest] : [];
  const byEvidence = [...named].sort(
    (a, b) =>
      Number(isProbe(a.member.capability)) - Number(isProbe(b.member.capability)) ||
      b.member.z - a.member.z ||
      (a.member.capability < b.member.capability ? -1 : 1),
  );
  return {
    members: byEvidence.map(({ member }) => member),
    nodes: nodes.map(({ member }) => member),
    isNodeOnly: leaves.length === 0,
    flipped: byEvidence.flatMap(({ flipped }) => flipped),
  };
}

function depth({ capability }: AlertMember): number {
  return capability === '*' ? 0 : capability.split('.').length;
}
