/** A trial message to every channel, and what came back in a line each. */
import { randomUUID } from 'node:crypto';
import { closest } from 'fastest-levenshtein';
import type { Notifier } from '../../alert/notifier.ts';
import { trialMessage } from '../../alert/trial-message.ts';
import { loadConfig } from '../../config/load.ts';
import { openNotifiers } from '../../daemon/open-notifiers.ts';
import { LibraError } from '../../domain/errors.ts';
import { rfc3339, systemClock } from '../../system/clock.ts';
import { rootOf } from '../../watch/match-run.ts';
import type { NotifyTestOptions } from '../commands/notify.ts';
import { createPalette, type Output, wantsColour } from '../terminal/color.ts';
import { printable } from '../terminal/width.ts';

/** One attempt each, side by side. @returns the exit code. @throws LIBRA_USAGE for a name that is none, LIBRA_CONFIG_INVALID, LIBRA_SECRET_MISSING */
export async function testNotifiers(
  names: readonly string[],
  { config: path, json }: NotifyTestOptions,
  output: Output & { write(text: string): unknown },
): Promise<number> {
  const file = path === undefined ? {} : { file: path };
  const { config } = loadConfig({ cwd: process.cwd(), env: process.env, ...file });
  const all = openNotifiers(config, {
    env: process.env,
    clock: systemClock,
    roots: config.runs.map(({ path: watched }) => rootOf(watched)),
    // With --json nothing but the result may stand on stdout.
    terminal: { write: (text) => void (json ? process.stderr : output).write(text), isTTY: output.isTTY === true },
  });
  try {
    const wanted = chosen(all, names);
    const message = trialMessage(config.alerts.language);
    const at = rfc3339(systemClock.now());
    const results = await Promise.all(
      wanted.map(async (notifier) => {
        const outcome = await notifier.send({ key: `msg_${randomUUID()}`, event: 'test', at, message, alert: null });
        const detail = outcome.kind === 'sent' ? outcome.detail : outcome.error;
        return { name: notifier.name, type: notifier.type, outcome: outcome.kind, detail };
      }),
    );
    const ok = results.every(({ outcome }) => outcome === 'sent');
    const palette = createPalette(wantsColour(output));
    const lines = results.map(({ name, type, outcome, detail }) => {
      const word =
        outcome === 'sent'
          ? palette.green('sent')
          : outcome === 'retry'
            ? palette.yellow('not now (Libra would try again)')
            : palette.red('refused');
      return `${palette.bold(printable(name))} (${type}): ${word}: ${printable(detail)}`;
    });
    output.write(`${json ? JSON.stringify({ ok, notifiers: results }) : lines.join('\n')}\n`);
    return ok ? 0 : 1;
  } finally {
    for (const notifier of all) notifier.close();
  }
}

function chosen(all: readonly Notifier[], names: readonly string[]): readonly Notifier[] {
  const known = all.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new LibraError('LIBRA_USAGE', `There is no notifier '${unknown}' in the configuration.`, {
      hint: `Did you mean '${closest(unknown, known)}'? There are: ${known.join(', ')}.`,
    });
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}
