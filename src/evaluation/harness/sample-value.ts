/** What a samples file logs of a metric -> the doc's value as Libra keeps it. Pure. */

/** Logged as [log-probability, how many]; kept as nats (or bits) a unit. */
const WEIGHED: Readonly<Record<string, number>> = { word_perplexity: 1, byte_perplexity: 1, bits_per_byte: Math.LN2 };

/**
 * NaN where the log has no number for the doc alone: of corpus metrics (bleu, mcc, ...) it has pairs of texts or labels,
 * which mean something only all together.
 */
export function sampleValue(metric: string, logged: unknown): number {
  if (typeof logged === 'boolean') return logged ? 1 : 0;
  // A text's perplexity is logged as its log-probability.
  if (typeof logged === 'number') return metric === 'perplexity' ? -logged : logged;
  if (Array.isArray(logged)) return fromList(metric, logged);
  if (typeof logged === 'object' && logged !== null && metric in logged) {
    return sampleValue(metric, (logged as Record<string, unknown>)[metric]);
  }
  return Number.NaN;
}

function fromList(metric: string, logged: readonly unknown[]): number {
  const divisor = WEIGHED[metric];
  const [logprob, weight] = logged;
  if (divisor !== undefined && logged.length === 2 && typeof logprob === 'number' && typeof weight === 'number') {
    return -logprob / weight / divisor;
  }
  // Instructions of one doc, each followed or not.
  if (logged.length > 0 && logged.every((one) => typeof one === 'boolean')) {
    return logged.filter(Boolean).length / logged.length;
  }
  return logged.length === 1 ? sampleValue(metric, logged[0]) : Number.NaN;
}
