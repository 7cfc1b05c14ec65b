/** Writes through the API: says while it is under way, and keeps the refusal to show. */
import { useState } from 'preact/hooks';
import { ApiProblem, post } from '../client.ts';

export interface Write {
  readonly isBusy: boolean;
  readonly problem: ApiProblem | null;
  readonly send: (path: string, body: object) => void;
  /** The last one once more, e.g. after a token was given. */
  readonly again: () => void;
}

export function useWrite(onDone: () => void): Write {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [last, setLast] = useState<{ path: string; body: object } | null>(null);
  const send = (path: string, body: object) => {
    setLast({ path, body });
    setBusy(true);
    post(path, body)
      .then(
        () => {
          setProblem(null);
          onDone();
        },
        (error: unknown) => setProblem(error instanceof ApiProblem ? error : new ApiProblem(0, '', String(error), '')),
      )
      .finally(() => setBusy(false));
  };
  return { isBusy, problem, send, again: () => last !== null && send(last.path, last.body) };
}
