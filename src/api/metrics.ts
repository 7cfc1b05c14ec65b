/** A few gauges in the Prometheus text exposition format (version 0.0.4). */
import { CHECKPOINT_STATES } from '../domain/checkpoint.ts';
import type { ApiRoom } from './room.ts';

interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];
}

export function writeMetrics({ store, version }: ApiRoom, readers: number): string {
  const overview = store.runs.overview();
  const gauges: Gauge[] = [
    { name: 'libra_info', help: 'Version of the daemon', samples: [{ labels: { version }, value: 1 }] },
    {
      name: 'libra_checkpoints',
      help: 'Checkpoints of a run by state',
      samples: overview.flatMap(({ run, counts }) =>
        CHECKPOINT_STATES.map((state) => ({ labels: { run: run.id, state }, value: counts[state] })),
      ),
    },
    {
      name: 'libra_open_alerts',
      help: 'Alerts of a run that want attention',
      samples: overview.map(({ run, openAlerts }) => ({ labels: { run: run.id }, value: openAlerts })),
    },
    {
      name: 'libra_latest_checkpoint_step',
      help: 'Step of the newest checkpoint',
      samples: overview.flatMap(({ run, latest }) => (latest ? [{ labels: { run: run.id }, value: latest.step }] : [])),
    },
    { name: 'libra_live_readers', help: 'Open event streams', samples: [{ value: readers }] },
    {
      name: 'process_resident_memory_bytes',
      help: 'Resident memory of the daemon',
      samples: [{ value: process.memoryUsage.rss() }],
    },
  ];
  return gauges.map(writeGauge).join('');
}

function writeGauge({ name, help, samples }: Gauge): string {
  const lines = samples.map(({ labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
    return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

function escapeLabel(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
