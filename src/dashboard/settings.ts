/** What this reader chose: language, theme, and the token for servers that want one. Remembered in the browser. */
import { observable } from './observable.ts';

export type Language = 'en' | 'zh';
export type Theme = 'auto' | 'light' | 'dark';

/** A browser may refuse storage; then choices last as long as the page. */
function remembered(store: () => Storage, key: string): string | null {
  try {
    return store().getItem(key);
  } catch {
    return null;
  }
}

function remember(store: () => Storage, key: string, value: string): void {
  try {
    store().setItem(key, value);
  } catch {
    // Not remembered, but in force.
  }
}

const local = () => localStorage;
const session = () => sessionStorage;

const firstLanguage = remembered(local, 'libra-language') ?? (navigator.language.startsWith('zh') ? 'zh' : 'en');
const firstTheme = remembered(local, 'libra-theme');

export const language = observable<Language>(firstLanguage === 'zh' ? 'zh' : 'en');
export const theme = observable<Theme>(firstTheme === 'light' || firstTheme === 'dark' ? firstTheme : 'auto');
export const token = observable<string | null>(remembered(session, 'libra-token'));

export function chooseLanguage(next: Language): void {
  remember(local, 'libra-language', next);
  language.set(next);
  applySettings();
}

export function chooseTheme(next: Theme): void {
  remember(local, 'libra-theme', next);
  theme.set(next);
  applySettings();
}

/** Kept for this tab only: a token is a secret. */
export function giveToken(next: string): void {
  remember(session, 'libra-token', next);
  token.set(next);
}

/** Puts the choices on the document; takes `#token=...` out of the address before anybody sees it. */
export function applySettings(): void {
  document.documentElement.lang = language.get() === 'zh' ? 'zh-CN' : 'en';
  if (theme.get() === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.get();
  const given = /[#&]token=([^&]+)/.exec(location.hash);
  if (given === null) return;
  giveToken(decodeURIComponent(given[1]!));
  history.replaceState(null, '', location.pathname + location.search);
}
