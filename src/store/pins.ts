/** Pins: which checkpoints are kept alive, where, and how much disk that takes. A pin is written down before anything is linked. */
import type { Pin } from '../domain/checkpoint.ts';
import type { Sql } from './sql.ts';

/** A pin as it was written down. */
export interface StoredPin extends Pin {
  readonly id: number;
  readonly checkpoint: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Null while it is held. */
  readonly releasedAt: number | null;
}

interface PinRow {
  readonly id: number;
  readonly checkpoint_id: string;
  readonly directory: string;
  readonly kind: Pin['kind'];
  readonly bytes: number;
  readonly created_at: number;
  readonly released_at: number | null;
}

export type PinRepo = ReturnType<typeof pinRepo>;

export function pinRepo(sql: Sql, now: () => number) {
  const insert = sql.prepare(
    `insert into pin (checkpoint_id, directory, kind, bytes, created_at) values ($checkpoint, $directory, $kind, $bytes, $now)`,
  );
  const byId = sql.prepare<PinRow>('select * from pin where id = $id');
  const resize = sql.prepare('update pin set bytes = $bytes, kind = $kind where id = $id');
  const release = sql.prepare('update pin set released_at = $now where id = $id and released_at is null');
  const held = sql.prepare<PinRow>('select * from pin where released_at is null order by created_at, id');
  const heldOf = sql.prepare<PinRow>(
    'select * from pin where checkpoint_id = $checkpoint and released_at is null order by id desc',
  );
  const heldBytes = sql.prepare<{ bytes: number }>(
    'select coalesce(sum(bytes), 0) as bytes from pin where released_at is null',
  );
  return {
    add(checkpoint: string, { directory, kind, bytes }: Pin): StoredPin {
      const { lastId } = insert.run({ checkpoint, directory, kind, bytes, now: now() });
      return toPin(byId.get({ id: lastId })!);
    },
    /** A provisional pin grew, or had to become a copy. */
    update(id: number, bytes: number, kind: Pin['kind']): void {
      resize.run({ id, bytes, kind });
    },
    /** Written after its files are gone. */
    release: (id: number): void => void release.run({ id, now: now() }),
    /** All that are held, oldest first: what must exist on disk, and nothing else may. */
    held: (): StoredPin[] => held.all().map(toPin),
    /** The one that holds this checkpoint now. */
    ofCheckpoint(checkpoint: string): StoredPin | null {
      const row = heldOf.get({ checkpoint });
      return row ? toPin(row) : null;
    },
    heldBytes: (): number => heldBytes.get()?.bytes ?? 0,
  };
}

function toPin(row: PinRow): StoredPin {
  return {
    id: row.id,
    checkpoint: row.checkpoint_id,
    directory: row.directory,
    kind: row.kind,
    bytes: row.bytes,
    createdAt: row.created_at,
    releasedAt: row.released_at,
  };
}
