/** The section of libra.yaml that says when and how the team is told. */
import { z } from 'zod';
import type { AlertKind, Severity } from '../domain/alert.ts';
import { key, section } from './key.ts';
import { duration } from './measures.ts';
import { QUIETING_KEYS } from './quieting-section.ts';
import { clockTime, names, orNull, text, timeZone } from './values.ts';

const SEVERITIES = ['info', 'warning', 'critical'] as const satisfies readonly Severity[];
const ALERT_KINDS = [
  'regression',
  'non-finite-loss',
  'telemetry-spike',
  'stalled',
  'evaluation-failing',
  'falling-behind',
  'checkpoint-vanished',
] as const satisfies readonly AlertKind[];
const SAMPLES = ['full', 'ids', 'none'] as const;

const route = z.strictObject({
  runs: key('Runs it is for, by id or name, with wildcards; empty is all.', names),
  kinds: key('Kinds of alert; empty is all.', z.array(z.enum(ALERT_KINDS)).prefault([]), { example: ['regression'] }),
  severities: key('Severities; empty is all.', z.array(z.enum(SEVERITIES)).prefault([]), { example: ['critical'] }),
  capabilities: key('Capabilities (with all below them); empty is all.', names, { example: ['safety'] }),
  to: key('Names of the notifiers that get it.', z.array(text).min(1), { example: ['terminal'] }),
});

export const ALERT_SECTION = {
  alerts: section('When and how the team is told.', {
    thresholds: section('Evidence that is needed, in standard errors (see how Libra decides).', {
      single: key('For a drop seen at one checkpoint.', z.number().positive().prefault(6)),
      several: key('For a drop that lasts over several checkpoints.', z.number().positive().prefault(4.2)),
      suspected: key('For a suspicion: shown, not sent.', z.number().positive().prefault(3)),
      min_drop: key(
        "Smallest drop worth telling, by metric, in the metric's own units; a metric not named has its own default (acc 0.01).",
        z.record(text, z.number().positive()).prefault({}),
        { example: { acc: 0.02 } },
      ),
    }),
    routes: key(
      'Who gets what: every route that matches; without routes every notifier gets every alert.',
      z.array(route).prefault([]),
    ),
    quiet_hours: key(
      'When only the severities named in `except` are sent; the rest waits for the end.',
      z
        .strictObject({
          from: key('Begin.', clockTime, { example: '22:00' }),
          to: key('End.', clockTime, { example: '07:30' }),
          time_zone: key('Time zone.', timeZone.prefault('UTC'), { example: 'Asia/Shanghai' }),
          except: key('Severities sent at any time.', z.array(z.enum(SEVERITIES)).prefault(['critical'])),
        })
        .nullable()
        .prefault(null),
    ),
    ...QUIETING_KEYS,
    reminders: section('What happens while nobody acknowledges, silences or resolves an alert.', {
      every: key('Time between reminders; null sends none.', orNull(duration), { example: '4h' }),
      most: key('Most reminders of one alert.', z.int().min(1).max(100).prefault(3)),
      severities: key('Severities that are reminded of.', z.array(z.enum(SEVERITIES)).prefault(['critical'])),
      escalate_after: key('Time after which those named in `escalate_to` get it too; null never.', orNull(duration), {
        example: '1h',
      }),
      escalate_to: key('Names of notifiers.', names, { example: ['terminal'] }),
    }),
    language: key('Language of the texts: en, zh, or both.', z.enum(['en', 'zh', 'both']).prefault('both')),
    links: key(
      'Messages carry links to acknowledge or silence the alert without a token, good for 7 days; only where server.public_url is set.',
      z.boolean().prefault(true),
    ),
    samples: key(
      'How much of a doc may leave by an alert: full, its ids, or none; null is full on the terminal and ids elsewhere.',
      orNull(z.enum(SAMPLES)),
    ),
  }),
};
