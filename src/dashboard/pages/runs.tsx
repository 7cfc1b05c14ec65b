/** Every run at a glance: where it is, how it moves, what is wrong, what is being evaluated. */
import type { RunReply, TrendsReply } from '../../api/contract.ts';
import { count, seconds, short } from '../format.ts';
import { type Progress, progress } from '../live.ts';
import { useObservable } from '../observable.ts';
import { Badge } from '../parts/badge.tsx';
import { Empty, Loaded } from '../parts/notices.tsx';
import { Sparkline } from '../parts/sparkline.tsx';
import { address } from '../router.ts';
import { useResource } from '../use-resource.ts';
import { fill, say, useWords } from '../words.ts';

const SPARK_POINTS = 60;

export function RunsPage() {
  const words = useWords();
  const runs = useResource<{ items: RunReply[] }>('/api/v1/runs?limit=1000');
  const heads = [
    words.run,
    words.state,
    words.runs.progress,
    words.runs.trend,
    words.runs.loss,
    words.runs.alerts,
    words.runs.lag,
    words.runs.now,
  ];
  return (
    <>
      <h1>{words.runs.title}</h1>
      <Loaded resource={runs}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.runs.empty} hint={words.runs.emptyHint} />
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
            <section class="card scroll" tabIndex={0} aria-label={words.runs.title}>
              <table class="wide">
                <thead>
                  <tr>
                    {heads.map((head) => (
                      <th key={head} scope="col">
                        {head}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {[...items].reverse().map((run) => (
                    <RunRow key={run.id} run={run} />
                  ))}
                </tbody>
              </table>
            </section>
          )
        }
      </Loaded>
    </>
  );
}

function RunRow({ run }: { readonly run: RunReply }) {
  const words = useWords();
  const latest = run.latest_checkpoint;
  const behind = run.checkpoints - run.evaluated;
  const here = address(['runs', run.id]);
  const trend = useResource<TrendsReply>(
    `/api/v1/runs/${encodeURIComponent(run.id)}/trends?capability=*&max_points=${SPARK_POINTS}`,
    run.id,
  ).data;
  const type = run.model === null ? '' : say(words.modelTypes, run.model.type);
  return (
    <tr>
      <td class="middle">
        <a href={here}>
          <b>{run.name}</b>
        </a>
        <div class="soft small">{type}</div>
      </td>
      <td class="middle">
        <Badge word={run.state} />
      </td>
      <td class="middle number">
        {latest === null ? '–' : `${count(latest.step)}${run.max_steps === null ? '' : ` / ${count(run.max_steps)}`}`}
        {latest !== null && latest.tokens !== null && (
          <div class="soft small">
            {short(latest.tokens)} {words.tokens}
          </div>
        )}
      </td>
      <td class="middle">
        <ScoreSpark trend={trend} label={`${run.name}: ${words.runs.trend}`} />
      </td>
      <td class="middle">
        <Sparkline
          plain
          label={`${run.name}: ${words.runs.loss}`}
          points={(trend?.telemetry ?? []).map(({ step, loss }) => ({ x: step, y: loss }))}
        />
      </td>
      <td class="middle">
        {run.open_alerts === 0 ? (
          <span class="soft">{words.runs.noAlerts}</span>
        ) : (
          <a class="bad" href={address(['alerts'], { run: run.id })}>
            <b>{count(run.open_alerts)}</b>
          </a>
        )}
      </td>
      <td class="middle number">
        {fill(words.runs.lagOf, { done: count(run.evaluated), all: count(run.checkpoints) })}
        {behind > 0 && <div class="soft small">{fill(words.runs.behind, { n: count(behind) })}</div>}
      </td>
      <td class="middle">
        <Now run={run.id} />
      </td>
    </tr>
  );
}

function ScoreSpark({ trend, label }: { readonly trend: TrendsReply | null; readonly label: string }) {
  const series = trend?.series.find(({ capability }) => capability === '*');
  return (
    <Sparkline
      label={label}
      marks={(trend?.alerts ?? []).flatMap(({ step, kind }) => (step === null || kind !== 'regression' ? [] : [step]))}
      points={(series?.points ?? []).map(({ step, value, ci95: [low, high], segment }) => ({
        x: step,
        y: value,
        low,
        high,
        segment,
      }))}
    />
  );
}

function Now({ run }: { readonly run: string }) {
  const words = useWords();
  const now = useObservable(progress).get(run);
  if (now === undefined) return <span class="soft">{words.runs.idle}</span>;
  const percent = Math.round((now.done / Math.max(1, now.total)) * 100);
  const text = fill(words.runs.evaluating, { step: count(now.step), percent });
  const left = timeLeft(now);
  return (
    <>
      <div class="small">{text}</div>
      <progress max={now.total} value={now.done} aria-label={text} />
      {left !== null && <div class="soft small">{fill(words.runs.left, { time: seconds(left) })}</div>}
    </>
  );
}

/** By the pace since it was first heard of; null while that is too short to tell. */
function timeLeft({ done, total, since, at }: Progress): number | null {
  const passed = (at - since) / 1000;
  return passed < 2 || done === 0 ? null : Math.round((passed / done) * (total - done));
}
