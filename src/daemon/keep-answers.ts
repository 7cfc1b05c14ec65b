/** A run that is judged anew gets the same alerts again; what the team answered to them stands. */
import type { Store } from '../store/open-store.ts';

/** Forgets the run's verdicts and regression alerts, so that an import that is broken off is judged the next time. @returns how to give those that came back the answers they had */
export function keepAnswers(store: Store, run: string): () => void {
  const answered = store.alerts
    .ofRun(run)
    .filter(({ kind }) => kind === 'regression')
    .flatMap((alert) => {
      const last = store.alerts.history(alert.id).at(-1);
      return last === undefined || last.by === 'libra' ? [] : [{ alert, last }];
    });
  store.transaction(() => {
    store.alerts.forgetRegressions(run);
    store.verdicts.forget(run);
  });
  return () => {
    for (const { alert, last } of answered) {
      const again = store.alerts.get(alert.id);
      if (again === null || again.state === 'resolved') continue;
      const resolvedAtStep = last.to === 'resolved' ? alert.resolvedAtStep : again.resolvedAtStep;
      store.alerts.save({ ...again, state: last.to, resolvedAtStep }, last.by, last.why);
    }
  };
}
