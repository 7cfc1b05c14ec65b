/** `npm run bench [time-lapse|disturbance|verdict-cost|verdicts|verdict-trade-off|requests|large-set|humaneval|alert-storm]`: the figures Libra is judged by, as a table. Needs the build. */
import { cpus } from 'node:os';
import { benchAlertDelivery } from './alert-delivery.ts';
import { benchAlertStorm } from './alert-storm.ts';
import { benchLargeSet } from './datasets/large-set.ts';
import { benchRequests } from './datasets/requests.ts';
import { benchHumanEval } from './humaneval.ts';
import { benchDisturbance, benchTimeLapse, type Figure } from './time-lapse.ts';
import { benchVerdictCost } from './verdict-cost.ts';
import { benchTradeOff } from './verdict-trade-off.ts';
import { benchVerdicts } from './verdicts.ts';

const BENCHES: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  'time-lapse': benchTimeLapse,
  disturbance: () => benchDisturbance(cpus().length),
  requests: benchRequests,
  'large-set': () => benchLargeSet(2e9),
  humaneval: benchHumanEval,
  'verdict-cost': benchVerdictCost,
  'verdict-trade-off': async () => benchTradeOff(),
  'alert-storm': benchAlertStorm,
  'alert-delivery': benchAlertDelivery,
  verdicts: async () =>
    (await benchVerdicts()).map(({ name, value, goal }) => ({ what: name, value: `${value}  goal ${goal}` })),
};

const asked = process.argv.slice(2);
for (const [name, bench] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n${name}`);
  for (const { what, value } of await bench()) console.log(`  ${what.padEnd(70)} ${value}`);
}
