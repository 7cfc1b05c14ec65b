/** All there is to say of the checkpoint that is pointed at. */
import type { TrendsReply } from '../../api/contract.ts';
import { count, figure, interval, short, time } from '../format.ts';
import { useObservable } from '../observable.ts';
import { address } from '../router.ts';
import { language } from '../settings.ts';
import { fill, useWords } from '../words.ts';
import { Badge } from './badge.tsx';
import { type Series, type Stop, seriesId, telemetryAt } from './trend-frame.ts';
import { nameOf } from './trend-option.ts';

interface ReadoutProps {
  readonly stop: Stop | undefined;
  readonly chosen: readonly Series[];
  readonly trends: TrendsReply;
}

export function TrendReadout({ stop, chosen, trends }: ReadoutProps) {
  const words = useWords();
  const now = useObservable(language);
  if (stop === undefined) return <div class="readout soft">{words.trend.hint}</div>;
  const points = chosen.flatMap((series) => {
    const point = series.points.find(({ checkpoint }) => checkpoint === stop.checkpoint);
    return point === undefined ? [] : [{ series, point }];
  });
  const first = points[0]?.point;
  const training = telemetryAt(trends.telemetry, stop.step);
  const alerts = trends.alerts.filter(({ step }) => step === stop.step);
  const changes = trends.interventions.filter(({ step }) => step === stop.step);
  return (
    <div class="readout">
      <div class="row">
        <b>
          {words.step} {count(stop.step)}
        </b>
        {first && first.tokens !== null && (
          <span>
            {short(first.tokens)} {words.tokens}
          </span>
        )}
        {first && <span class="soft">{time(first.at)}</span>}
        <a href={address(['checkpoints', stop.checkpoint])}>{words.trend.open}</a>
      </div>
      <ul>
        {points.map(({ series, point }) => (
          <li key={seriesId(series)} class="number">
            <span
              class={`swatch series-${chosen.indexOf(series) + 1}`}
              style={{ background: `var(--series-${chosen.indexOf(series) + 1})` }}
            />
            {nameOf(series, now)}:{' '}
            <b>{point.value === null ? words.trend.notMeasured : figure(point.value, series.unit)}</b>{' '}
            {point.value !== null && `${interval(point.ci95, series.unit)} n ${count(point.n)} `}
            {point.verdict !== null && point.verdict !== 'same' && <Badge word={point.verdict} />}
          </li>
        ))}
      </ul>
      {training && <Training point={training} />}
      {alerts.map((alert) => (
        <div key={alert.id} class="bad">
          ▲{' '}
          <a class="bad" href={address(['alerts', alert.id])}>
            {alert.title}
          </a>
          {alert.since_step !== null && ` · ${fill(words.trend.since, { step: count(alert.since_step) })}`}
        </div>
      ))}
      {changes.map((change) => (
        <div key={change.at}>
          ✎ {change.note} ({change.by})
        </div>
      ))}
    </div>
  );
}

function Training({ point }: { readonly point: TrendsReply['telemetry'][number] }) {
  const { trend } = useWords();
  const said = [
    [trend.loss, point.loss],
    [trend.learningRate, point.learning_rate],
    [trend.gradNorm, point.grad_norm],
  ] as const;
  const mix = Object.entries(point.data_mix ?? {}).map(([source, share]) => `${source} ${figure(share, 'proportion')}`);
  return (
    <div class="soft number">
      {said
        .filter(([, value]) => value !== null)
        .map(([name, value]) => `${name} ${figure(value, '')}`)
        .concat(mix.length > 0 ? [`${trend.dataMix}: ${mix.join(', ')}`] : [])
        .join(' · ')}
      {point.non_finite.length > 0 && (
        <b class="bad"> {fill(trend.notFinite, { names: point.non_finite.join(', ') })}</b>
      )}
    </div>
  );
}
