/** A series in one line of a table. */

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** At most `columns` bars between the series' own least and greatest value; of more points each bar is the mean of its share; a gap is a blank. */
export function drawSparkline(values: readonly (number | null)[], columns: number): string {
  const groups =
    values.length <= columns
      ? values.map((value) => [value])
      : Array.from({ length: columns }, (_, c) =>
          values.slice(Math.floor((c * values.length) / columns), Math.floor(((c + 1) * values.length) / columns)),
        );
  const means = groups.map((group) => {
    const known = group.filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
  const known = means.filter((mean) => mean !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const bar = (mean: number): string =>
    BARS[high === low ? 3 : Math.round(((mean - low) / (high - low)) * (BARS.length - 1))]!;
  return means.map((mean) => (mean === null ? ' ' : bar(mean))).join('');
}
