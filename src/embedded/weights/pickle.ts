/**
 * Python's pickle format, read without running anything: a machine that knows the instructions torch.save writes (protocols 2 to 5,
 * https://docs.python.org/3/library/pickletools.html) and nothing else. What a global may mean is the caller's to say; a file that
 * wants to call, import or build anything outside of that is refused by name.
 */
import { PickleReader } from './pickle-reader.ts';

export class PickleList {
  readonly items: unknown[] = [];
}

export class PickleTuple {
  readonly items: readonly unknown[];
  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** Also an OrderedDict. Keys stay as they came, in order. */
export class PickleDict {
  readonly entries: [unknown, unknown][] = [];
}

/** What the outside world of a pickle consists of. Each may throw to refuse. */
export interface PickleWorld {
  /** What a name such as `torch.FloatStorage` stands for. */
  global(name: string): unknown;
  call(callee: unknown, args: readonly unknown[]): unknown;
  /** What a persistent id stands for. */
  persistent(id: unknown): unknown;
}

/** Bounds far above those of real checkpoints, and low enough that a hostile one cannot fill the memory. */
const MOST_INSTRUCTIONS = 10_000_000;
const MOST_OBJECTS = 1_000_000;
const MOST_STACK = 100_000;
const MOST_MARKS = 200;

/** Instructions that are refused, where the name helps more than the byte. */
const REFUSED: Readonly<Record<number, string>> = {
  105: 'INST',
  111: 'OBJ',
  129: 'NEWOBJ',
  146: 'NEWOBJ_EX',
  130: 'EXT1',
  131: 'EXT2',
  132: 'EXT4',
  80: 'PERSID',
  151: 'NEXT_BUFFER',
};

/** @throws Error with the rest of a sentence ("asks for ...") */
export function readPickle(bytes: Buffer, world: PickleWorld): unknown {
  return new PickleMachine(bytes, world).run();
}

class PickleMachine {
  readonly #reader: PickleReader;
  readonly #world: PickleWorld;
  readonly #memo = new Map<number, unknown>();
  readonly #marks: number[] = [];
  readonly #stack: unknown[] = [];
  #objects = 0;

  constructor(bytes: Buffer, world: PickleWorld) {
    this.#reader = new PickleReader(bytes);
    this.#world = world;
  }

  run(): unknown {
    if (this.#reader.byte() !== 0x80) throw new Error('is not a pickle of protocol 2 or newer');
    const protocol = this.#reader.byte();
    if (protocol < 2 || protocol > 5) throw new Error(`is a pickle of protocol ${protocol}`);
    for (let count = 0; count < MOST_INSTRUCTIONS; count++) {
      const code = this.#reader.byte();
      if (code === 0x2e /* STOP */) return this.#pop();
      this.#step(code);
      if (this.#stack.length > MOST_STACK) throw new Error(`piles up more than ${MOST_STACK} values`);
    }
    throw new Error(`has more than ${MOST_INSTRUCTIONS} instructions`);
  }

  #step(code: number): void {
    if (this.#pushSimple(code) || this.#useMemo(code) || this.#fillContainer(code) || this.#askWorld(code)) return;
    const name = REFUSED[code] ?? `0x${code.toString(16).padStart(2, '0')}`;
    throw new Error(`holds the pickle instruction ${name}, which weights never need`);
  }

  /** Values that stand in the file, and empty containers. */
  #pushSimple(code: number): boolean {
    const reader = this.#reader;
    switch (code) {
      case 0x4e: // NONE
        return this.#push(null);
      case 0x88: // NEWTRUE
        return this.#push(true);
      case 0x89: // NEWFALSE
        return this.#push(false);
      case 0x4b: // BININT1
        return this.#push(reader.byte());
      case 0x4d: // BININT2
        return this.#push(reader.uint16());
      case 0x4a: // BININT
        return this.#push(reader.int32());
      case 0x8a: // LONG1
        return this.#push(reader.long(reader.byte()));
      case 0x47: // BINFLOAT
        return this.#push(reader.double());
      case 0x8c: // SHORT_BINUNICODE
        return this.#push(reader.text(reader.byte()));
      case 0x58: // BINUNICODE
        return this.#push(reader.text(reader.uint32()));
      case 0x8d: // BINUNICODE8
        return this.#push(reader.text(reader.uint64()));
      case 0x5d: // EMPTY_LIST
        return this.#make(new PickleList());
      case 0x7d: // EMPTY_DICT
        return this.#make(new PickleDict());
      case 0x29: // EMPTY_TUPLE
        return this.#make(new PickleTuple([]));
      case 0x95: // FRAME: its length helps only readers of streams
        reader.uint64();
        return true;
      default:
        return false;
    }
  }

  #useMemo(code: number): boolean {
    const reader = this.#reader;
    switch (code) {
      case 0x71: // BINPUT
        return this.#keep(reader.byte());
      case 0x72: // LONG_BINPUT
        return this.#keep(reader.uint32());
      case 0x94: // MEMOIZE
        return this.#keep(this.#memo.size);
      case 0x68: // BINGET
        return this.#recall(reader.byte());
      case 0x6a: // LONG_BINGET
        return this.#recall(reader.uint32());
      default:
        return false;
    }
  }

