/** What stands where data would: loading, an error with what to do, nothing yet. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { ApiProblem } from '../client.ts';
import { giveToken } from '../settings.ts';
import type { Resource } from '../use-resource.ts';
import { useWords } from '../words.ts';

export function Empty({ title, hint }: { readonly title: string; readonly hint?: string }) {
  return (
    <div class="card empty">
      <p>{title}</p>
      {hint && <p class="soft">{hint}</p>}
    </div>
  );
}

export function Failure({ problem, retry }: { readonly problem: ApiProblem; readonly retry: () => void }) {
  const words = useWords();
  const isToken = problem.status === 401 || problem.status === 403;
  const isGone = problem.status === 0;
  return (
    <div class="card" role="alert">
      <p class="bad">{isToken ? words.tokenWanted : isGone ? words.unreachable : words.failed}</p>
      {!isGone && <p>{problem.message}</p>}
      <p class="soft">{isToken ? words.tokenHint : isGone ? words.unreachableHint : problem.hint}</p>
      {isToken ? (
        <TokenForm onGiven={retry} />
      ) : (
        <button type="button" onClick={retry}>
          {words.retry}
        </button>
      )}
    </div>
  );
}

export function TokenForm({ onGiven }: { readonly onGiven: () => void }) {
  const words = useWords();
  const [text, setText] = useState('');
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === '') return;
        giveToken(text.trim());
        onGiven();
      }}
    >
      <label class="field">
        <span>{words.token}</span>
        <input
          type="password"
          autocomplete="off"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary">
        {words.useToken}
      </button>
    </form>
  );
}

/** Shows the data when there is some; an error above what was known before. */
export function Loaded<Reply>({
  resource,
  children,
}: {
  readonly resource: Resource<Reply>;
  readonly children: (data: Reply) => ComponentChildren;
}) {
  const words = useWords();
  const { data, problem, reload } = resource;
  return (
    <>
      {problem && <Failure problem={problem} retry={reload} />}
      {data !== null && children(data)}
      {data === null && problem === null && (
        <p class="soft" role="status">
          {words.loading}
        </p>
      )}
    </>
  );
}
