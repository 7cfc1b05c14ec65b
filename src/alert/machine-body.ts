/** A message as machines get it, the same by webhook, command and file: `{type, timestamp, data}` as Standard Webhooks has it. */
import type { Outgoing } from './notifier.ts';

/** `data` holds the alert and its words. */
export function machineBody(outgoing: Outgoing) {
  const { message, alert, alerts } = outgoing;
  const title = message.texts[0]?.title ?? '';
  return {
    type: outgoing.event,
    timestamp: outgoing.at,
    data: {
      run: message.run,
      title,
      link: message.link,
      ...(message.actions && { actions: message.actions }),
      alert,
      ...(alerts === undefined ? {} : { alerts }),
      texts: message.texts,
    },
  };
}
