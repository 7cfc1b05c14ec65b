/** Acknowledge, silence, resolve: each with a note for who comes after. */
import { useState } from 'preact/hooks';
import type { AlertReply } from '../../api/contract.ts';
import { now } from '../clock.ts';
import { fill, useWords } from '../words.ts';
import { Failure } from './notices.tsx';
import { useWrite } from './use-write.ts';

const HOURS = [2, 8, 24, 72];
const HOUR_MS = 3_600_000;

export function AlertAnswers({ alert, onAnswered }: { readonly alert: AlertReply; readonly onAnswered: () => void }) {
  const words = useWords();
  const [note, setNote] = useState('');
  const [hours, setHours] = useState('');
  const write = useWrite(() => {
    setNote('');
    onAnswered();
  });
  const answer = (how: 'acknowledge' | 'silence' | 'resolve') => {
    const until =
      how === 'silence' && hours !== '' ? { until: new Date(now() + Number(hours) * HOUR_MS).toISOString() } : {};
    write.send(`/api/v1/alerts/${encodeURIComponent(alert.id)}/${how}`, {
      ...(note.trim() === '' ? {} : { note: note.trim() }),
      ...until,
    });
  };
  const isOver = alert.state === 'resolved';
  return (
    <>
      <label class="field">
        <span>{words.alerts.note}</span>
        <textarea rows={2} maxLength={2000} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      </label>
      <p class="row">
        <button
          type="button"
          class="primary"
          disabled={write.isBusy || isOver || alert.state === 'acknowledged'}
          onClick={() => answer('acknowledge')}
        >
          {words.alerts.acknowledge}
        </button>
        <button type="button" disabled={write.isBusy || isOver} onClick={() => answer('resolve')}>
          {words.alerts.resolve}
        </button>
      </p>
      <p class="row">
        <button type="button" disabled={write.isBusy || isOver} onClick={() => answer('silence')}>
          {words.alerts.silence}
        </button>
        <select aria-label={words.alerts.until} value={hours} onChange={(event) => setHours(event.currentTarget.value)}>
          <option value="">{words.alerts.untilResolved}</option>
          {HOURS.map((one) => (
            <option key={one} value={one}>
              {fill(words.alerts.hours, { n: one })}
            </option>
          ))}
        </select>
      </p>
      {write.problem && <Failure problem={write.problem} retry={write.again} />}
    </>
  );
}
