/** The team's word that some capabilities are to be looked at more closely for a while. */
export interface WatchCloser {
  readonly run: string;
  /** Nodes of the tree, with all below them; empty is everything. */
  readonly capabilities: readonly string[];
  /** Newest step that was known when it was said: it counts for checkpoints after it... */
  readonly fromStep: number;
  /** ...so many of them. */
  readonly checkpoints: number;
  readonly reason: string | null;
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
}
