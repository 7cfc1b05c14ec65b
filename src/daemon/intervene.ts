/** The team says what it changed in the training: kept, told as an event, marked on the trends. */
import type { Intervention } from '../domain/intervention.ts';
import type { Store } from '../store/open-store.ts';
import type { EventBus } from './event-bus.ts';
import { findRun } from './find-run.ts';

/** The same step and note again changes nothing. @throws LIBRA_RUN_UNKNOWN */
export function intervene(
  store: Store,
  events: Pick<EventBus, 'emit' | 'transact'>,
  runName: string,
  { step, note, by }: Pick<Intervention, 'step' | 'note' | 'by'>,
): Intervention {
  const run = findRun(store, runName).id;
  return events.transact(() => {
    const { intervention, isNew } = store.interventions.add({ run, step, note, by });
    if (isNew) events.emit('run.intervention', { run, step, note, by });
    return intervention;
  });
}
