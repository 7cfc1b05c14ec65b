/** Intervention: something the team changed in the training, at a step, whose effect is measured afterwards. */

export interface Intervention {
  readonly id: number;
  readonly run: string;
  /** What was trained after this step was trained with the change. */
  readonly step: number;
  /** What was changed, in the team's words. */
  readonly note: string;
  /** Name of a person or a token. */
  readonly by: string;
  /** Epoch milliseconds at which it was said. */
  readonly at: number;
}
