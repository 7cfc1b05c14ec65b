/** Runs side by side as the API gives them. */
import type { z } from 'zod';
import type { Experiment } from '../daemon/read-experiment.ts';
import type { experimentReply } from './contract-comparisons.ts';

export function presentExperiment({
  runs,
  isProportion: _,
  ...experiment
}: Experiment): z.infer<typeof experimentReply> {
  return {
    ...experiment,
    runs: runs.map(({ against, reaches, ...run }) => ({
      ...run,
      against: against && {
        from: against.range[0],
        to: against.range[1],
        at_end: { value: against.atEnd.value, ci95: [...against.atEnd.ci95] },
        area: { value: against.area.value, ci95: [...against.area.ci95] },
      },
      reaches: { at: reaches.x, ci95: [...reaches.ci95] },
    })),
  };
}
