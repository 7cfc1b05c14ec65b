import { expect, it } from 'vitest';
import { createEventBus, type HeardEvent } from '../../src/daemon/event-bus.ts';

function bus() {
  const stored: string[] = [];
  const heard: HeardEvent[] = [];
  const failures: unknown[] = [];
  const made = createEventBus({
    append: (event) => stored.push(event.event),
    transaction: (work) => {
      const before = stored.length;
      try {
        return work();
      } catch (error) {
        stored.length = before;
        throw error;
      }
    },
    now: () => 0,
    onListenerError: (error) => failures.push(error),
  });
  made.subscribe((event) => heard.push(event));
  return { ...made, stored, heard, failures };
}

it('stores an event, then tells it with its id and time', () => {
  const { emit, heard } = bus();
  emit('run.found', { run: 'r' });
  expect(heard).toEqual([{ id: 1, event: { event: 'run.found', at: '1970-01-01T00:00:00.000Z', run: 'r' } }]);
});

it('tells nothing before the commit and nothing after a rollback', () => {
  const { emit, transact, heard, stored } = bus();
  transact(() => {
    emit('run.found');
    expect(heard).toEqual([]);
    transact(() => emit('checkpoint.found'));
    expect(heard).toEqual([]);
  });
  expect(heard.map(({ event }) => event.event)).toEqual(['run.found', 'checkpoint.found']);
  expect(() =>
    transact(() => {
      emit('alert.firing');
      throw new Error('disk full');
    }),
  ).toThrow('disk full');
  expect(stored).toEqual(['run.found', 'checkpoint.found']);
  expect(heard).toHaveLength(2);
  emit('run.finished');
  expect(heard).toHaveLength(3);
});

it('keeps a listener that throws from harming the others', () => {
  const { subscribe, emit, failures, heard } = bus();
  subscribe(() => {
    throw new Error('broken screen');
  });
  const late: string[] = [];
  const stop = subscribe(({ event }) => late.push(event.event));
  emit('run.found');
  stop();
  emit('run.finished');
  expect(late).toEqual(['run.found']);
  expect(failures).toHaveLength(2);
  expect(heard).toHaveLength(2);
});

it('passes progress on without storing it', () => {
  const { pass, stored, heard } = bus();
  pass('evaluation.progress', { done: 3 });
  expect(stored).toEqual([]);
  expect(heard[0]).toMatchObject({ id: null, event: { done: 3 } });
});
