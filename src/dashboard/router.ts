/** Where the reader is: each view has its own address, and links move without loading the page anew. */
import { observable } from './observable.ts';

export interface Place {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

export const place = observable<Place>(readPlace());

function readPlace(): Place {
  const path = location.pathname.split('/').filter((part) => part !== '');
  return { path: path.map(decodeURIComponent), query: new URLSearchParams(location.search) };
}

/** `address(['runs', 'my run'], {node: '*'})` -> `/runs/my%20run?node=*`; what is null or empty is left out. */
export function address(
  path: readonly string[],
  query: Readonly<Record<string, string | number | null | undefined>> = {},
): string {
  const kept = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const search = new URLSearchParams(kept.map(([name, value]) => [name, String(value)])).toString();
  return `/${path.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`;
}

export function navigate(to: string): void {
  if (to === location.pathname + location.search) return;
  history.pushState(null, '', to);
  place.set(readPlace());
  scrollTo(0, 0);
  document.getElementById('main')?.focus({ preventScroll: true });
}

/** Choices within a view: they are in its address, but do not fill the way back. */
export function amend(changes: Readonly<Record<string, string | null>>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name);
    else query.set(name, value);
  }
  const search = query.toString();
  history.replaceState(null, '', location.pathname + (search === '' ? '' : `?${search}`));
  place.set(readPlace());
}

/** Links of the page itself are followed here; the API's, other tabs' and other machines' are the browser's. */
export function followLinks(): void {
  addEventListener('popstate', () => place.set(readPlace()));
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = (event.target as Element | null)?.closest?.('a');
    if (link == null || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname.startsWith('/api/') || link.hash !== '') return;
    event.preventDefault();
    navigate(link.pathname + link.search);
  });
}
