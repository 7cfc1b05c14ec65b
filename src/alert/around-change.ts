/** What an alert says of the moment its members fell: the last good checkpoint, training around it, and what to try. Pure. */
import type { Alert, AlertMember } from '../domain/alert.ts';
import { advise } from './advise.ts';
import { costToWait } from './cost-to-wait.ts';
import type { DetectInput } from './detect.ts';
import { telemetryAround } from './telemetry-around.ts';

/** @param input its last checkpoint is the one at which the alert fired */
export function aroundChange(
  input: Pick<DetectInput, 'checkpoints' | 'telemetry' | 'languageOf' | 'stage'>,
  members: readonly AlertMember[],
  isBroad: boolean,
): Pick<Alert, 'sinceStep' | 'lastGoodCheckpoint' | 'telemetry' | 'advice' | 'costToWait'> {
  const lastGoodStep = middle(members.map((member) => member.changeBetween[0]));
  const lastGood = input.checkpoints.findLast((checkpoint) => checkpoint.step <= lastGoodStep) ?? null;
  const mixSince = Math.min(...members.map((member) => member.referenceSteps[0] ?? lastGoodStep));
  const telemetry = telemetryAround(input.telemetry, lastGoodStep, input.checkpoints.at(-1)!.step, mixSince);
  const firstBad = Math.max(...members.map((member) => member.levelSinceStep));
  const isSudden = input.checkpoints.filter(({ step }) => step >= firstBad).length <= 2;
  const cost = costToWait(input.checkpoints, lastGoodStep);
  return {
    sinceStep: lastGoodStep,
    ...(cost === null ? {} : { costToWait: cost }),
    telemetry,
    advice: advise({
      members,
      isBroad,
      isSudden,
      telemetry,
      lastGood,
      languageOf: input.languageOf ?? {},
      stage: input.stage ?? null,
    }),
    lastGoodCheckpoint: lastGood?.path ?? null,
  };
}

/** The lower middle one: a few series that fell for an earlier reason must not date the whole cause. */
function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1]!;
}
