/** Which processes belong together: descendants, sessions and marked environments, read from /proc (elsewhere only the leader is known). */
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/** A process id alone may be reused by a stranger; with its start time (clock ticks since boot) it may not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Null where the system does not tell. */
  readonly startTime: number | null;
}

interface ProcessRow extends ProcessIdentity {
  readonly startTime: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

/** Environment variable that marks a started process and is inherited by everything it starts. */
export const PROCESS_MARK = 'LIBRA_PROCESS_MARK';

/** Who runs under this pid now. */
export function identify(pid: number): ProcessIdentity {
  return { pid, startTime: readRow(pid)?.startTime ?? null };
}

/** Still running (a zombie is not), and the same process as when it was identified. */
export function isAlive(identity: ProcessIdentity): boolean {
  const row = readRow(identity.pid);
  if (row !== null) {
    const isSame = identity.startTime === null || identity.startTime === row.startTime;
    return isSame && !isDead(row);
  }
  return !hasProc() && answersSignalZero(identity.pid);
}

/** Sends a signal to exactly this process; false when it is gone or somebody else's. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Every living process of the tree that `leader` heads: descendants, members of the session and group it leads (they stay in it when
 * their parent dies), and whoever carries its mark, however often it forked away.
 */
export async function findTree(leader: ProcessIdentity | null, mark: string | null): Promise<ProcessIdentity[]> {
  const rows = (await listRows()).filter((row) => !isDead(row) && row.pid !== process.pid);
  const found = new Map<number, ProcessRow>();
  if (leader !== null) for (const row of led(rows, leader)) found.set(row.pid, row);
  if (mark !== null) for (const row of await marked(rows, mark)) found.set(row.pid, row);
  for (let grew = true; grew; ) {
    grew = false;
    for (const row of rows) {
      if (found.has(row.pid) || !found.has(row.parent)) continue;
      found.set(row.pid, row);
      grew = true;
    }
  }
  return [...found.values()].map(({ pid, startTime }) => ({ pid, startTime }));
}

export interface TreeUse {
  readonly processes: number;
  /** Resident memory of all, bytes; what they share is counted with each. */
  readonly residentBytes: number;
}

/** What a process and its living descendants use right now; nothing where the system does not tell. */
export function treeUse(pid: number): TreeUse {
  let processes = 0;
  let pages = 0;
  const waiting = [pid];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    try {
      pages += Number(readFileSync(`/proc/${next}/statm`, 'latin1').split(' ')[1]);
      processes += 1;
      for (const thread of readdirSync(`/proc/${next}/task`)) {
        const children = readFileSync(`/proc/${next}/task/${thread}/children`, 'latin1');
        for (const child of children.split(' ')) if (child !== '') waiting.push(Number(child));
      }
    } catch {
      // Ended meanwhile.
    }
  }
  return { processes, residentBytes: pages * PAGE_BYTES };
}

/** Of x86-64 and most others; larger pages make the count too low, and the limits of each process hold still. */
const PAGE_BYTES = 4096;

/** Changes with every boot: start times of different boots must not be compared. Null where unknown. */
export function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}

/** The leader, its session and its group; nobody when its pid has passed to a stranger. */
function led(rows: readonly ProcessRow[], leader: ProcessIdentity): ProcessRow[] {
  const atPid = rows.find((row) => row.pid === leader.pid);
  if (atPid !== undefined && leader.startTime !== null && atPid.startTime !== leader.startTime) return [];
  return rows.filter(
    (row) => [row.pid, row.session, row.group].includes(leader.pid) && row.startTime >= (leader.startTime ?? 0),
  );
}

async function marked(rows: readonly ProcessRow[], mark: string): Promise<ProcessRow[]> {
  const wanted = `${PROCESS_MARK}=${mark}`;
  const hits = await Promise.all(
    rows.map(async (row) => {
      const environment = await readFile(`/proc/${row.pid}/environ`, 'latin1').catch(() => '');
      return environment.split('\0').includes(wanted);
    }),
  );
  return rows.filter((_row, index) => hits[index]);
}

async function listRows(): Promise<ProcessRow[]> {
  const names = await readdir('/proc').catch(() => []);
  return names
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readRow(Number(name)))
    .filter((row) => row !== null);
}

function readRow(pid: number): ProcessRow | null {
  try {
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return null;
  }
}

/** proc(5): the name stands in parentheses and may itself hold spaces and parentheses, so fields are counted from the last one. */
function parseStat(pid: number, text: string): ProcessRow {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (index: number) => Number(fields[index]);
  return {
    pid,
    state: fields[0] ?? '?',
    parent: number(1),
    group: number(2),
    session: number(3),
    startTime: number(19),
  };
}

function isDead(row: ProcessRow): boolean {
  return row.state === 'Z' || row.state === 'X';
}

let procKnown: boolean | undefined;
function hasProc(): boolean {
  procKnown ??= (() => {
    try {
      return readdirSync('/proc/self').length > 0;
    } catch {
      return false;
    }
  })();
  return procKnown;
}

function answersSignalZero(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
