/** What an engine took while a task was asked, and how busy the machine was meanwhile. */

/** A number, or why there is none. */
export type Figure = { readonly value: number } | { readonly reason: string };

export interface EngineFigures {
  /** Bytes: the most its processes held since they started. */
  readonly peakMemory: Figure;
  /** Joules the machine took from the task's first answers to its last, everything that runs on it included. */
  readonly energy: Figure;
  /** Processes that wanted to run, by core: 1 is a machine that is just busy. */
  readonly load: Figure;
}
