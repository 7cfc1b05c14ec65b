/** A checkpoint between the last good and the first bad one of an alert was evaluated: the interval of each member ends or begins there. Pure. */
import type { Alert, AlertMember } from '../domain/alert.ts';
import { aroundChange } from './around-change.ts';
import type { DetectInput } from './detect.ts';
import { sayStep } from './say.ts';

export interface Between {
  readonly step: number;
  /** Is it as low there as after the drop? Null when that can't be told. */
  readonly isLow: (member: AlertMember) => boolean | null;
}

export interface NarrowedAlert {
  readonly alert: Alert;
  /** A sentence. */
  readonly why: string;
}

/** @returns null when the checkpoint tells nothing of this alert */
export function narrowAlert(
  alert: Alert,
  { step, isLow }: Between,
  input: Pick<DetectInput, 'checkpoints' | 'telemetry' | 'languageOf' | 'stage'>,
): NarrowedAlert | null {
  const told = new Map<AlertMember, boolean>();
  for (const member of alert.members) {
    const low = isBetween(member, step) ? isLow(member) : null;
    if (low !== null) told.set(member, low);
  }
  if (told.size === 0) return null;
  const members = alert.members.map((member): AlertMember => {
    const low = told.get(member);
    if (low === undefined) return member;
    const [good, bad] = member.changeBetween;
    return { ...member, changeBetween: low ? [good, step] : [step, bad] };
  });
  const around = aroundChange(input, members, alert.isBroad ?? false);
  const low = [...told.values()].filter(Boolean).length;
  const found =
    low === told.size ? 'as low as after the drop' : low === 0 ? 'as before the drop' : `low in ${low} of ${told.size}`;
  const bad = Math.max(...members.map(({ changeBetween }) => changeBetween[1]));
  const why = `Step ${sayStep(step)} was evaluated later and is ${found}: the drop began after step ${sayStep(around.sinceStep!)}, at the latest by step ${sayStep(bad)}.`;
  return { alert: { ...alert, ...around, members }, why };
}

/** Could a checkpoint at the step tell where the member fell? */
export function isBetween({ changeBetween: [good, bad], resolvedAtStep }: AlertMember, step: number): boolean {
  return resolvedAtStep == null && good < step && step < bad;
}
