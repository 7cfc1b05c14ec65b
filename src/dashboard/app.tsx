/** The frame of the page: navigation, what the reader chose, and the view of the address. */
import type { ComponentChildren } from 'preact';
import { connection } from './live.ts';
import { useObservable } from './observable.ts';
import { AlertPage } from './pages/alert.tsx';
import { AlertsPage } from './pages/alerts.tsx';
import { CheckpointPage } from './pages/checkpoint.tsx';
import { ComparePage } from './pages/compare.tsx';
import { RunPage } from './pages/run.tsx';
import { RunsPage } from './pages/runs.tsx';
import { SamplesPage } from './pages/samples.tsx';
import { address, place } from './router.ts';
import { chooseLanguage, chooseTheme, language, type Theme, theme } from './settings.ts';
import { useWords } from './words.ts';

const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

export function App() {
  const words = useWords();
  const { path } = useObservable(place);
  const line = useObservable(connection);
  const [room = 'runs'] = path;
  const pages = ['runs', 'alerts', 'compare'] as const;
  return (
    <>
      <a class="skip" href="#main">
        {words.skip}
      </a>
      <header class="top">
        <a class="brand" href="/">
          Libra 天秤
        </a>
        <nav aria-label={words.mainNav}>
          {pages.map((page) => (
            <a key={page} href={address([page])} aria-current={page === room ? 'page' : undefined}>
              {words.nav[page]}
            </a>
          ))}
          <a href="/api/docs">{words.nav.docs}</a>
        </nav>
        <span class={`status ${line}`} role="status">
          {line === 'live' ? words.live : line === 'connecting' ? words.connecting : ''}
        </span>
        <Choices />
      </header>
      {line === 'lost' && (
        <div class="lost" role="alert">
          {words.lost}
        </div>
      )}
      <main id="main" tabIndex={-1}>
        {viewOf(path, words.nothing, words.toRuns)}
      </main>
    </>
  );
}

function Choices() {
  const words = useWords();
  const now = useObservable(language);
  const look = useObservable(theme);
  return (
    <span class="row">
      <select
        aria-label={words.theme}
        value={look}
        onChange={(event) => chooseTheme(event.currentTarget.value as Theme)}
      >
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {words.themes[one]}
          </option>
        ))}
      </select>
      <button
        type="button"
        lang={now === 'zh' ? 'en' : 'zh-CN'}
        aria-label={words.languageLabel}
        onClick={() => chooseLanguage(now === 'zh' ? 'en' : 'zh')}
      >
        {words.language}
      </button>
    </span>
  );
}

function viewOf(path: readonly string[], nothing: string, toRuns: string): ComponentChildren {
  const [room = 'runs', id, more] = path;
  if (path.length > 3 || (more !== undefined && !(room === 'checkpoints' && more === 'samples')))
    return <Nothing text={nothing} back={toRuns} />;
  if (room === 'runs') return id === undefined ? <RunsPage /> : <RunPage key={id} run={id} />;
  if (room === 'alerts') return id === undefined ? <AlertsPage /> : <AlertPage key={id} id={id} />;
  if (room === 'compare' && id === undefined) return <ComparePage />;
  if (room === 'checkpoints' && id !== undefined) {
    return more === 'samples' ? <SamplesPage key={id} id={id} /> : <CheckpointPage key={id} id={id} />;
  }
  return <Nothing text={nothing} back={toRuns} />;
}

function Nothing({ text, back }: { readonly text: string; readonly back: string }) {
  return (
    <div class="card empty">
      <h1>{text}</h1>
      <a href="/">{back}</a>
    </div>
  );
}
