/** Who comes next: short work is not kept waiting by long work. */
import { expect, test } from 'vitest';
import { type Turn, Turns } from '../../src/embedded/server/turns.ts';

/** Turns that end when they are told to, and the order in which they began. */
function stage() {
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const turn = (name: string, load = 0.25): Turn => ({
    load,
    size: 1,
    run: () =>
      new Promise((resolve, reject) => {
        begun.push(name);
        ends.set(name, (error) => (error ? reject(error) : resolve()));
      }),
  });
  const end = async (name: string, error?: Error) => {
    ends.get(name)?.(error);
    await new Promise(setImmediate);
  };
  return { begun, turn, end };
}
const forever = new AbortController().signal;

test('a long request leaves part of the room, and a short one that comes later goes in at once', async () => {
  const { begun, turn, end } = stage();
  const turns = new Turns();
  const long = turns.take(
    ['l1', 'l2', 'l3', 'l4', 'l5'].map((name) => turn(name)),
    forever,
  );
  expect(begun).toEqual(['l1', 'l2', 'l3']);
  const short = turns.take([turn('s1')], forever);
  expect(begun).toEqual(['l1', 'l2', 'l3', 's1']);
  expect([turns.running, turns.waiting]).toEqual([4, 2]);
  await end('s1');
  await short;
  for (const name of ['l1', 'l2', 'l3', 'l4', 'l5']) await end(name);
  await long;
  expect([turns.running, turns.waiting]).toEqual([0, 0]);
});

test('when the room is full, requests take turns', async () => {
  const { begun, turn, end } = stage();
  const turns = new Turns();
  for (const name of ['a', 'b', 'c']) {
    void turns.take(
      [1, 2, 3, 4].map((n) => turn(`${name}${n}`)),
      forever,
    );
  }
  expect(begun).toEqual(['a1', 'a2', 'a3', 'b1']);
  await end('a1');
  expect(begun.at(-1)).toBe('c1');
  for (const name of ['a2', 'a3', 'b1', 'c1']) await end(name);
  const next = begun.slice(5, 8).map((name) => name[0]);
  expect(new Set(next).size).toBeGreaterThan(1);
});

test('what is larger than the room goes alone, and nothing that fits passes it for ever', async () => {
  const { begun, turn, end } = stage();
  const turns = new Turns();
  void turns.take([turn('small1')], forever);
  void turns.take([turn('huge', 7)], forever);
  void turns.take([turn('small2')], forever);
  expect(begun).toEqual(['small1']);
  await end('small1');
  expect(begun).toEqual(['small1', 'huge']);
  await end('huge');
  expect(begun).toEqual(['small1', 'huge', 'small2']);
});

test('one that is called off leaves its waiting turns undone, and the others go on', async () => {
  const { begun, turn, end } = stage();
  const turns = new Turns();
  const leaving = new AbortController();
  const left = turns.take(
    ['a1', 'a2', 'a3', 'a4'].map((name) => turn(name, 0.3)),
    leaving.signal,
  );
  void turns.take(
    ['b1', 'b2'].map((name) => turn(name, 0.6)),
    forever,
  );
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  expect(turns.waiting).toBe(2);
  await end('a1', new Error('gone'));
  await end('a2', new Error('gone'));
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  await expect(turns.take([turn('late')], AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
});

test('a failure of one turn is the failure of its request only', async () => {
  const { turn, end } = stage();
  const turns = new Turns();
  const failing = turns.take([turn('a1'), turn('a2'), turn('a3'), turn('a4')], forever);
  const other = turns.take([turn('b1')], forever);
  const failed = expect(failing).rejects.toThrow('broken');
  await end('a1', new Error('broken'));
  await failed;
  await end('b1');
  await other;
  await end('a2');
  await end('a3');
  expect([turns.running, turns.waiting]).toEqual([0, 0]);
});
