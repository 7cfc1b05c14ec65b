/**
 * The links of messages: looking at one (GET, HEAD) only shows what it would do, since mail scanners and previews follow links; the button of that
 * page (POST) does it. The signature is the authority: no token is needed, and nothing but that one action can be done.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ActionLink, ActionLinks } from '../daemon/action-links.ts';
import { answerByLink, isLinkUsed } from '../daemon/answer-by-link.ts';
import { ALERT_ACTIONS, type AlertAction } from '../domain/alert-action.ts';
import { ACTION_POLICY, type ActionPageKind, renderActionPage } from './action-page.ts';
import type { ApiRoom } from './room.ts';

export interface ActionRules {
  readonly links: ActionLinks;
  /** False once links are switched off or the channel is gone: then its links are void. */
  readonly isOpenTo: (channel: string) => boolean;
}

const STATUS: Readonly<Record<ActionPageKind, number>> = {
  ask: 200,
  done: 200,
  closed: 409,
  expired: 410,
  refused: 403,
  missing: 404,
};
const LONGEST_FORM = 4_096;

type Room = Pick<ApiRoom, 'store' | 'events' | 'clock'>;

interface Asked {
  readonly link: ActionLink;
  readonly signature: string;
}

/** @param letIn refuses foreign hosts */
export function serveActions(
  app: FastifyInstance,
  room: Room,
  rules: ActionRules,
  letIn: (request: FastifyRequest) => void,
): void {
  const { store, events, clock } = room;
  const path = '/act/:alert/:action';
  const send = (reply: FastifyReply, kind: ActionPageKind, { link, signature }: Asked) => {
    const isKnown = kind !== 'refused' && kind !== 'missing';
    const html = renderActionPage({
      kind,
      action: link.action,
      title: isKnown ? (store.alerts.get(link.alert)?.title ?? null) : null,
      fields: { by: link.channel, expires: String(link.expires), sign: signature },
    });
    return reply
      .code(STATUS[kind])
      .headers({ 'content-security-policy': ACTION_POLICY, 'cache-control': 'no-store', 'x-robots-tag': 'noindex' })
      .type('text/html; charset=utf-8')
      .send(html);
  };
  const look = (asked: Asked): ActionPageKind => {
    const { link, signature } = asked;
    if (!rules.links.isSigned(link, signature) || !rules.isOpenTo(link.channel)) return 'refused';
    if (link.expires <= clock.now()) return 'expired';
    const alert = store.alerts.get(link.alert);
    if (alert === null) return 'missing';
    if (isLinkUsed(store, link, signature)) return 'done';
    return alert.state === 'resolved' ? 'closed' : 'ask';
  };

  // Forms are read here and nowhere else: all other routes take JSON, which a foreign page can't send.
  void app.register(async (forms) => {
    forms.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: LONGEST_FORM },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    forms.get(path, (request, reply) => {
      letIn(request);
      const asked = readLink(request, request.query);
      return send(reply, look(asked), asked);
    });
    forms.post(path, (request, reply) => {
      letIn(request);
      const asked = readLink(request, request.body);
      const kind = look(asked);
      if (kind !== 'ask') return send(reply, kind, asked);
      answerByLink(store, events, asked.link, asked.signature, clock.now());
      return send(reply, 'done', asked);
    });
  });
}

/** What is missing or wrong makes a link that nobody signed. */
function readLink({ params }: FastifyRequest, told: unknown): Asked {
  const { alert, action } = params as { readonly alert: string; readonly action: string };
  const { by, expires, sign } = (told ?? {}) as Readonly<Record<string, unknown>>;
  const known = ALERT_ACTIONS.find((each) => each === action);
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const link = {
    alert,
    action: known ?? ('acknowledge' as AlertAction),
    channel: text(by),
    expires: Number(text(expires)),
  };
  return { link, signature: known === undefined ? '' : text(sign) };
}
