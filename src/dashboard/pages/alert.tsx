/** One alert exactly as its message says it, what became of it, and the team's answers. */
import type { AlertDetailReply } from '../../api/contract.ts';
import { count, difference, figure, interval, time, unitOf } from '../format.ts';
import { useObservable } from '../observable.ts';
import { AlertAnswers } from '../parts/alert-answers.tsx';
import { Badge } from '../parts/badge.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { InterventionEffects, InterventionForm } from '../parts/interventions.tsx';
import { Loaded } from '../parts/notices.tsx';
import { address } from '../router.ts';
import { language } from '../settings.ts';
import { useResource } from '../use-resource.ts';
import { fill, useWords } from '../words.ts';

type Member = AlertDetailReply['members'][number];

export function AlertPage({ id }: { readonly id: string }) {
  const alert = useResource<AlertDetailReply>(`/api/v1/alerts/${encodeURIComponent(id)}`);
  return <Loaded resource={alert}>{(known) => <Detail alert={known} onAnswered={alert.reload} />}</Loaded>;
}

function Detail({ alert, onAnswered }: { readonly alert: AlertDetailReply; readonly onAnswered: () => void }) {
  const words = useWords();
  const now = useObservable(language);
  const text = alert.message[now];
  const nodes = alert.members.map(({ capability }) => capability);
  return (
    <>
      <h1>{text.title}</h1>
      <p class="row">
        <Badge word={alert.severity} />
        <Badge word={alert.state} />
        <a href={address(['runs', alert.run], { show: nodes.slice(0, 6).join(',') })}>
          {words.alerts.seeTrend}: {alert.run}
        </a>
        <CompareLink alert={alert} />
      </p>
      <div class="two">
        <div>
          <section class={`card alert-card ${alert.severity}`}>
            <p class="text">{text.lead}</p>
            {text.sections.map(({ heading, lines }) => (
              <div key={heading}>
                <h3>{heading}</h3>
                <ul>
                  {lines.map((line) => (
                    <li key={line} class="text">
                      {line}
                    </li>
                  ))}
                </ul>
              </div>
            ))}
          </section>
          {alert.members.length > 0 && <Members alert={alert} />}
        </div>
        <div>
          <section class="card">
            <h2>{words.alerts.answer}</h2>
            <AlertAnswers alert={alert} onAnswered={onAnswered} />
          </section>
          <section class="card">
            <h2>{words.alerts.changed}</h2>
            <InterventionForm run={alert.run} step={alert.step ?? 0} />
          </section>
          <section class="card">
            <h2>{words.alerts.effects}</h2>
            <InterventionEffects run={alert.run} since={alert.since_step ?? 0} />
          </section>
          <section class="card">
            <h2>{words.alerts.history}</h2>
            <History alert={alert} />
          </section>
        </div>
      </div>
    </>
  );
}

function CompareLink({ alert }: { readonly alert: AlertDetailReply }) {
  const words = useWords();
  const before = alert.members[0]?.reference_checkpoints.at(-1);
  if (before === undefined || alert.checkpoint === null) return null;
  return <a href={address(['compare'], { a: before, b: alert.checkpoint })}>{words.alerts.compare}</a>;
}

function Members({ alert }: { readonly alert: AlertDetailReply }) {
  const words = useWords();
  const unit = ({ metric, from }: Member) => unitOf(metric, from);
  const columns: Column<Member>[] = [
    {
      head: words.capability,
      cell: ({ capability }) => <a href={address(['runs', alert.run], { show: capability })}>{capability}</a>,
      save: ({ capability }) => capability,
    },
    { head: words.alerts.from, cell: (one) => figure(one.from, unit(one)), save: ({ from }) => from, isNumber: true },
    { head: words.alerts.to, cell: (one) => figure(one.to, unit(one)), save: ({ to }) => to, isNumber: true },
    {
      head: words.alerts.change,
      cell: (one) => `${difference(one.difference, unit(one))} ${interval(one.ci95, unit(one))}`,
      save: (one) => one.difference,
      isNumber: true,
    },
    { head: words.docs, cell: ({ n }) => count(n), save: ({ n }) => n, isNumber: true },
    { head: words.alerts.tasks, cell: ({ tasks }) => tasks.join(', ') },
  ];
  return (
    <section class="card">
      <h2>{words.alerts.what}</h2>
      <DataTable
        name={`alert-${alert.id}`}
        caption={words.alerts.what}
        columns={columns}
        rows={alert.members}
        keyOf={({ capability }) => capability}
      />
    </section>
  );
}

function History({ alert }: { readonly alert: AlertDetailReply }) {
  const words = useWords();
  return (
    <>
      <ol class="timeline">
        {alert.history.map((step) => (
          <li key={`${step.at}${step.to}`}>
            <Badge word={step.to} />{' '}
            <span class="soft small">
              {time(step.at)} · {fill(words.alerts.by, { who: step.actor })}
            </span>
            {step.why !== null && <div class="text">{step.why}</div>}
          </li>
        ))}
      </ol>
      {alert.deliveries.length > 0 && (
        <>
          <h3>{words.alerts.deliveries}</h3>
          <ul>
            {alert.deliveries.map((one) => (
              <li key={`${one.channel}${one.event}`}>
                {one.channel} · {one.event} <Badge word={one.state} />
                {one.last_error !== null && <div class="bad small">{one.last_error}</div>}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
