/**
 * Links by which a message is answered: signed, for one action on one alert by one channel, and good for a week. Who has the link may do that one
 * thing and nothing else; who deletes the key file makes every link void.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import type { AlertAction } from '../domain/alert-action.ts';
import { ensureSecretFile } from '../system/secret-file.ts';

const FILE = 'link-key';
const GOOD_FOR_MS = 7 * 86_400_000;

/** What a link says. */
export interface ActionLink {
  readonly alert: string;
  readonly action: AlertAction;
  /** Channel whose message it stands in. */
  readonly channel: string;
  /** Epoch milliseconds. */
  readonly expires: number;
}

export interface ActionLinks {
  /** Address of the link below `base`, the public address of the server. */
  make(base: string, link: Omit<ActionLink, 'expires'>, now: number): string;
  isSigned(link: ActionLink, signature: string): boolean;
}

/** @throws LIBRA_DATA_NOT_WRITABLE */
export function openActionLinks(dataDirectory: string): ActionLinks {
  const key = ensureSecretFile(join(dataDirectory, FILE), 'the key of its links');
  const sign = ({ alert, action, channel, expires }: ActionLink): string =>
    createHmac('sha256', key)
      .update(JSON.stringify(['libra-link', alert, action, channel, expires]))
      .digest('base64url');
  return {
    make(base, { alert, action, channel }, now) {
      const link = { alert, action, channel, expires: now + GOOD_FOR_MS };
      const query = new URLSearchParams({ by: channel, expires: String(link.expires), sign: sign(link) });
      return `${base}/act/${encodeURIComponent(alert)}/${action}?${query}`;
    },
    isSigned(link, signature) {
      const [right, offered] = [sign(link), signature].map((text) => createHash('sha256').update(text).digest());
      return timingSafeEqual(right!, offered!);
    },
  };
}

/** Names one link in an alert's history without giving it away. */
export function linkId(signature: string): string {
  return createHash('sha256').update(signature).digest('hex').slice(0, 8);
}
