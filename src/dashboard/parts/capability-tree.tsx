/** Chooses what is drawn: nodes of the capability tree, what stands beside it, and single tasks; searchable. */
import { useState } from 'preact/hooks';
import { figure } from '../format.ts';
import { useObservable } from '../observable.ts';
import { language } from '../settings.ts';
import { useWords } from '../words.ts';
import { type Series, seriesId } from './trend-frame.ts';
import { nameOf } from './trend-option.ts';

interface TreeProps {
  readonly series: readonly Series[];
  readonly chosen: readonly string[];
  readonly onToggle: (id: string) => void;
}

export function CapabilityTree({ series, chosen, onToggle }: TreeProps) {
  const words = useWords();
  const now = useObservable(language);
  const [wanted, setWanted] = useState('');
  const fits = (one: Series) =>
    [one.name.zh, one.name.en, one.capability, one.task, one.metric].some((text) =>
      text?.toLowerCase().includes(wanted.trim().toLowerCase()),
    );
  const found = series.filter(fits);
  const isProbe = ({ capability }: Series) => capability?.startsWith('probe.') === true;
  const groups = [
    { name: null, items: found.filter((one) => one.capability !== null && !isProbe(one)) },
    { name: words.trend.probes, items: found.filter(isProbe) },
    { name: words.trend.tasks, items: found.filter(({ capability }) => capability === null) },
  ];
  return (
    <fieldset class="card tree">
      <legend class="small soft">{words.trend.choose}</legend>
      <input
        type="search"
        placeholder={words.trend.search}
        aria-label={words.trend.search}
        value={wanted}
        onInput={(event) => setWanted(event.currentTarget.value)}
      />
      {found.length === 0 && <p class="soft">{words.trend.noMatch}</p>}
      {groups
        .filter(({ items }) => items.length > 0)
        .map(({ name, items }) => (
          <div key={name ?? 'tree'}>
            {name !== null && <h3>{name}</h3>}
            <ul>
              {items.map((one) => (
                <li key={seriesId(one)}>
                  <label class={`depth-${depthOf(one)}`}>
                    <input
                      type="checkbox"
                      checked={chosen.includes(seriesId(one))}
                      onChange={() => onToggle(seriesId(one))}
                    />
                    <span>{nameOf(one, now)}</span>
                    <span class="figure">
                      {figure(one.points.findLast(({ value }) => value !== null)?.value ?? null, one.unit)}
                    </span>
                  </label>
                </li>
              ))}
            </ul>
          </div>
        ))}
    </fieldset>
  );
}

function depthOf({ capability }: Series): number {
  if (capability === null || capability === '*' || capability.startsWith('probe.')) return 0;
  return Math.min(3, capability.split('.').length);
}
