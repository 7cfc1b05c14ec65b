/** What is true of a recorded run, by `transformers`, and which falls an alert must name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Plant } from '../../src/cli/demo/summary.ts';
import { recordedRun } from './watched-replay.ts';

const truthFile = z.object({
  checkpoints: z.array(z.object({ step: z.number(), capabilities: z.record(z.string(), z.number()) })),
});

export interface TrueFall {
  readonly capability: string;
  /** Step of the first checkpoint at which it is 5 points below its level before the plant. */
  readonly step: number;
  /** Step two checkpoints later: an alert must name it by then. */
  readonly deadline: number;
  readonly plant: Plant;
}

const FALL = 0.05;
const LEVEL_OVER = 3;

export function readTruth(run: string): z.infer<typeof truthFile>['checkpoints'] {
  return truthFile.parse(JSON.parse(readFileSync(join(recordedRun(run), 'truth.json'), 'utf8'))).checkpoints;
}

export function readPlants(run: string): Plant[] {
  return JSON.parse(readFileSync(join(recordedRun(run), 'plants.json'), 'utf8'));
}

/** Every capability of the tree that truly falls by 5 points or more after a plant, measured against the three checkpoints before it. */
export function trueFalls(run: string): TrueFall[] {
  const checkpoints = readTruth(run);
  const plants = readPlants(run);
  const capabilities = Object.keys(checkpoints[0]!.capabilities).filter((id) => !id.startsWith('probe.'));
  return plants.flatMap((plant, p) => {
    const before = checkpoints.filter(({ step }) => step <= plant.after_step).slice(-LEVEL_OVER);
    const until = plants[p + 1]?.after_step ?? Number.POSITIVE_INFINITY;
    const after = checkpoints.filter(({ step }) => step > plant.after_step && step <= until);
    return capabilities.flatMap((capability): TrueFall[] => {
      const level = before.reduce((sum, each) => sum + each.capabilities[capability]!, 0) / before.length;
      const first = after.find((each) => each.capabilities[capability]! <= level - FALL);
      if (!first) return [];
      const index = checkpoints.indexOf(first);
      const deadline = checkpoints[Math.min(index + 2, checkpoints.length - 1)]!.step;
      return [{ capability, step: first.step, deadline, plant }];
    });
  });
}
