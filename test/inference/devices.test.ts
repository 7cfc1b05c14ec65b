import { describe, expect, it } from 'vitest';
import { assignDevices } from '../../src/inference/devices.ts';

const tools =
  (...installed: readonly string[]) =>
  (command: string) =>
    installed.includes(command);

describe('devices named in the configuration', () => {
  it('are none by default: nothing is taken unasked', () => {
    expect(assignDevices([], tools('nvidia-smi'))).toBeNull();
  });

  it.each([
    [['cuda:1'], [], 'CUDA_VISIBLE_DEVICES', '1'],
    [['0', '3'], ['nvidia-smi'], 'CUDA_VISIBLE_DEVICES', '0,3'],
    [['GPU-8f3a1c'], ['nvidia-smi'], 'CUDA_VISIBLE_DEVICES', 'GPU-8f3a1c'],
    [['npu:0', 'ascend:1'], [], 'ASCEND_RT_VISIBLE_DEVICES', '0,1'],
    [['mlu:2'], [], 'MLU_VISIBLE_DEVICES', '2'],
    [['kunlun:0'], ['xpu-smi'], 'XPU_VISIBLE_DEVICES', '0'],
    [['intel:0'], ['xpu-smi'], 'ZE_AFFINITY_MASK', '0'],
    [['0'], ['rocm-smi'], 'HIP_VISIBLE_DEVICES', '0'],
  ] as const)('%s with the tools %s become %s=%s', (named, installed, variable, ids) => {
    const assigned = assignDevices(named, tools(...installed));
    expect([assigned?.vendor.variable, assigned?.ids.join(',')]).toEqual([variable, ids]);
  });

  it.each([
    [['0'], [], /no tool of a device vendor/],
    [['0'], ['xpu-smi'], /kunlun, intel/],
    [['tpu:0'], [], /no device vendor "tpu"/],
    [['cuda:0', 'npu:0'], [], /several vendors/],
    [['cuda: 0'], [], /is no device/],
  ] as const)('%s with the tools %s are refused', (named, installed, why) => {
    expect(() => assignDevices(named, tools(...installed))).toThrow(why);
  });
});
