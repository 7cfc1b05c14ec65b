/** The conductor: opens everything the configuration asks for, lets it run, and stops it in order. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { messageOf } from '../domain/errors.ts';
import { openEngineRegistry } from '../inference/engine-registry.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { fileSystemOf } from '../system/files.ts';
import type { Log } from '../system/log.ts';
import { type ActionLinks, openActionLinks } from './action-links.ts';
import type { DaemonContext } from './context.ts';
import { tellCalm } from './damp-flapping.ts';
import { startOutbox } from './deliver-outbox.ts';
import { runNextEvaluation } from './evaluate-jobs.ts';
import { createEventBus, type EventBus } from './event-bus.ts';
import { releaseHeld } from './hold-alert.ts';
import { type IdleWatch, watchIdleness } from './idle.ts';
import { judgeNext } from './judge-checkpoint.ts';
import { keepNotices } from './keep-notices.ts';
import { type ConfigSource, openLivingConfig } from './living-config.ts';
import { loadWatchedTasks } from './load-watched-tasks.ts';
import { lookingSince } from './looking-since.ts';
import { messageAddresses } from './message-addresses.ts';
import { noticeCheckpoints } from './notice-checkpoints.ts';
import { noticeSettingsOf } from './notice-settings-of.ts';
import { openDataSources } from './open-data-sources.ts';
import { engineSettingsOf, openEngines } from './open-engines.ts';
import { openExecutor } from './open-executor.ts';
import { type NotifierSurroundings, openNotifiers } from './open-notifiers.ts';
import { planFullSuite } from './plan-full-suite.ts';
import { queueReferences } from './queue-model.ts';
import { recover } from './recover.ts';
import { releaseDone, releasePinOf } from './release-pin.ts';
import { remind } from './remind.ts';
import { checkSchedule, startSchedule } from './schedule.ts';
import { sendDigest } from './send-digest.ts';
import { learnTaskFacts } from './task-facts.ts';
import { watchBacklog } from './watch-backlog.ts';
import { watchForStalls } from './watch-clock.ts';
import { startWorkLoop } from './work-loop.ts';

export interface DaemonOptions extends NotifierSurroundings {
  readonly config: Config;
  /** Re-read while the daemon runs; left out, the configuration stays what it is. */
  readonly configSource?: ConfigSource | undefined;
  /** Which of the runs found there are wanted; all by default. */
  readonly accepts?: (path: string) => boolean;
  readonly dataDirectory: string;
  readonly log: Log;
  readonly onEvent?: Parameters<EventBus['subscribe']>[0];
}

export interface Daemon {
  readonly store: Store;
  readonly bus: EventBus;
  /** A hint that something may have changed at a path. */
  readonly poke: (path: string) => boolean;
  /** Links in messages that answer an alert, and whether those of a channel are good. */
  readonly actions: { readonly links: ActionLinks; readonly isOpenTo: (channel: string) => boolean };
  /** From now on alerts link to this address. */
  setAddress(url: string): void;
  /** Resolves once everything found is evaluated, judged and told, and nothing new came for so long. */
  readonly idle: IdleWatch;
  /** Everything in flight is put down where the next start takes it up. */
  stop(): Promise<void>;
}

const CLOCK_EVERY_MS = 5_000;
const REREAD_EVERY_MS = 2_000;
const TIDY_EVERY_MS = 3_600_000;

