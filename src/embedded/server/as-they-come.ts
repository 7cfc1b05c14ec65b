/** From callbacks to a stream of events. */

/** Values that come by callback, as an async iterable; ends when `work` does, and fails when it fails. */
export async function* asTheyCome<T>(work: (emit: (value: T) => void) => Promise<void>): AsyncGenerator<T> {
  const queue: T[] = [];
  let wake = () => {};
  let isOver = false;
  const running = work((value) => {
    queue.push(value);
    wake();
  }).finally(() => {
    isOver = true;
    wake();
  });
  // Seen by the final await; until then it must not count as unhandled.
  running.catch(() => {});
  while (true) {
    while (queue.length > 0) yield queue.shift() as T;
    if (isOver) break;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  await running;
}
