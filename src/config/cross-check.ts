/** What no single key can know: names that must exist, and keys that need one another. */
import { CAPABILITIES } from '../domain/capability.ts';
import { nearest } from './nearest.ts';
import { type Problem, pathText, valueAt } from './problems.ts';
import { CLOCK_TIME } from './values.ts';

/** Works on the configuration as written, so that these problems are told together with all others. */
export function crossCheck(raw: unknown): Problem[] {
  return [
    ...routesToNobody(raw),
    ...remindersToNobody(raw),
    ...windowsThatNeverAre(raw),
    ...openServer(raw),
    ...almostCapabilities(raw),
  ];
}

function routesToNobody(raw: unknown): Problem[] {
  return asList(valueAt(raw, ['alerts', 'routes'])).flatMap((_, position) =>
    unknownNotifiers(raw, ['alerts', 'routes', position, 'to']),
  );
}

function remindersToNobody(raw: unknown): Problem[] {
  return unknownNotifiers(raw, ['alerts', 'reminders', 'escalate_to']);
}

/** Of a list of their names. */
function unknownNotifiers(raw: unknown, list: readonly (string | number)[]): Problem[] {
  const notifiers = Object.keys(asObject(valueAt(raw, ['notifiers']) ?? { terminal: {} }));
  return asList(valueAt(raw, list)).flatMap((name, at) => {
    if (typeof name !== 'string' || notifiers.includes(name)) return [];
    const path = [...list, at];
    const sentence = `${pathText(path)} names the notifier '${name}', which does not exist (there are: ${notifiers.join(', ')})`;
    return [{ path, isAboutKey: false, sentence, suggestion: nearest(name, notifiers) }];
  });
}

/** Both ends are written in the same way, and the end is after the begin. */
function windowsThatNeverAre(raw: unknown): Problem[] {
  return asList(valueAt(raw, ['alerts', 'maintenance'])).flatMap((window, position) => {
    const { from, until, days } = asObject(window);
    if (typeof from !== 'string' || typeof until !== 'string') return [];
    const path = ['alerts', 'maintenance', position];
    const tell = (name: string, sentence: string): Problem[] => [
      {
        path: [...path, name],
        isAboutKey: false,
        sentence: `${pathText([...path, name])} ${sentence}`,
        suggestion: null,
      },
    ];
    if (CLOCK_TIME.test(from) !== CLOCK_TIME.test(until))
      return tell('until', `must be written as \`from\` is: '${from}' and '${until}' are a time of day and a time`);
    if (CLOCK_TIME.test(from)) return [];
    if (Date.parse(until) <= Date.parse(from)) return tell('until', `is '${until}', which is not after '${from}'`);
    return asList(days).length > 0 ? tell('days', 'needs times of day, such as from: 22:00') : [];
  });
}

function openServer(raw: unknown): Problem[] {
  const host = valueAt(raw, ['server', 'host']);
  if (typeof host !== 'string' || isLoopback(host) || asList(valueAt(raw, ['server', 'tokens'])).length > 0) return [];
  const sentence = `server.host is '${host}', which others can reach, so server.tokens must name who may use it`;
  return [{ path: ['server', 'host'], isAboutKey: false, sentence, suggestion: null }];
}

/** A new capability may have any id, but one that is nearly a built-in one is a slip of the pen. */
function almostCapabilities(raw: unknown): Problem[] {
  const known = CAPABILITIES.map((capability) => capability.id);
  return Object.entries(asObject(valueAt(raw, ['capabilities']))).flatMap(([task, ids]) =>
    asList(ids).flatMap((id, at) => {
      if (typeof id !== 'string' || known.includes(id)) return [];
      const parent = id.slice(0, id.lastIndexOf('.'));
      const near = nearest(id, known);
      const isNew =
        near === null ||
        (known.includes(parent) && !isSlip(id.slice(parent.length), near.slice(near.lastIndexOf('.'))));
      if (isNew) return [];
      const path = ['capabilities', task, at];
      return [
        {
          path,
          isAboutKey: false,
          sentence: `${pathText(path)} is '${id}', which is nearly a built-in capability`,
          suggestion: near,
        },
      ];
    }),
  );
}

const isSlip = (written: string, meant: string): boolean => nearest(written, [meant]) !== null;

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
