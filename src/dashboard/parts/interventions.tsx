/** "We changed ...": told here, marked on the trends, its effect measured by the checkpoints that follow. */
import { useState } from 'preact/hooks';
import type { z } from 'zod';
import type { interventionReply } from '../../api/contract-interventions.ts';
import { count, difference, interval, time, unitOf } from '../format.ts';
import { useObservable } from '../observable.ts';
import { language } from '../settings.ts';
import { useResource } from '../use-resource.ts';
import { useWords } from '../words.ts';
import { Failure, Loaded } from './notices.tsx';
import { useWrite } from './use-write.ts';

type Intervention = z.infer<typeof interventionReply>;

export function InterventionForm({ run, step: first }: { readonly run: string; readonly step: number }) {
  const words = useWords();
  const [note, setNote] = useState('');
  const [step, setStep] = useState(String(first));
  const [isTold, setTold] = useState(false);
  const write = useWrite(() => {
    setNote('');
    setTold(true);
  });
  const isReady = note.trim() !== '' && /^\d+$/.test(step);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setTold(false);
        if (isReady)
          write.send(`/api/v1/runs/${encodeURIComponent(run)}/interventions`, {
            step: Number(step),
            note: note.trim(),
          });
      }}
    >
      <label class="field">
        <span>{words.alerts.changedNote}</span>
        <input value={note} maxLength={2000} onInput={(event) => setNote(event.currentTarget.value)} />
      </label>
      <p class="row">
        <label class="row">
          <span class="small soft">{words.alerts.changedStep}</span>
          <input inputMode="numeric" size={8} value={step} onInput={(event) => setStep(event.currentTarget.value)} />
        </label>
        <button type="submit" disabled={write.isBusy || !isReady}>
          {words.alerts.tell}
        </button>
        {isTold && (
          <span class="good" role="status">
            {words.alerts.told}
          </span>
        )}
      </p>
      {write.problem && <Failure problem={write.problem} retry={write.again} />}
    </form>
  );
}

/** @param since changes before this step are not shown */
export function InterventionEffects({ run, since }: { readonly run: string; readonly since: number }) {
  const words = useWords();
  const changes = useResource<{ items: Intervention[] }>(`/api/v1/runs/${encodeURIComponent(run)}/interventions`, run);
  return (
    <Loaded resource={changes}>
      {({ items }) => {
        const shown = items.filter(({ step }) => step >= since);
        return shown.length === 0 ? (
          <p class="soft">–</p>
        ) : (
          shown.map((one) => <Effect key={one.id} change={one} none={words.alerts.noEffect} />)
        );
      }}
    </Loaded>
  );
}

function Effect({ change, none }: { readonly change: Intervention; readonly none: string }) {
  const words = useWords();
  const now = useObservable(language);
  return (
    <div class="example">
      <b>✎ {change.note}</b>
      <div class="soft small">
        {words.step} {count(change.step)} · {change.by} · {time(change.at)}
      </div>
      {change.effects.length === 0 ? (
        <p class="soft">{none}</p>
      ) : (
        <ul>
          {change.effects.slice(0, 8).map((effect) => {
            const unit = unitOf(effect.metric, effect.before);
            return (
              <li key={`${effect.capability}${effect.task}${effect.metric}`} class="number">
                {effect.name[now]}: {difference(effect.difference, unit)} {interval(effect.ci95, unit)}, n{' '}
                {count(effect.n)}
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
