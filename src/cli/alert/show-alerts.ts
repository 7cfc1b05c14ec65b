/** Alerts in the terminal, read beside a running daemon. */
import type { AlertDetailReply, AlertReply } from '../../api/contract.ts';
import { presentAlert } from '../../api/present.ts';
import { presentAlertDetail } from '../../api/present-alert-detail.ts';
import { findRun } from '../../daemon/find-run.ts';
import { nameOf } from '../../domain/capability.ts';
import { LibraError } from '../../domain/errors.ts';
import { OPEN_ALERT_STATES, type StoredAlert } from '../../store/alerts.ts';
import { openStoreForReading, type Store } from '../../store/open-store.ts';
import { systemClock } from '../../system/clock.ts';
import type { AlertOptions } from '../commands/alert.ts';
import { dataDirectoryOf } from '../data-directory.ts';
import { columnsOf, createPalette, type Output, type Palette, wantsColour } from '../terminal/color.ts';
import { renderTable } from '../terminal/table.ts';
import { printable } from '../terminal/width.ts';

export type TextOutput = Output & { write(text: string): unknown };

const MOST = 1000;

/** @throws LIBRA_RUN_UNKNOWN, LIBRA_DIRECTORY_MISSING */
export function listAlerts(options: AlertOptions, output: TextOutput): void {
  read(options, (store) => {
    const alerts = store.alerts.page({
      limit: MOST,
      ...(options.run === undefined ? {} : { run: findRun(store, options.run).id }),
      ...(options.all ? {} : { states: OPEN_ALERT_STATES }),
    });
    if (options.json) output.write(`${JSON.stringify({ items: alerts.map(presentAlert), next: null })}\n`);
    else output.write(`${renderAlerts(alerts, output)}\n`);
  });
}

/** @throws LIBRA_NOT_FOUND, LIBRA_DIRECTORY_MISSING */
export function showAlert(id: string, options: AlertOptions, output: TextOutput): void {
  read(options, (store) => {
    const alert = findAlert(store, id);
    const detail = presentAlertDetail(store, alert);
    const text = options.json ? JSON.stringify(detail) : renderAlert(detail, createPalette(wantsColour(output)));
    output.write(`${text}\n`);
  });
}

/** By its id or an unmistakable beginning of it. @throws LIBRA_NOT_FOUND */
export function findAlert(store: Store, id: string): StoredAlert {
  const exact = store.alerts.get(id);
  if (exact !== null) return exact;
  const near = store.alerts.page({ limit: MOST }).filter((alert) => id !== '' && alert.id.startsWith(id));
  if (near.length === 1) return near[0]!;
  const what = near.length === 0 ? `There is no alert '${id}'.` : `'${id}' may mean ${near.length} alerts.`;
  throw new LibraError('LIBRA_NOT_FOUND', what, { hint: 'See `libra alert list --all` for the alerts there are.' });
}

function read(options: AlertOptions, work: (store: Store) => void): void {
  const store = openStoreForReading({ directory: dataDirectoryOf(options.data), now: systemClock.now });
  try {
    work(store);
  } finally {
    store.close();
  }
}

function renderAlerts(alerts: readonly StoredAlert[], output: TextOutput): string {
  if (alerts.length === 0) return 'No alert.';
  const palette = createPalette(wantsColour(output));
  return renderTable(
    [
      { title: 'id', canShrink: false },
      { title: 'state', canShrink: false },
      { title: 'run' },
      { title: 'step', align: 'right' },
      { title: 'what', paint: (cell, row) => (alerts[row]!.state === 'firing' ? palette.red(cell) : cell) },
    ],
    alerts.map((alert) => [
      alert.id,
      stateText(alert),
      alert.run,
      alert.step?.toLocaleString('en-US') ?? '',
      alert.title,
    ]),
    { width: output.isTTY ? columnsOf(output, 80) : undefined, palette },
  );
}

function renderAlert(alert: AlertDetailReply, palette: Palette): string {
  const heading = alert.state === 'firing' ? palette.red(printable(alert.title)) : palette.bold(printable(alert.title));
  const place = [
    `run ${alert.run}`,
    stepText('step', alert.step),
    stepText('since step', alert.since_step),
    stateText(alert),
  ];
  const members = alert.members.map(memberLine);
  const examples = alert.examples.map(
    (one) =>
      `${printable(one.question)}  expected ${printable(one.expected)}, was ${printable(one.before)}, now ${printable(one.after)}`,
  );
  const advice = alert.advice.map((one) => printable(`${one.action} (${one.confidence} confidence): ${one.why}`));
  const history = alert.history.map((one) =>
    printable(`${one.at}  ${one.to} by ${one.actor}${one.why ? `: ${one.why}` : ''}`),
  );
  const messages = alert.deliveries.map((message) => {
    const { channel, event, state, last_error: error, next_at: next } = message;
    const kept = message.folded_into !== null ? 'summed up with others' : message.is_held_back ? 'held back' : null;
    const more = [kept, error, next === null || error === null ? null : `next attempt ${next}`].filter(
      (part) => part !== null,
    );
    return printable(`${channel}: ${event} ${state}${more.length ? ` (${more.join('; ')})` : ''}`);
  });
  return [
    heading,
    palette.dim(place.filter(Boolean).join(' · ')),
    printable(alert.summary),
    section('Evidence', members),
    section('Docs that flipped', examples),
    section('What to try', advice),
    alert.last_good_checkpoint === null ? '' : `Last good checkpoint: ${printable(alert.last_good_checkpoint)}`,
    section('History', history),
    section('Messages', messages),
  ]
    .filter((block) => block !== '')
    .join('\n');
}

function memberLine(member: AlertReply['members'][number]): string {
  const isProportion = member.metric === 'score' || member.metric.startsWith('acc') || member.metric === 'exact_match';
  const show = (value: number | null, unit: string): string =>
    value === null ? '?' : isProportion ? `${(value * 100).toFixed(1)}${unit}` : String(Number(value.toPrecision(4)));
  const [low, high] = member.ci95;
  const change = `${show(member.difference, ' points')} [${show(low, '')}, ${show(high, '')}], n ${member.n}`;
  return `${printable(nameOf(member.capability).en)}: ${show(member.from, ' %')} -> ${show(member.to, ' %')} (${change})`;
}

/** `firing (kept: maintenance)`: one that is not sent says why. */
function stateText({ state, held }: Pick<AlertReply, 'state' | 'held'>): string {
  if (held === null) return state;
  return `${state} (${held.cause === null ? (held.by === 'flapping' ? 'comes and goes' : `kept: ${held.by}`) : `kept: follows from ${held.cause}`})`;
}

function stepText(label: string, step: number | null): string {
  return step === null ? '' : `${label} ${step.toLocaleString('en-US')}`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`${title}:`, ...lines.map((line) => `  ${line}`)].join('\n');
}
