/**
 * Escalation: few docs while nothing happens, many where something might. What a first look makes suspicious is asked more docs at once,
 * on the newest checkpoint and on a few references that lack those docs.
 */

/** What the first look says of one series. */
export interface Suspicion {
  readonly isLeaf: boolean;
  readonly capability: string | null;
  readonly tasks: readonly string[];
  /** Evidence of a loss, in standard errors. */
  readonly z: number;
  /** The loss is told already: further docs would change nothing. */
  readonly fires: boolean;
  /** Checkpoints of the stretch that looks low and of the one it is held against, ascending. */
  readonly now: readonly string[];
  readonly reference: readonly string[];
}

export interface EscalationStep {
  /** From this z on... */
  readonly z: number;
  /** ...a task is asked this many times its first docs; Infinity for all it has. */
  readonly factor: number;
  /** ...and so many references must have its further docs; those that have them already count. */
  readonly references: number;
}

export interface EscalationRules {
  readonly steps: readonly EscalationStep[];
  /** Above this an inner node makes leaves suspicious that lean the same way. */
  readonly inner: number;
  readonly leaning: number;
}

/** Chosen by simulation (see the bench): the fewest docs at which a drop of 5 points is found as soon as with all of them. */
export const ESCALATION: EscalationRules = {
  steps: [
    { z: 1.6, factor: 2, references: 2 },
    { z: 2.3, factor: Number.POSITIVE_INFINITY, references: 3 },
    { z: 3.2, factor: Number.POSITIVE_INFINITY, references: 6 },
  ],
  inner: 2.5,
  leaning: 0.5,
};

export interface EscalationInput {
  readonly suspicions: readonly Suspicion[];
  /** By task: docs of the first look, and all it has. */
  readonly tasks: ReadonlyMap<string, { readonly base: number; readonly size: number }>;
  readonly newest: string;
  /** Docs of the fixed order that a checkpoint has of a task. */
  readonly askedOf: (checkpoint: string, task: string) => number;
  /** Can it still be asked? */
  readonly isThere: (checkpoint: string) => boolean;
  readonly rules?: EscalationRules;
}

export interface EscalatedSlice {
  readonly checkpoint: string;
  readonly task: string;
  /** Docs [from, docs) of the fixed order. */
  readonly from: number;
  readonly docs: number;
  readonly z: number;
  /** What looked low, for the reason. */
  readonly because: string;
  readonly isReference: boolean;
}

/** Fewer docs more than this share of what is there change nothing. */
const WORTH_ASKING = 0.25;

/** Strongest suspicion first, the newest checkpoint before its references; empty when nothing is suspicious enough or everything is asked already. */
export function planEscalation(input: EscalationInput): EscalatedSlice[] {
  const rules = input.rules ?? ESCALATION;
  const slices = new Map<string, EscalatedSlice>();
  for (const suspicion of suspects(input.suspicions, rules)) {
    for (const task of suspicion.tasks) {
      const known = input.tasks.get(task);
      const step = rules.steps.findLast(({ z }) => suspicion.z >= z);
      if (!known || !step) continue;
      const wanted = Math.min(known.size, known.base * step.factor);
      const because = suspicion.capability ?? task;
      for (const checkpoint of [input.newest, ...chooseReferences(input, suspicion, task, wanted, step.references)]) {
        const from = input.askedOf(checkpoint, task);
        const key = `${checkpoint}\n${task}`;
        if (from === 0 || wanted - from < WORTH_ASKING * from || wanted <= (slices.get(key)?.docs ?? 0)) continue;
        const isReference = checkpoint !== input.newest;
        slices.set(key, { checkpoint, task, from, docs: wanted, z: suspicion.z, because, isReference });
      }
    }
  }
  return [...slices.values()].sort((a, b) => Number(a.isReference) - Number(b.isReference) || b.z - a.z);
}

/** Leaves by themselves, and leaves that lean the way of a node above them. */
function suspects(all: readonly Suspicion[], rules: EscalationRules): Suspicion[] {
  const least = rules.steps[0]!.z;
  const leaves = all.filter(({ isLeaf, fires }) => isLeaf && !fires);
  const loud = all.filter(({ isLeaf, fires, z }) => !isLeaf && !fires && z >= rules.inner);
  return leaves
    .flatMap((leaf) => {
      if (leaf.z >= least) return [leaf];
      const above = loud.find(({ tasks }) => leaf.tasks.every((task) => tasks.includes(task)));
      return above && leaf.z >= rules.leaning ? [{ ...above, tasks: leaf.tasks, z: least }] : [];
    })
    .sort((a, b) => a.z - b.z);
}

/** Other checkpoints of the stretch, and the newest of its reference until enough of them have the docs. */
function chooseReferences(
  { askedOf, isThere, newest }: EscalationInput,
  { now, reference }: Suspicion,
  task: string,
  wanted: number,
  references: number,
): string[] {
  const has = (checkpoint: string) => askedOf(checkpoint, task) >= wanted;
  const lacking = references - reference.filter(has).length;
  const fitting = reference.filter(
    (checkpoint) => !has(checkpoint) && isThere(checkpoint) && askedOf(checkpoint, task) > 0,
  );
  const others = now.filter((checkpoint) => checkpoint !== newest && !has(checkpoint) && isThere(checkpoint));
  return [...others.slice(-references), ...(lacking > 0 ? fitting.slice(-lacking) : [])];
}
