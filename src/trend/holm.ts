/** Many tests at once: p values adjusted so that the chance of any false find among them stays below p. */

/** Holm's step-down adjustment (1979), in the order given: valid however the tests depend on each other. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((p, i) => ({ p, i })).sort((x, y) => x.p - y.p);
  const adjusted = new Array<number>(ps.length);
  let largest = 0;
  order.forEach(({ p, i }, rank) => {
    largest = Math.max(largest, Math.min(1, p * (order.length - rank)));
    adjusted[i] = largest;
  });
  return adjusted;
}
