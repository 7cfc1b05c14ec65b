/** An alert in a few lines: for lists and above a run. */
import type { AlertReply } from '../../api/contract.ts';
import { count, time } from '../format.ts';
import { useObservable } from '../observable.ts';
import { address } from '../router.ts';
import { language } from '../settings.ts';
import { useWords } from '../words.ts';
import { Badge } from './badge.tsx';

export function AlertSummary({ alert }: { readonly alert: AlertReply }) {
  const words = useWords();
  const now = useObservable(language);
  const summary = now === 'zh' ? (alert.summary_zh ?? alert.summary) : alert.summary;
  const facts = [
    alert.run,
    alert.step === null ? '' : `${words.alerts.seen} ${count(alert.step)}`,
    alert.since_step === null ? '' : `${words.alerts.began} ${count(alert.since_step)}`,
    time(alert.state_at),
  ];
  return (
    <article class={`card alert-card ${alert.severity}`}>
      <div class="row between">
        <a href={address(['alerts', alert.id])}>
          <b>{now === 'zh' ? alert.title_zh : alert.title}</b>
        </a>
        <span class="row">
          <Badge word={alert.severity} />
          <Badge word={alert.state} />
        </span>
      </div>
      {summary !== '' && <p class="text">{summary}</p>}
      <div class="soft small">{facts.filter((fact) => fact !== '').join(' · ')}</div>
    </article>
  );
}
