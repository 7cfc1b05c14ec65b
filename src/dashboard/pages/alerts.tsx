/** All alerts, those that want somebody first. */
import type { AlertReply } from '../../api/contract.ts';
import { useObservable } from '../observable.ts';
import { AlertSummary } from '../parts/alert-summary.tsx';
import { Empty, Loaded } from '../parts/notices.tsx';
import { amend, place } from '../router.ts';
import { useResource } from '../use-resource.ts';
import { useWords } from '../words.ts';

const OPEN: readonly string[] = ['firing', 'acknowledged', 'silenced'];

export function AlertsPage() {
  const words = useWords();
  const { query } = useObservable(place);
  const run = query.get('run');
  const isAll = query.get('show') === 'all';
  const alerts = useResource<{ items: AlertReply[] }>(
    `/api/v1/alerts?limit=500${run === null ? '' : `&run=${encodeURIComponent(run)}`}`,
    run,
  );
  return (
    <>
      <div class="row between">
        <h1>
          {words.alerts.title}
          {run !== null && `: ${run}`}
        </h1>
        <span class="row">
          <button type="button" aria-pressed={!isAll} onClick={() => amend({ show: null })}>
            {words.alerts.open}
          </button>
          <button type="button" aria-pressed={isAll} onClick={() => amend({ show: 'all' })}>
            {words.alerts.all}
          </button>
        </span>
      </div>
      <Loaded resource={alerts}>
        {({ items }) => {
          const shown = items.filter(({ state }) => isAll || OPEN.includes(state));
          return shown.length === 0 ? (
            <Empty title={words.alerts.empty} hint={words.alerts.emptyHint} />
          ) : (
            shown.map((alert) => <AlertSummary key={alert.id} alert={alert} />)
          );
        }}
      </Loaded>
    </>
  );
}
