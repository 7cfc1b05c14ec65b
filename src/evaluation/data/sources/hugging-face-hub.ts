/** Data sets from a hub that speaks the Hugging Face API: the hub itself, a mirror of it, or a server of one's own. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LibraError, messageOf } from '../../../domain/errors.ts';
import { DownloadRefused, downloadFile, follow } from '../../../system/download.ts';
import type { DatasetHub, HubListing } from './data-sources.ts';
import { cacheFolderOf, LISTING } from './hub-cache.ts';
import { isFile } from './list-files.ts';

export interface HubOptions {
  /** As `https://huggingface.co`. */
  readonly endpoint: string;
  /** Null asks as nobody. */
  readonly token: string | null;
  /** A directory of ours; it gets the layout of the hub's own cache. */
  readonly cache: string;
  readonly fetch: typeof fetch;
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds until a listing must be there. */
const LISTING_TIMEOUT = 30_000;

export function createHub(options: HubOptions): DatasetHub {
  const endpoint = options.endpoint.replace(/\/+$/, '');
  const headers: Record<string, string> = options.token === null ? {} : { authorization: `Bearer ${options.token}` };
  const listings = new Map<string, Promise<HubListing>>();

  const list = async (id: string, revision: string): Promise<HubListing> => {
    const url = `${endpoint}/api/datasets/${id}/revision/${encodeURIComponent(revision)}`;
    const timeout = AbortSignal.timeout(LISTING_TIMEOUT);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
    let text: string;
    try {
      const { reply } = await follow(url, headers, options.fetch, signal);
      if (!reply.ok) throw new DownloadRefused(url, reply.status);
      text = await reply.text();
    } catch (error) {
      throw explained(error, id, revision);
    }
    const listing = listingIn(text, revision);
    if (listing !== null) return listing;
    throw new LibraError('LIBRA_DATASET_MISSING', `${url} answered with something that is no list of files.`, {
      hint: 'Check HF_ENDPOINT: is it a server that speaks the API of the Hugging Face hub?',
    });
  };

  const explained = (error: unknown, id: string, revision: string): LibraError => {
    const page = `${endpoint}/datasets/${id}`;
    const missing = (message: string, hint: string) =>
      new LibraError('LIBRA_DATASET_MISSING', message, { hint, cause: error });
    if (!(error instanceof DownloadRefused)) {
      return missing(
        `The data set ${id} could not be fetched: ${reasonOf(error)}.`,
        `Is ${endpoint} reachable from here? HF_ENDPOINT names another hub; a folder with the files does as well.`,
      );
    }
    switch (error.status) {
      case 401:
      case 403:
        return missing(
          `The data set ${id} is gated, private or unknown: ${endpoint} answered ${error.status}.`,
          options.token === null
            ? `Accept its terms at ${page}, then set HF_TOKEN.`
            : `Accept its terms at ${page} with the account of your token (HF_TOKEN), or check its name.`,
        );
      case 404:
        return missing(
          `There is no data set ${id} (revision ${revision}) at ${endpoint}.`,
          'Check dataset_path and dataset_kwargs.revision, and that HF_ENDPOINT is the right hub.',
        );
      case 429:
        return missing(`${endpoint} asks to be left alone for a while (429).`, 'Try again later, or set HF_TOKEN.');
      default:
        return missing(`The data set ${id} could not be fetched: ${error.message}.`, `Look at ${page}.`);
    }
  };

  return {
    endpoint,
    list(id, revision) {
      const key = `${id}@${revision}`;
      const known = listings.get(key) ?? list(id, revision);
      listings.set(key, known);
      return known;
    },
    async bring(id, listing, paths) {
      const root = join(options.cache, cacheFolderOf(id));
      const snapshot = join(root, 'snapshots', listing.commit);
      const absent: string[] = [];
      for (const path of paths) if (!isFile(join(snapshot, path))) absent.push(path);
      try {
        for (const path of absent) {
          const url = `${endpoint}/datasets/${id}/resolve/${listing.commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
          const to = join(snapshot, '.incoming', path);
          // A part that is whole waits for the others, also over a crash.
          if (!isFile(to)) {
            await downloadFile({ url, to, headers, fetch: options.fetch, signal: options.signal });
          }
        }
        for (const path of absent) {
          await mkdir(dirname(join(snapshot, path)), { recursive: true });
          await rename(join(snapshot, '.incoming', path), join(snapshot, path));
        }
        await mkdir(dirname(join(root, 'refs', listing.revision)), { recursive: true });
        await mkdir(snapshot, { recursive: true });
        await writeFile(join(snapshot, LISTING), JSON.stringify(listing.paths));
        await writeFile(join(root, 'refs', listing.revision), listing.commit);
      } catch (error) {
        throw explained(error, id, listing.revision);
      }
      return snapshot;
    },
  };
}

/** What fetch hides in its cause is what a person can use. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error && cause.message !== '' ? `${messageOf(error)} (${cause.message})` : messageOf(error);
}

function listingIn(text: string, revision: string): HubListing | null {
  try {
    const { sha, siblings } = JSON.parse(text) as { sha?: unknown; siblings?: unknown };
    if (!Array.isArray(siblings)) return null;
    const paths = siblings
      .map((one: { rfilename?: unknown }) => one?.rfilename)
      .filter((path): path is string => typeof path === 'string' && isSafe(path));
    // A hub without commits names its state by the revision.
    const commit = typeof sha === 'string' && /^\w+$/.test(sha) ? sha : revision.replace(/\W/g, '-');
    return { revision, commit, paths };
  } catch {
    return null;
  }
}

/** A name from outside must not lead out of the cache. */
function isSafe(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !/[\\\0]/.test(path) && !path.split('/').includes('..');
}
