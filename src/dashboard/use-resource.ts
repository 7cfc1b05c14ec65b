/** A reply of the API that stays fresh: read once, and again when an event says that it may have changed. */
import { useEffect, useState } from 'preact/hooks';
import { ApiProblem, get } from './client.ts';
import { after } from './clock.ts';
import { type HeardEvent, onEvent } from './live.ts';
import { token } from './settings.ts';

export interface Resource<Reply> {
  readonly data: Reply | null;
  readonly problem: ApiProblem | null;
  readonly reload: () => void;
}

const QUIET_MS = 300;

/** @param path null: there is nothing to ask yet */
export function useResource<Reply>(path: string | null, run: string | null = null): Resource<Reply> {
  const [state, setState] = useState<{ path: string | null; data: Reply | null; problem: ApiProblem | null }>({
    path: null,
    data: null,
    problem: null,
  });
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    if (path === null) return;
    const asked = new AbortController();
    get<Reply>(path, asked.signal).then(
      (data) => setState({ path, data, problem: null }),
      (error: unknown) => {
        if (asked.signal.aborted) return;
        const problem = error instanceof ApiProblem ? error : new ApiProblem(0, '', String(error), '');
        setState((before) => ({ path, data: before.path === path ? before.data : null, problem }));
      },
    );
    return () => asked.abort();
  }, [path, turn]);

  useEffect(() => {
    let forget: (() => void) | null = null;
    const soon = () => {
      forget ??= after(QUIET_MS, () => {
        forget = null;
        setTurn((one) => one + 1);
      });
    };
    const stop = onEvent((event) => {
      if (changesAnything(event) && (run === null || event.run === undefined || event.run === run)) soon();
    });
    const stopToken = token.subscribe(soon);
    return () => {
      stop();
      stopToken();
      forget?.();
    };
  }, [run]);

  const isCurrent = state.path === path;
  return {
    data: isCurrent ? state.data : null,
    problem: isCurrent ? state.problem : null,
    reload: () => setTurn((one) => one + 1),
  };
}

/** Progress is shown as it passes; it changes nothing that is stored. */
function changesAnything({ event }: HeardEvent): boolean {
  return event !== 'evaluation.progress';
}
