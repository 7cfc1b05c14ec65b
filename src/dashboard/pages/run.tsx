/** One run: how it moves, where it fell, what training did there. */
import { useMemo } from 'preact/hooks';
import type { AlertReply, RunReply, ScoreReply, TrendsReply } from '../../api/contract.ts';
import type { RunVerdictsReply } from '../../api/contract-run-verdicts.ts';
import { count, short } from '../format.ts';
import { useObservable } from '../observable.ts';
import { AlertSummary } from '../parts/alert-summary.tsx';
import { Badge } from '../parts/badge.tsx';
import { CapabilityHeatmap } from '../parts/capability-heatmap.tsx';
import { CapabilityRadar } from '../parts/capability-radar.tsx';
import { CapabilityTree } from '../parts/capability-tree.tsx';
import { Empty, Loaded } from '../parts/notices.tsx';
import { type Axis, seriesId } from '../parts/trend-frame.ts';
import { TrendView } from '../parts/trend-view.tsx';
import { amend, place } from '../router.ts';
import { useResource } from '../use-resource.ts';
import { fill, say, useWords } from '../words.ts';

const AXES: readonly Axis[] = ['step', 'tokens', 'time'];
const MOST_SERIES = 6;
const OPEN: readonly string[] = ['firing', 'acknowledged', 'silenced'];

export function RunPage({ run: id }: { readonly run: string }) {
  const path = `/api/v1/runs/${encodeURIComponent(id)}`;
  const run = useResource<RunReply>(path, id);
  const trends = useResource<TrendsReply>(`${path}/trends?max_points=400`, id);
  return (
    <Loaded resource={run}>
      {(known) => (
        <>
          <Head run={known} />
          <OpenAlerts run={known.id} />
          <Loaded resource={trends}>{(data) => <Trends run={known} trends={data} path={path} />}</Loaded>
        </>
      )}
    </Loaded>
  );
}

function Head({ run }: { readonly run: RunReply }) {
  const words = useWords();
  const latest = run.latest_checkpoint;
  const facts = [
    run.model === null ? '' : say(words.modelTypes, run.model.type),
    latest === null
      ? ''
      : `${words.step} ${count(latest.step)}${run.max_steps === null ? '' : ` / ${count(run.max_steps)}`}`,
    latest === null || latest.tokens === null ? '' : `${short(latest.tokens)} ${words.tokens}`,
    `${words.runs.lag} ${fill(words.runs.lagOf, { done: count(run.evaluated), all: count(run.checkpoints) })}`,
  ];
  return (
    <>
      <h1 class="row">
        {run.name} <Badge word={run.state} />
      </h1>
      <p class="soft">{facts.filter((fact) => fact !== '').join(' · ')}</p>
      <p class="soft small">{run.path}</p>
    </>
  );
}

function OpenAlerts({ run }: { readonly run: string }) {
  const alerts = useResource<{ items: AlertReply[] }>(
    `/api/v1/alerts?limit=50&run=${encodeURIComponent(run)}`,
    run,
  ).data;
  const open = (alerts?.items ?? []).filter(({ state }) => OPEN.includes(state));
  return (
    <>
      {open.map((alert) => (
        <AlertSummary key={alert.id} alert={alert} />
      ))}
    </>
  );
}

function Trends({
  run,
  trends,
  path,
}: {
  readonly run: RunReply;
  readonly trends: TrendsReply;
  readonly path: string;
}) {
  const words = useWords();
  const { query } = useObservable(place);
  const verdicts = useResource<RunVerdictsReply>(`${path}/verdicts?last=60`, run.id);
  const base = useBase(run);
  const wanted = (query.get('show') ?? '*').split(',');
  const axis = AXES.find((one) => one === query.get('axis')) ?? 'step';
  const isLog = query.get('scale') === 'log';
  const shown = query.get('show') ?? '*';
  const chosen = useMemo(
    () => trends.series.filter((one) => shown.split(',').includes(seriesId(one))),
    [trends, shown],
  );
  const hasTokens = trends.series.every(({ points }) => points.every(({ tokens }) => tokens !== null));
  if (trends.series.length === 0) return <Empty title={words.trend.empty} />;
  const toggle = (id: string) => {
    const next = wanted.includes(id) ? wanted.filter((one) => one !== id) : [...wanted, id].slice(-MOST_SERIES);
    amend({ show: (next.length === 0 ? ['*'] : next).join(',') });
  };
  return (
    <>
      <div class="with-tree">
        <CapabilityTree series={trends.series} chosen={wanted} onToggle={toggle} />
        <section class="card">
          <div class="row between">
            <h2>{words.trend.title}</h2>
            <div class="row">
              <label class="small">
                {words.trend.axis}{' '}
                <select value={axis} onChange={(event) => amend({ axis: event.currentTarget.value })}>
                  {AXES.map((one) => (
                    <option key={one} value={one} disabled={one === 'tokens' && !hasTokens}>
                      {words[one]}
                    </option>
                  ))}
                </select>
              </label>
              <label class="small">
                <input
                  type="checkbox"
                  checked={isLog}
                  disabled={axis === 'time'}
                  onChange={(event) => amend({ scale: event.currentTarget.checked ? 'log' : null })}
                />{' '}
                {words.trend.log}
              </label>
            </div>
          </div>
          {axis === 'time' && <p class="soft small">{words.trend.noTime}</p>}
          <TrendView run={run.name} trends={trends} chosen={chosen} axis={axis} isLog={isLog} />
        </section>
      </div>
      <div class="two">
        <section class="card">
          <h2>{words.heat.title}</h2>
          <Loaded resource={verdicts}>
            {(data) => <CapabilityHeatmap run={run.name} verdicts={data} series={trends.series} />}
          </Loaded>
        </section>
        <section class="card">
          <h2>{words.radar.title}</h2>
          <CapabilityRadar run={run.name} series={trends.series} base={base} />
        </section>
      </div>
    </>
  );
}

/** Scores of the base model, where it was evaluated. */
function useBase(run: RunReply): ReadonlyMap<string, number> | null {
  const id = run.model?.base_run ?? null;
  const base = useResource<RunReply>(id === null ? null : `/api/v1/runs/${encodeURIComponent(id)}`, id).data;
  const checkpoint = base?.latest_checkpoint?.id ?? null;
  const scores = useResource<{ scores: ScoreReply[] }>(
    checkpoint === null ? null : `/api/v1/checkpoints/${encodeURIComponent(checkpoint)}/scores`,
    id,
  ).data;
  return useMemo(() => {
    const known = (scores?.scores ?? []).filter(({ capability, value }) => capability !== null && value !== null);
    return known.length === 0 ? null : new Map(known.map(({ capability, value }) => [capability!, value!]));
  }, [scores]);
}
