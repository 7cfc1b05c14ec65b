/**
 * Anchors: checkpoints that get the full set of docs, so that a later suspicion finds something to be held against. The first checkpoint
 * is one, and every `every`-th after it. Pure.
 * @param position checkpoints of the run that were planned before it
 */
export function isAnchor(position: number, every: number): boolean {
  return position % every === 0;
}
