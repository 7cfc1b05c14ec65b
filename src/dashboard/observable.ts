/** A value that components follow: the page's few pieces of shared state. */
import { useEffect, useState } from 'preact/hooks';

export interface Observable<Value> {
  get(): Value;
  set(value: Value): void;
  subscribe(listener: () => void): () => void;
}

export function observable<Value>(first: Value): Observable<Value> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The value now; the component is drawn again when it changes. */
export function useObservable<Value>(source: Observable<Value>): Value {
  const [value, setValue] = useState(source.get());
  useEffect(() => {
    const follow = () => setValue(() => source.get());
    follow();
    return source.subscribe(follow);
  }, [source]);
  return value;
}
