/**
 * Whose work is begun next: requests take turns, so that a long one never keeps a short one waiting for more than what is under
 * way. Work is cut into turns; each weighs some share of the room, and a request that already has work under way leaves an
 * eighth of the room to those that have none.
 */

export interface Turn {
  /** Share of the room it takes while it runs, above 0; more than 1 counts as all of it. */
  readonly load: number;
  /** What it holds, for the counters: docs or sequences. */
  readonly size: number;
  readonly run: () => Promise<void>;
}

/** What is left to requests that have nothing under way. */
const FOR_NEWCOMERS = 1 / 8;
/** Sums of shares are not exact. */
const SLACK = 1e-9;

/** The turns of one request. */
interface Line {
  readonly waiting: Turn[];
  running: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Turns {
  /** Requests with turns that wait, whose turn comes first standing first. */
  #lines: Line[] = [];
  #load = 0;
  #running = 0;

  /** Size of all turns that wait. */
  get waiting(): number {
    return this.#lines.reduce((sum, line) => sum + line.waiting.reduce((all, turn) => all + turn.size, 0), 0);
  }

  /** Size of all turns under way. */
  get running(): number {
    return this.#running;
  }

  /**
   * Resolves when all turns are over; rejects with the first failure, or at once with the signal's reason when aborted.
   * Turns not begun by then never are.
   */
  take(turns: readonly Turn[], signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (turns.length === 0) return Promise.resolve();
    return new Promise<void>((resolve, reject) => {
      const leave = () => this.#drop(line, signal.reason);
      const line: Line = {
        waiting: [...turns],
        running: 0,
        resolve: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
        reject: (error) => {
          signal.removeEventListener('abort', leave);
          reject(error);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#lines.push(line);
      this.#admit();
    });
  }

  #drop(line: Line, reason: unknown): void {
    line.waiting.length = 0;
    line.reject(reason);
    this.#admit();
  }

  /** Begins what there is room for, one turn a request and round. */
  #admit(): void {
    for (let at = 0; at < this.#lines.length; ) {
      const line = this.#lines[at] as Line;
      const next = line.waiting[0];
      if (next === undefined) {
        this.#lines.splice(at, 1);
        continue;
      }
      const room = line.running > 0 ? 1 - FOR_NEWCOMERS : 1;
      const fits = this.#load === 0 || this.#load + loadOf(next) <= room + SLACK;
      if (!fits) {
        // One that has work under way may be passed by those that have none; nobody passes one of these.
        if (line.running === 0) return;
        at += 1;
        continue;
      }
      line.waiting.shift();
      this.#lines.splice(at, 1);
      this.#lines.push(line);
      this.#begin(line, next);
      at = 0;
    }
  }

  #begin(line: Line, turn: Turn): void {
    const load = loadOf(turn);
    line.running += 1;
    this.#load += load;
    this.#running += turn.size;
    void turn
      .run()
      .catch((error) => this.#drop(line, error))
      .then(() => {
        line.running -= 1;
        this.#running -= turn.size;
        this.#load = this.#running === 0 ? 0 : this.#load - load;
        if (line.running === 0 && line.waiting.length === 0) line.resolve();
        this.#admit();
      });
  }
}

function loadOf(turn: Turn): number {
  return Math.min(1, turn.load);
}
