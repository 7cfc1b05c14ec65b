/** "We changed ... at step S" from a terminal, and what came of the changes so far. */
import { userInfo } from 'node:os';
import { intervene } from '../../daemon/intervene.ts';
import { type InterventionReply, readInterventions } from '../../daemon/read-interventions.ts';
import { openStoreForReading } from '../../store/open-store.ts';
import { systemClock } from '../../system/clock.ts';
import type { InterveneOptions } from '../commands/alert.ts';
import { dataDirectoryOf } from '../data-directory.ts';
import { createPalette, wantsColour } from '../terminal/color.ts';
import { renderInterventions } from '../trend/render-interventions.ts';
import type { TextOutput } from './show-alerts.ts';
import { writeThere } from './write-there.ts';

/** @throws LIBRA_RUN_UNKNOWN, LIBRA_TOKEN_MISSING, LIBRA_DIRECTORY_MISSING */
export async function sendIntervention(run: string, options: InterveneOptions, output: TextOutput): Promise<void> {
  const directory = dataDirectoryOf(options.data);
  const said = { step: options.step, note: options.note, by: options.by ?? userInfo().username };
  const intervention = await writeThere<InterventionReply>(directory, {
    path: `/api/v1/runs/${encodeURIComponent(run)}/interventions`,
    body: said,
    straight: (store, events) => {
      const { id } = intervene(store, events, run, said);
      return readInterventions(store, run).find((each) => each.id === id)!;
    },
  });
  print([intervention], options, output);
}

/** @throws LIBRA_RUN_UNKNOWN, LIBRA_DIRECTORY_MISSING */
export function showInterventions(
  run: string,
  options: Pick<InterveneOptions, 'data' | 'json'>,
  output: TextOutput,
): void {
  const store = openStoreForReading({ directory: dataDirectoryOf(options.data), now: systemClock.now });
  try {
    print(readInterventions(store, run), options, output);
  } finally {
    store.close();
  }
}

function print(
  interventions: readonly InterventionReply[],
  { json }: Pick<InterveneOptions, 'json'>,
  output: TextOutput,
): void {
  const text = renderInterventions(interventions, createPalette(wantsColour(output)));
  output.write(`${json ? JSON.stringify({ items: interventions }) : text || 'No change was told.'}\n`);
}