  #fillContainer(code: number): boolean {
    switch (code) {
      case 0x28: // MARK
        if (this.#marks.push(this.#stack.length) > MOST_MARKS) throw new Error('nests its values too deeply');
        return true;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.#make(new PickleTuple(this.#take(code - 0x84)));
      case 0x74: // TUPLE
        return this.#make(new PickleTuple(this.#sinceMark()));
      case 0x61: // APPEND
        return this.#append(this.#take(1));
      case 0x65: // APPENDS
        return this.#append(this.#sinceMark());
      case 0x73: // SETITEM
        return this.#setItems(this.#take(2));
      case 0x75: // SETITEMS
        return this.#setItems(this.#sinceMark());
      default:
        return false;
    }
  }

  #askWorld(code: number): boolean {
    switch (code) {
      case 0x63: // GLOBAL
        return this.#push(this.#world.global(`${this.#reader.line()}.${this.#reader.line()}`));
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.#take(2);
        if (typeof module !== 'string' || typeof name !== 'string') throw new Error('asks for a global without a name');
        return this.#push(this.#world.global(`${module}.${name}`));
      }
      case 0x52: {
        // REDUCE
        const [callee, args] = this.#take(2);
        if (!(args instanceof PickleTuple)) throw new Error('calls something without a tuple of arguments');
        return this.#make(this.#world.call(callee, args.items));
      }
      case 0x51: // BINPERSID
        return this.#make(this.#world.persistent(this.#pop()));
      case 0x62: // BUILD: torch gives a state dict its _metadata so; it changes no tensor
        this.#pop();
        if (!(this.#top() instanceof PickleDict))
          throw new Error('sets the attributes of something that is not a dict');
        return true;
      default:
        return false;
    }
  }

  #push(value: unknown): true {
    this.#stack.push(value);
    return true;
  }

  #make(object: unknown): true {
    this.#count(1);
    return this.#push(object);
  }

  #count(objects: number): void {
    this.#objects += objects;
    if (this.#objects > MOST_OBJECTS) throw new Error(`builds more than ${MOST_OBJECTS} objects`);
  }

  #keep(index: number): true {
    if (this.#memo.size >= MOST_OBJECTS) throw new Error(`remembers more than ${MOST_OBJECTS} values`);
    this.#memo.set(index, this.#top());
    return true;
  }

  #recall(index: number): true {
    if (!this.#memo.has(index)) throw new Error(`recalls a value it never kept (${index})`);
    return this.#push(this.#memo.get(index));
  }

  #append(items: readonly unknown[]): true {
    const list = this.#top();
    if (!(list instanceof PickleList)) throw new Error('appends to something that is not a list');
    this.#count(items.length);
    for (const item of items) list.items.push(item);
    return true;
  }

  #setItems(items: readonly unknown[]): true {
    const dict = this.#top();
    if (!(dict instanceof PickleDict) || items.length % 2 !== 0)
      throw new Error('sets items of something that is not a dict');
    this.#count(items.length / 2);
    for (let at = 0; at < items.length; at += 2) dict.entries.push([items[at], items[at + 1]]);
    return true;
  }

  /** The lowest place of the stack that belongs to the innermost container. */
  #floor(): number {
    return this.#marks.at(-1) ?? 0;
  }

  #top(): unknown {
    if (this.#stack.length <= this.#floor()) throw new Error('uses a value that is not there');
    return this.#stack.at(-1);
  }

  #pop(): unknown {
    const top = this.#top();
    this.#stack.pop();
    return top;
  }

  #take(count: number): unknown[] {
    const taken = new Array<unknown>(count);
    for (let at = count - 1; at >= 0; at--) taken[at] = this.#pop();
    return taken;
  }

  #sinceMark(): unknown[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw new Error('ends a container that was never begun');
    return this.#stack.splice(mark);
  }
}
