/** Scores of a checkpoint with interval and n, one family of metrics at a time. */
import { useState } from 'preact/hooks';
import type { ScoreReply } from '../../api/contract.ts';
import { count, figure, interval, unitOf } from '../format.ts';
import { useResource } from '../use-resource.ts';
import { say, useWords } from '../words.ts';
import { type Column, DataTable } from './data-table.tsx';
import { Loaded } from './notices.tsx';

/** Language modelling is no mean of proportions, although it too is called a score. */
const isBits = ({ capability }: ScoreReply) => capability?.startsWith('probe.lm') === true;

export function ScoreTable({ id, path }: { readonly id: string; readonly path: string }) {
  const words = useWords();
  const [family, setFamily] = useState('accuracy');
  const [isWhole, setWhole] = useState(false);
  const scores = useResource<{ scores: ScoreReply[] }>(`${path}/scores`);
  const unit = (score: ScoreReply) => score.unit || unitOf(isBits(score) ? 'bits_per_byte' : score.metric, score.value);
  const columns: Column<ScoreReply>[] = [
    {
      head: words.capability,
      cell: ({ capability, task }) => (capability === '*' ? words.whole : (capability ?? task)),
      save: ({ capability, task }) => capability ?? task,
    },
    { head: words.metric, cell: ({ metric }) => metric },
    {
      head: words.value,
      cell: (score) => figure(score.value, unit(score)),
      save: ({ value }) => value,
      isNumber: true,
    },
    { head: words.interval, cell: (score) => interval(score.ci95, unit(score)), isNumber: true },
    { head: words.docs, cell: ({ n }) => count(n), save: ({ n }) => n, isNumber: true },
    { head: words.reason, cell: ({ reason }) => reason ?? '' },
  ];
  return (
    <section class="card">
      <h2>{words.checkpoint.scores}</h2>
      <Loaded resource={scores}>
        {({ scores: all }) => {
          const families = [...new Set(all.map((score) => score.family as string))];
          return (
            <>
              <p class="row">
                {families.map((one) => (
                  <button key={one} type="button" aria-pressed={one === family} onClick={() => setFamily(one)}>
                    {say(words.checkpoint.families, one)}
                  </button>
                ))}
                {family === 'accuracy' && (
                  <label class="small">
                    <input
                      type="checkbox"
                      checked={isWhole}
                      onChange={(event) => setWhole(event.currentTarget.checked)}
                    />{' '}
                    {words.checkpoint.attached}
                  </label>
                )}
              </p>
              <DataTable
                name={`scores-${id}`}
                caption={words.checkpoint.scores}
                columns={columns}
                rows={all.filter(
                  (score) => score.family === family && (isWhole || !score.attached || family !== 'accuracy'),
                )}
                keyOf={(score) => `${score.capability}${score.task}${score.metric}`}
              />
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
