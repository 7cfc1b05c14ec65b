/** What waits in the outbox, channel by channel: each is worked through on its own, in order. */

export const outboxOrder = /* sql */ `
create index delivery_of_channel on delivery (channel, is_urgent desc, id) where state = 'pending';
-- What failed and waits: it holds up later ones.
create index delivery_failed on delivery (channel, id) where state = 'pending' and attempts > 0;
`;
