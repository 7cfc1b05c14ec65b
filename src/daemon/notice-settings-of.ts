/** How the configuration's words on watching and pinning read to the watcher. */
import type { Config } from '../config/schema.ts';
import { DEFAULT_NOTICE_SETTINGS, type NoticeSettings } from './notice-settings.ts';

export function noticeSettingsOf({ watch, pins }: Config): NoticeSettings {
  const { local, network } = DEFAULT_NOTICE_SETTINGS;
  const set = <Place extends NoticeSettings['local']>(place: Place): Place => ({
    ...place,
    windows: {
      ...place.windows,
      abandon: watch.abandon,
      // Where the trainer leaves no mark, a window that was set longer than ours is meant for it too.
      ...(watch.settle === null
        ? {}
        : { signalled: watch.settle, unsignalled: Math.max(watch.settle, place.windows.unsignalled) }),
    },
  });
  return {
    local: set(local),
    network: set(network),
    depth: watch.depth,
    pins: {
      directory: pins.directory,
      maxBytes: pins.max_bytes,
      minFree: pins.min_free,
      whenUnlinkable: pins.when_unlinkable,
    },
  };
}
