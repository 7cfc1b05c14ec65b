/** What the numbers of a report leave open, said as plainly as the numbers. */
import type { SampleLimit } from '../../alert/limit-samples.ts';
import { sayStep } from '../../alert/say.ts';
import type { ReportFacts } from '../../daemon/read-report.ts';
import { nameOf } from '../../domain/capability.ts';
import type { ReportWords } from './report-words.ts';

/** From this many checkpoints on a run knows its own jitter. */
const KNOWN_JITTER = 10;
const MOST_NAMED = 8;

export function limitLines(facts: ReportFacts, words: ReportWords, samples: SampleLimit): string[] {
  const { provenance, unmeasured, counts, verdicts, trend, newest } = facts;
  const partial = provenance.filter(({ docs }) => docs.answered < docs.of).length;
  const unknown = verdicts
    .filter(({ kind, series }) => kind === 'unknown' && series.capability !== null)
    .map(({ series }) => nameOf(series.capability!)[words.language]);
  const broken = trend.series
    .filter(({ points }) => new Set(points.flatMap(({ segment }) => (segment === null ? [] : [segment]))).size > 1)
    .map(({ name }) => name[words.language]);
  const gaps = unmeasured.map(({ step, state, reason }) => {
    const what = `${sayStep(step)} ${words.checkpointStates[state]}`;
    return reason === '' ? what : `${what}: ${reason}`;
  });
  return [
    ...(partial > 0 ? [words.limitDocs(partial)] : []),
    ...(gaps.length > 0 ? [words.limitGaps(gaps.length, some(gaps))] : []),
    ...(newest !== null && counts.evaluated < KNOWN_JITTER ? [words.limitYoung(counts.evaluated)] : []),
    ...(unknown.length > 0 ? [words.limitUnknown(some(unknown))] : []),
    ...(broken.length > 0 ? [words.limitSegments(some([...new Set(broken)]))] : []),
    ...(provenance.some(({ isVerified }) => !isVerified) ? [words.limitUnverified] : []),
    ...(newest !== null && newest.tokens === null ? [words.limitTokens] : []),
    ...(trend.telemetry.length === 0 ? [words.limitTelemetry] : []),
    words.limitCause,
    ...(samples === 'full' ? [] : [words.limitSamples[samples]]),
  ];
}

function some(items: readonly string[]): string {
  return items.slice(0, MOST_NAMED).join('; ') + (items.length > MOST_NAMED ? '; …' : '');
}
