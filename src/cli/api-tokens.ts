/** Tokens of the configuration, with their secrets read. */
import type { ApiToken } from '../api/access.ts';
import type { Config } from '../config/schema.ts';
import { resolveSecret } from '../config/secrets.ts';

export function apiTokensOf({ server }: Config, env: Readonly<Record<string, string | undefined>>): ApiToken[] {
  return server.tokens.map(({ name, token, scopes }, i) => ({
    name,
    token: resolveSecret(token, `server.tokens.${i}.token`, env),
    scopes,
  }));
}
