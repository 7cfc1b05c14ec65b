/** vLLM: a server of its own Python installation, on a free loopback port, on the devices it was given or on the CPU. */
import { findFreePort } from '../../system/free-port.ts';
import { usableCores } from '../../system/machine.ts';
import { findCommand } from '../../system/process.ts';
import { type AssignedDevices, assignDevices } from '../devices.ts';
import type { EngineCommand, EngineStanding, StartedEngine, StartRequest } from '../engine.ts';
import { type FoundVllm, findVllm, type MissingVllm } from '../vllm/find-vllm.ts';
import { vllmArguments, vllmDtype } from '../vllm/vllm-arguments.ts';
import type { VllmSettings } from '../vllm/vllm-settings.ts';

export function vllmEngine(settings: VllmSettings): StartedEngine {
  // Asking a Python takes a moment; where it is installed does not change while a daemon runs.
  let found: Promise<FoundVllm | MissingVllm> | null = null;
  const find = async () => {
    found ??= findVllm(settings);
    const answer = await found;
    if ('missing' in answer) found = null;
    return answer;
  };
  const assigned = () => assignDevices(settings.devices, (command) => findCommand(command) !== null);
  return {
    kind: 'started',
    name: 'vllm',
    about: 'on accelerators named under `devices`, or on the CPU with a build for it',
    hasDevices: settings.devices.length > 0,
    abilities: {
      answers: ['loglikelihood', 'loglikelihood_rolling', 'generate_until'],
      architectures: 'any',
      formats: ['safetensors', 'pytorch'],
      adapters: true,
      quantised: true,
    },
    hesitates: () => null,
    look: async () => judge(await find(), assigned()),
    async command(request) {
      const vllm = await find();
      const devices = assigned();
      const standing = judge(vllm, devices);
      if ('missing' in vllm || !standing.isUsable) throw new Error('vLLM was started without being looked at');
      return commandFor(vllm, devices, settings, request);
    },
  };
}

function judge(vllm: FoundVllm | MissingVllm, devices: AssignedDevices | null): EngineStanding {
  if ('missing' in vllm) {
    return {
      isUsable: false,
      because: vllm.isBroken ? 'broken' : 'missing',
      reason: vllm.missing,
      hint: 'Install vLLM, or name its program or Python as engine.vllm.command or engine.vllm.python in libra.yaml.',
    };
  }
  const { version, command, isCpuBuild } = vllm;
  if (isCpuBuild && devices !== null) {
    return {
      isUsable: false,
      because: 'withheld',
      reason: `the vLLM at ${command} is built for the CPU and cannot use ${devices.vendor.id} devices`,
      hint: 'Install the build for these devices, or name none under `devices`.',
    };
  }
  if (!isCpuBuild && devices === null) {
    return {
      isUsable: false,
      because: 'withheld',
      reason: `the vLLM at ${command} computes on accelerators, and Libra takes none unasked`,
      hint: 'Name those it may use, which training does not need: `engine: {name: vllm, devices: ["cuda:1"]}`.',
    };
  }
  const where = devices === null ? 'on the CPU' : `on ${devices.vendor.id} ${devices.ids.join(', ')}`;
  return { isUsable: true, version, where: `${command}, ${where}` };
}

async function commandFor(
  vllm: FoundVllm,
  devices: AssignedDevices | null,
  settings: VllmSettings,
  { checkpoint, facts, servedName, apiKey, threads }: StartRequest,
): Promise<EngineCommand> {
  const port = await findFreePort();
  const isOnCpu = devices === null;
  const dtype = vllmDtype(facts, settings, isOnCpu);
  const server = { servedName, port, facts, dtype, isOnCpu, settings, devices: devices?.ids.length ?? 0 };
  return {
    command: vllm.command,
    args: [...vllm.before, ...vllmArguments({ ...server, directory: checkpoint.path })],
    env: {
      ...(devices === null ? onCpu(threads) : { [devices.vendor.variable]: devices.ids.join(',') }),
      // Nothing is fetched and nothing is reported from a machine that trains.
      HF_HUB_OFFLINE: '1',
      VLLM_NO_USAGE_STATS: '1',
      DO_NOT_TRACK: '1',
      ...settings.env,
      VLLM_API_KEY: apiKey,
    },
    base: `http://127.0.0.1:${port}`,
    dtype: dtype === 'auto' ? (facts.dtype ?? 'unknown') : dtype,
    device: devices === null ? 'cpu' : `${devices.vendor.id}:${devices.ids.join(',')}`,
  };
}

/** GiB for keys and values: by itself it would take a large share of the machine's memory. */
const CACHE_GIB = '4';

function onCpu(threads: number | null): Record<string, string> {
  const given = process.env;
  return {
    // Some builds go by another package name, by which vLLM does not recognise what it was built for.
    VLLM_TARGET_DEVICE: 'cpu',
    CUDA_VISIBLE_DEVICES: '',
    // Threads bound to cores would fight the training for just these.
    VLLM_CPU_OMP_THREADS_BIND: given.VLLM_CPU_OMP_THREADS_BIND ?? 'nobind',
    VLLM_CPU_KVCACHE_SPACE: given.VLLM_CPU_KVCACHE_SPACE ?? CACHE_GIB,
    OMP_NUM_THREADS: String(threads ?? Math.max(1, usableCores() - 1)),
  };
}
