/**
 * Anchors: checkpoints that get the full set of docs, so that a later suspicion finds something to be held against: every
 * `every`-th, but not the first, which says the least about later ones. Pure.
 * @param position earlier checkpoints of the run that were planned
 */
export function isAnchor(position: number, every: number): boolean {
  return position > 0 && position % every === 0;
}
