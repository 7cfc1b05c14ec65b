/** A real SMTP server that keeps the mails it takes and refuses as told. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { SELF_SIGNED } from './bad-servers.ts';

export interface MailCatcher extends AsyncDisposable {
  readonly port: number;
  /** Raw messages, headers unfolded. */
  readonly mails: readonly { readonly to: readonly string[]; readonly raw: string; readonly isEncrypted: boolean }[];
}

export interface MailCatcherOptions {
  /** SMTP code for a receiver; null takes it. */
  readonly refuse?: (receiver: string) => number | null;
  readonly user?: { readonly name: string; readonly password: string };
  readonly offersTls?: boolean;
  /** TLS from the first byte, by the certificate of nobody. */
  readonly speaksTls?: boolean;
}

export async function startMailCatcher(options: MailCatcherOptions = {}): Promise<MailCatcher> {
  const mails: { to: string[]; raw: string; isEncrypted: boolean }[] = [];
  const server = new SMTPServer({
    secure: options.speaksTls ?? false,
    key: SELF_SIGNED.key,
    cert: SELF_SIGNED.cert,
    authOptional: !options.user,
    allowInsecureAuth: true,
    disabledCommands: options.offersTls ? [] : ['STARTTLS'],
    onAuth(auth, _session, done) {
      const isRight = auth.username === options.user?.name && auth.password === options.user?.password;
      if (isRight) done(null, { user: auth.username ?? '' });
      else done(Object.assign(new Error('wrong password'), { responseCode: 535 }));
    },
    onRcptTo({ address }, _session, done) {
      const code = options.refuse?.(address) ?? null;
      if (code === null) done();
      else done(Object.assign(new Error(`not now, not here (${code})`), { responseCode: code }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks)
          .toString('utf8')
          .replace(/\r\n[ \t]+/g, ' ');
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw, isEncrypted: session.secure });
        done();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
