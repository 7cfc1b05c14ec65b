/** Who may ask what: the Host header against DNS rebinding, tokens with scopes, and reading without one on loopback only. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { LibraError } from '../domain/errors.ts';

export const SCOPES = ['read', 'act', 'admin'] as const;

/** Each scope includes those before it. */
export type Scope = (typeof SCOPES)[number];

export interface ApiToken {
  /** Who uses it, as it stands in histories; `token` when it has no name. */
  readonly name?: string;
  readonly token: string;
  readonly scopes: readonly Scope[];
}

export interface AccessRules {
  readonly host: string;
  /** Name under which people reach it through something else; null without one. */
  readonly publicHost?: string | null;
  /** The local user's token and those of the configuration. */
  readonly tokens: readonly ApiToken[];
}

export interface Caller {
  /** As it stands in an alert's history. */
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** True for addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  const bare = bareHost(host);
  return bare === 'localhost' || bare === '::1' || /^127(\.\d{1,3}){3}$/.test(bare);
}

/**
 * A server that others can reach needs tokens of the configuration: the local one is not made to be shared.
 * @throws LIBRA_CONFIG_INVALID
 */
export function requireTokensFor(host: string, configured: readonly ApiToken[]): void {
  if (isLoopback(host) || configured.length > 0) return;
  throw new LibraError(
    'LIBRA_CONFIG_INVALID',
    `Libra does not serve ${host} without tokens: others could read the run.`,
    {
      hint: 'Add server.tokens to libra.yaml, or keep the default host 127.0.0.1 and reach it through an SSH tunnel.',
    },
  );
}

/**
 * Lets a request in or says why not.
 * @param needed scope of what is asked; `host` when only the Host header matters (the page without its data)
 * @throws LIBRA_HOST_REFUSED, LIBRA_TOKEN_MISSING, LIBRA_TOKEN_REFUSED
 */
export function admit(
  rules: AccessRules,
  request: { readonly host: string | undefined; readonly authorization: string | undefined },
  needed: Scope | 'host',
): Caller | null {
  const caller = identify(rules, request.authorization);
  // A page of another site cannot know a token, so who shows one is no rebinding attack.
  if (caller === null && !isHostKnown(rules, request.host)) {
    throw new LibraError('LIBRA_HOST_REFUSED', `This server does not answer for the host '${request.host ?? ''}'.`, {
      hint: 'Use the address Libra printed at its start, or send a token.',
    });
  }
  if (needed === 'host') return caller;
  if (caller === null) {
    // Who comes by the public name is not on this machine, whatever stands between.
    const isLocal = isLoopback(rules.host) && !isPublicHost(rules, request.host);
    if (needed === 'read' && isLocal) return { name: 'anonymous', scopes: ['read'] };
    throw new LibraError('LIBRA_TOKEN_MISSING', 'This needs a token.', {
      hint: 'Send `Authorization: Bearer TOKEN`; on the machine of the daemon it is in the file `token` of its data directory.',
    });
  }
  if (!caller.scopes.some((scope) => SCOPES.indexOf(scope) >= SCOPES.indexOf(needed))) {
    throw new LibraError(
      'LIBRA_TOKEN_REFUSED',
      `This needs a token with the scope '${needed}', yours has '${caller.scopes.join(', ')}'.`,
      {
        hint: 'Ask whoever runs this Libra for a token with that scope.',
      },
    );
  }
  return caller;
}

/** Null without a token. A token that is wrong is an error even where none is needed. */
function identify(rules: AccessRules, authorization: string | undefined): Caller | null {
  if (authorization === undefined) return null;
  const offered = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  const match = offered === undefined ? undefined : rules.tokens.find(({ token }) => isSame(token, offered));
  if (match === undefined) {
    throw new LibraError('LIBRA_TOKEN_MISSING', 'The token is not one of this server.', {
      hint: 'Read it again from the file `token` of the data directory, or from server.tokens.',
    });
  }
  return { name: match.name ?? 'token', scopes: match.scopes };
}

/** In constant time, whatever the lengths. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Names a browser can have been sent here by; an address as such cannot be rebound, a foreign name can. */
function isHostKnown(rules: AccessRules, header: string | undefined): boolean {
  if (header === undefined) return false;
  const name = bareHost(header);
  if (isPublicHost(rules, header)) return true;
  if (isLoopback(rules.host)) return isLoopback(name);
  const own = hostname().toLowerCase();
  return (
    isIP(name) !== 0 ||
    name === 'localhost' ||
    name === bareHost(rules.host) ||
    name === own ||
    name.startsWith(`${own.split('.')[0]}.`)
  );
}

function isPublicHost({ publicHost, host }: AccessRules, header: string | undefined): boolean {
  if (publicHost == null || header === undefined) return false;
  if (isLoopback(publicHost) || bareHost(publicHost) === bareHost(host)) return false;
  return bareHost(header) === bareHost(publicHost);
}

/** `[::1]:7700` -> `::1`, `Localhost:80` -> `localhost`. */
function bareHost(host: string): string {
  const lower = host.trim().toLowerCase();
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(lower);
  if (bracketed) return bracketed[1]!;
  return isIP(lower) === 6 ? lower : lower.replace(/:\d+$/, '').replace(/\.$/, '');
}
