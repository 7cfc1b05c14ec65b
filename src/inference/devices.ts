/** Accelerators: whose they are, how they are listed, and the environment variable by which a process is shown only some of them. */
import { LibraError } from '../domain/errors.ts';

export interface DeviceVendor {
  /** As `doctor` names it. */
  readonly id: string;
  /** What may stand before the colon in `cuda:0`. */
  readonly names: readonly string[];
  /** Tool that lists the devices, without allocating anything on them. */
  readonly command: string;
  readonly args: readonly string[];
  readonly variable: string;
}

export const DEVICE_VENDORS: readonly DeviceVendor[] = [
  {
    id: 'nvidia',
    names: ['nvidia', 'cuda', 'gpu'],
    command: 'nvidia-smi',
    args: ['--query-gpu=index,name,memory.used,memory.total', '--format=csv,noheader'],
    variable: 'CUDA_VISIBLE_DEVICES',
  },
  {
    id: 'ascend',
    names: ['ascend', 'npu'],
    command: 'npu-smi',
    args: ['info', '-m'],
    variable: 'ASCEND_RT_VISIBLE_DEVICES',
  },
  {
    id: 'cambricon',
    names: ['cambricon', 'mlu'],
    command: 'cnmon',
    args: ['info'],
    variable: 'MLU_VISIBLE_DEVICES',
  },
  {
    id: 'kunlun',
    names: ['kunlun'],
    command: 'xpu-smi',
    args: ['discovery'],
    variable: 'XPU_VISIBLE_DEVICES',
  },
  {
    // Another tool of the same name as Kunlun's: which of the two it is has to be said.
    id: 'intel',
    names: ['intel', 'xpu'],
    command: 'xpu-smi',
    args: ['discovery'],
    variable: 'ZE_AFFINITY_MASK',
  },
  {
    id: 'amd',
    names: ['amd', 'rocm', 'hip'],
    command: 'rocm-smi',
    args: ['--showproductname', '--showmeminfo', 'vram', '--csv'],
    variable: 'HIP_VISIBLE_DEVICES',
  },
];

/** Devices of one vendor, given to one engine. */
export interface AssignedDevices {
  readonly vendor: DeviceVendor;
  /** As the vendor's variable wants them: indices or unique ids. */
  readonly ids: readonly string[];
}

/**
 * What `0`, `cuda:1`, `npu:0` or `GPU-8f3a...` mean here. Pure.
 * @param named as the configuration names them
 * @param isInstalled whether a vendor's tool is on this machine
 * @returns null when none is named: then none may be used
 * @throws LibraError LIBRA_CONFIG_INVALID when a vendor is unknown, not told, or not the same for all
 */
export function assignDevices(
  named: readonly string[],
  isInstalled: (command: string) => boolean,
): AssignedDevices | null {
  const parts = named.map((name) => /^(?:([A-Za-z]\w*):)?(\S+)$/.exec(name.trim()));
  const wrong = named.find((_name, at) => parts[at] === null);
  if (wrong !== undefined) throw invalid(`"${wrong}" is no device`);
  if (parts.length === 0) return null;
  const vendors = parts.map((part) =>
    part?.[1] === undefined ? onlyVendor(isInstalled) : vendorNamed(part[1].toLowerCase()),
  );
  const [vendor] = vendors;
  if (vendor === undefined) return null;
  if (vendors.some((other) => other !== vendor)) throw invalid('one engine cannot use devices of several vendors');
  return { vendor, ids: parts.map((part) => part?.[2] ?? '') };
}

function vendorNamed(name: string): DeviceVendor {
  const found = DEVICE_VENDORS.find((vendor) => vendor.names.includes(name));
  if (found !== undefined) return found;
  throw invalid(`there is no device vendor "${name}"`);
}

function onlyVendor(isInstalled: (command: string) => boolean): DeviceVendor {
  const found = DEVICE_VENDORS.filter((vendor) => isInstalled(vendor.command));
  const [vendor] = found;
  if (vendor !== undefined && found.length === 1) return vendor;
  throw invalid(
    found.length === 0
      ? 'no tool of a device vendor is installed here, so a bare number names no device'
      : `devices of several vendors may be here (${found.map((one) => one.id).join(', ')}), so a bare number is not enough`,
  );
}

function invalid(why: string): LibraError {
  const prefixes = DEVICE_VENDORS.map((vendor) => `${vendor.names[0]}:0`).join(', ');
  return new LibraError('LIBRA_CONFIG_INVALID', `The devices of the engine cannot be used: ${why}.`, {
    hint: `Write them as ${prefixes}, or just 0 where one vendor's tool is installed.`,
  });
}
