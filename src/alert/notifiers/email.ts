/** Sends alerts by e-mail: text and HTML, one thread an alert (the only nodemailer import). */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import { messageOf } from '../../domain/errors.ts';
import { type Clock, systemClock } from '../../system/clock.ts';
import { sha256 } from '../../system/hash.ts';
import { cleanLine } from '../clean-text.ts';
import type { DeliveryOutcome, Notifier, Outgoing } from '../notifier.ts';
import { rasterise } from '../rasterise.ts';
import { pictureId, renderHtml } from '../render-html.ts';
import { renderText, titleLine } from '../render-text.ts';

export interface EmailNotifierOptions {
  readonly name: string;
  readonly host: string;
  /** Null: 465 with `tls`, else 587. */
  readonly port: number | null;
  /** TLS from the first byte; otherwise STARTTLS where the server offers it. */
  readonly tls: boolean;
  readonly user: string | null;
  readonly password: string | null;
  readonly from: string;
  readonly to: readonly string[];
  /** Of silence; a mail as a whole may take four times as long. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

const TIMEOUT_MS = 15_000;
const PARTS = 4;

export function createEmailNotifier(options: EmailNotifierOptions): Notifier {
  const { clock = systemClock, timeoutMs = TIMEOUT_MS } = options;

  async function send(outgoing: Outgoing, signal?: AbortSignal): Promise<DeliveryOutcome> {
    // A connection of its own for each mail: so one that hangs can be cut.
    const port = options.port ?? (options.tls ? 465 : 587);
    const socket = connect({ host: options.host, port });
    // What goes wrong while nobody else listens is told to whoever waits for the socket or uses it next.
    socket.on('error', () => {});
    const cut = () => void socket.destroy(new Error('called off'));
    const endAfter = (ms: number, what: string) =>
      clock.after(ms, () => socket.destroy(new Error(`the mail server did not ${what} within ${ms / 1000} s`)));
    const opening = endAfter(timeoutMs, 'answer');
    const deadline = endAfter(timeoutMs * PARTS, 'end');
    signal?.addEventListener('abort', cut, { once: true });
    try {
      const [attachments] = await Promise.all([picturesOf(outgoing), once(socket, 'connect')]);
      opening.cancel();
      const transport = transportOver(socket, options, timeoutMs);
      const sent = await transport.sendMail({ ...mailOf(outgoing, options), attachments });
      const refused = (sent.rejected ?? []).length;
      return {
        kind: 'sent',
        detail: refused ? `accepted, except for ${refused} receiver(s)` : 'accepted by the mail server',
      };
    } catch (error) {
      return outcomeOf(error, options.name);
    } finally {
      opening.cancel();
      deadline.cancel();
      signal?.removeEventListener('abort', cut);
      cut();
    }
  }

  return {
    name: options.name,
    type: 'email',
    defaultSamples: 'ids',
    takesActions: true,
    takesPictures: true,
    send,
    close: () => {},
  };
}

function transportOver(connection: Socket, { host, tls, user, password }: EmailNotifierOptions, timeout: number) {
  return createTransport({
    host,
    connection,
    secure: tls,
    // A password never travels in the clear, except on this machine.
    requireTLS: user !== null && !tls && !isLoopback(host),
    ...(user !== null && { auth: { user, pass: password ?? '' } }),
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** Headers: threads by References to a root made from the alert (and by an equal subject), List-Id by run, marked as automatic (RFC 3834). */
export function mailOf(outgoing: Outgoing, options: Pick<EmailNotifierOptions, 'from' | 'to'>) {
  const { message } = outgoing;
  const domain = /@([\w.-]+)/.exec(options.from)?.[1] ?? 'libra.invalid';
  const root = `<alert-${sha256(message.thread).slice(0, 24)}@${domain}>`;
  const text = message.texts[0];
  return {
    from: options.from,
    to: [...options.to],
    subject: `${text ? titleLine({ ...message, isResolved: false }, text) : 'Libra'}`.replace(
      /^/,
      message.isResolved ? '[Resolved] ' : '',
    ),
    text: renderText(message),
    html: renderHtml(message),
    messageId: `<${sha256(outgoing.key).slice(0, 32)}@${domain}>`,
    inReplyTo: root,
    references: [root],
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'OOF, AutoReply',
      'List-Id': `Libra ${asciiName(message.run)} <${asciiName(message.run)}.libra.${domain}>`,
      ...(message.severity === 'critical' && !message.isResolved && { Importance: 'high' }),
    },
  };
}

/** Each inside the message, under the address that its HTML has for it. */
async function picturesOf({ message }: Outgoing) {
  const pictures = (message.pictures ?? []).map(async ({ name, svg }) => ({
    filename: `${name}.png`,
    content: await rasterise(svg),
    contentType: 'image/png',
    contentDisposition: 'inline' as const,
    cid: pictureId(name),
  }));
  return Promise.all(pictures);
}

/** SMTP 5xx and refused logins are for good (RFC 5321, 4.2.1); 4xx and network trouble pass. */
function outcomeOf(error: unknown, name: string): DeliveryOutcome {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  const what = cleanLine(messageOf(error), 300);
  const isPermanent =
    (responseCode !== undefined && responseCode >= 500) ||
    (code === 'EAUTH' && !is4xx(responseCode)) ||
    (code === 'EENVELOPE' && !is4xx(responseCode));
  const text = `E-mail by ${name} failed: ${what}`;
  return isPermanent ? { kind: 'dead', error: text } : { kind: 'retry', error: text, afterMs: null };
}

function is4xx(code: number | undefined): boolean {
  return code !== undefined && code >= 400 && code <= 499;
}

function asciiName(run: string): string {
  return (
    run
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'run'
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
