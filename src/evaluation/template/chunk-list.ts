/** Lists cut in pieces, as Jinja's `batch` and `slice` cut them. */

/** Lists of `size` items; the last is filled up when there is something to fill it with. */
export function batches(items: readonly unknown[], size: number, fill: unknown): unknown[][] {
  const width = Math.max(1, Math.trunc(size));
  const cut: unknown[][] = [];
  for (let at = 0; at < items.length; at += width) cut.push(items.slice(at, at + width));
  const last = cut.at(-1);
  if (fill != null && last !== undefined) while (last.length < width) last.push(fill);
  return cut;
}

/** `count` lists, the first ones longer by one; shorter ones are filled when there is something to fill them with. */
export function slices(items: readonly unknown[], count: number, fill: unknown): unknown[][] {
  const width = Math.floor(items.length / count);
  const longer = items.length % count;
  return Array.from({ length: count }, (_, i) => {
    const start = i * width + Math.min(i, longer);
    const cut = items.slice(start, start + width + (i < longer ? 1 : 0));
    return fill != null && i >= longer && longer > 0 ? [...cut, fill] : cut;
  });
}