/** @throws LibraError whose sentence says why it cannot start; nothing is left running then */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { config, dataDirectory, clock, log } = options;
  const network = (await fileSystemOf(dataDirectory)).network;
  const store = openStore({ directory: dataDirectory, now: clock.now, isNetworkFileSystem: () => network });
  try {
    return await conduct(options, store);
  } catch (error) {
    store.close();
    throw error;
  }

  async function conduct({ roots, env, onEvent }: DaemonOptions, store: Store): Promise<Daemon> {
    const bus = createEventBus({
      append: store.events.append,
      transaction: store.transaction,
      now: clock.now,
      onListenerError: (error) => log.error(`a listener failed: ${messageOf(error)}`),
    });
    if (onEvent) bus.subscribe(onEvent);
    checkSchedule(config.schedule);
    let address: string | null = null;
    const actionLinks = openActionLinks(dataDirectory);
    const addresses = messageAddresses(config.server.public_url, actionLinks);
    const watched = await loadWatchedTasks(config, openDataSources({ tasks: config.tasks, env, dataDirectory }), log);
    const { execute, tasks, problems } = await openExecutor(watched, config.code_execution);
    for (const { task, error } of problems) log.warn(`task ${task} is left out: ${error.message} ${error.hint}`);
    const facts = learnTaskFacts(tasks);
    const workDirectory = join(dataDirectory, 'engines');
    await rm(workDirectory, { recursive: true, force: true });
    await mkdir(workDirectory, { recursive: true, mode: 0o700 });
    const paces = new Map();
    let notifiers = openNotifiers(config, options, paces);
    const living = openLivingConfig(config, options.configSource ?? null, {
      bus,
      log,
      apply: (next) => {
        // What can refuse comes first, so that a refused edit leaves all as it was.
        checkSchedule(next.schedule);
        const opened = openNotifiers(next, options, paces);
        schedule.set(next.schedule);
        for (const notifier of notifiers) notifier.close();
        notifiers = opened;
      },
    });
    const context: DaemonContext = {
      get config() {
        return living.current;
      },
      store,
      bus,
      clock,
      log,
      engine: engineSettingsOf(config, env),
      engines: openEngines(config),
      engineRegistry: openEngineRegistry(join(dataDirectory, 'engines.json')),
      get notifiers() {
        return notifiers;
      },
      linkOf: (alert) => addresses.linkOf(alert, address),
      actionsOf: (alert, channel) =>
        living.current.alerts.links ? addresses.actionsOf(alert, channel, clock.now()) : [],
      tasks: new Map(tasks.map((task) => [task.summary.name, task])),
      execute,
      workDirectory,
    };
    await recover(context);
    await queueReferences(context);
    bus.emit('daemon.started', { roots: [...roots], tasks: facts.summaries.length });

    const loop = (name: string, work: (signal: AbortSignal) => Promise<boolean>, nextAt: () => number | null) =>
      startWorkLoop({ name, clock, log, work, nextAt });
    const outbox = startOutbox(context);
    const judging = loop(
      'verdicts',
      async () => {
        const judged = await judgeNext(context, facts);
        if (judged === 'judged') {
          evaluating.wake();
          await releaseDone(context);
        }
        if (judged === 'asks further') evaluating.wake();
        return judged !== 'nothing';
      },
      () => null,
    );
    const evaluating = loop(
      'evaluation',
      async (signal) => {
        const done = await runNextEvaluation(context, signal);
        if (done) judging.wake();
        return done;
      },
      store.jobs.nextAt,
    );
    const noticer = noticeCheckpoints({
      roots: [...roots],
      ...(options.accepts ? { accepts: options.accepts } : {}),
      dataDirectory,
      settings: noticeSettingsOf(config),
      sink: keepNotices(context, {
        onQueued: () => evaluating.wake(),
        onSettled: () => judging.wake(),
      }),
      clock,
      log,
    });
    const since = lookingSince(clock, noticer.ready);
    const clockwork = loop(
      'clock',
      async () => {
        watchForStalls(context, since());
        releaseHeld(context);
        bus.transact(() => tellCalm(context));
        remind(context);
        if (watchBacklog(context)) {
          judging.wake();
          await releaseDone(context);
        }
        outbox.wake();
        return false;
      },
      () => clock.now() + CLOCK_EVERY_MS,
    );
    const schedule = startSchedule(config.schedule, {
      full_suite: () => {
        if (planFullSuite(context).length > 0) evaluating.wake();
      },
      digest: () => {
        sendDigest(context);
      },
    });
    const rereading = loop(
      'configuration',
      async () => {
        if (living.reread()) outbox.wake();
        return false;
      },
      () => clock.now() + REREAD_EVERY_MS,
    );
    const tidying = loop(
      'tidying',
      async () => {
        const { events, deliveries, answers, responses } = context.config.retention;
        store.retention.apply({ eventsMs: events, deliveriesMs: deliveries, answersMs: answers });
        store.responses.keepWithin(responses);
        return false;
      },
      () => clock.now() + TIDY_EVERY_MS,
    );
    return {
      store,
      bus,
      poke: noticer.poke,
      actions: {
        links: actionLinks,
        isOpenTo: (channel) => living.current.alerts.links && notifiers.some(({ name }) => name === channel),
      },
      setAddress: (url) => {
        address = url;
      },
      idle: watchIdleness({ store, bus, clock, ready: noticer.ready, unsettled: noticer.unsettled }),
      stop: async () => {
        bus.emit('daemon.stopping');
        await Promise.all([noticer.close(), schedule.stop()]);
        await Promise.all([evaluating, judging, outbox, clockwork, rereading, tidying].map((each) => each.stop()));
        for (const { checkpoint } of store.pins.held())
          if (store.checkpoints.require(checkpoint).state === 'evaluated') await releasePinOf(context, checkpoint);
        for (const notifier of context.notifiers) notifier.close();
        store.close();
      },
    };
  }
}
