/** Docs right on one side and wrong on the other, with both answers; searchable. */
import { useState } from 'preact/hooks';
import { count } from '../format.ts';
import type { Comparison } from '../pages/compare.tsx';
import { fill, useWords } from '../words.ts';
import { saveFile, toCsv } from './save-file.ts';

const SHOWN = 30;
const CHANGES = ['lost', 'gained'] as const;

export function FlippedDocs({ flips, name }: { readonly flips: Comparison['flips']; readonly name: string }) {
  const words = useWords();
  const [wanted, setWanted] = useState('');
  const [change, setChange] = useState<'' | 'lost' | 'gained'>('');
  const needle = wanted.trim().toLowerCase();
  const found = flips.filter(
    (flip) =>
      (change === '' || flip.change === change) &&
      [flip.task, flip.doc_id, flip.question, flip.expected, flip.a, flip.b].some((text) =>
        text?.toLowerCase().includes(needle),
      ),
  );
  const save = () =>
    saveFile(
      `flips-${name}.csv`,
      'text/csv',
      toCsv(
        ['task', 'doc', 'change', 'question', 'expected', 'a', 'b'],
        found.map((flip) => [flip.task, flip.doc_id, flip.change, flip.question, flip.expected, flip.a, flip.b]),
      ),
    );
  return (
    <section class="card">
      <h2>{words.compare.flips}</h2>
      <div class="row">
        <input
          type="search"
          placeholder={words.compare.search}
          aria-label={words.compare.search}
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
        <button type="button" aria-pressed={change === ''} onClick={() => setChange('')}>
          {words.compare.all}
        </button>
        {CHANGES.map((one) => (
          <button key={one} type="button" aria-pressed={change === one} onClick={() => setChange(one)}>
            {words.compare[one]}
          </button>
        ))}
        <span class="soft small">
          {fill(words.compare.shown, { n: count(Math.min(SHOWN, found.length)), m: count(found.length) })}
        </span>
        <button type="button" onClick={save}>
          CSV
        </button>
      </div>
      {found.some(({ question }) => question === '') && <p class="soft small">{words.compare.notKept}</p>}
      {found.length === 0 && <p class="soft">{words.compare.noFlips}</p>}
      <div class="flips">
        {found.slice(0, SHOWN).map((flip) => (
          <article key={`${flip.task} ${flip.doc_id} ${flip.change}`} class="example">
            <div class="row">
              <span class={flip.change === 'lost' ? 'bad' : 'good'}>
                {flip.change === 'lost' ? '✗' : '✓'} {words.compare[flip.change]}
              </span>
              <span class="soft small">
                {flip.task} · {flip.doc_id}
              </span>
            </div>
            {flip.question !== '' && <p class="text">{flip.question}</p>}
            <dl class="facts">
              {flip.expected !== '' && <dt>{words.alerts.expected}</dt>}
              {flip.expected !== '' && <dd class="text">{flip.expected}</dd>}
              <dt>a</dt>
              <dd class="text">{flip.a ?? '–'}</dd>
              <dt>b</dt>
              <dd class="text">{flip.b ?? '–'}</dd>
            </dl>
          </article>
        ))}
      </div>
    </section>
  );
}
