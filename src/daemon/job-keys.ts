/** Keys of the jobs that a checkpoint has: the same key is the same work. */
import type { Job } from '../domain/job.ts';

/** Of the job that evaluates it. */
export const evaluateKey = (checkpoint: string): string => `evaluate:${checkpoint}`;

/** Of the job that judges it. */
export const judgeKey = (checkpoint: string): string => `judge:${checkpoint}`;

/** The checkpoint that such a job is about. */
export function checkpointOf({ key }: Job): string {
  return key.slice(key.indexOf(':') + 1);
}
