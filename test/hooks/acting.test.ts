/** A callback that may act on what Libra knows: only where it is switched on, once an alert, and told. Run by the real python3. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasPython, runHook } from './run-hook.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'libra-hooks-'));
});
afterEach(() => rm(directory, { recursive: true }));

const python = (source: string) => runHook('python3', ['-c', source], directory, { LIBRA_URL: 'http://127.0.0.1:1' });

describe.skipIf(!hasPython)('a callback that may act', () => {
  const prepared = `
import time, types, hf_trainer
def known(action, *ids):
    alerts = [{"id": one, "state": "firing", "title": "zh fell"} for one in ids]
    return {"open_alerts": alerts, "suggested_action": action, "suggested_changes": []}
args = types.SimpleNamespace(output_dir="out", world_size=1)
state = types.SimpleNamespace(global_step=40, is_world_process_zero=True, log_history=[])
control = types.SimpleNamespace(should_save=False, should_training_stop=False)
told = []
hf_trainer.intervene = lambda *said: told.append(said)
hf_trainer.notify = lambda *said: None
def stepped(callback):
    control.should_save = control.should_training_stop = False
    assert callback.on_step_end(args, state, control) is control
    return control.should_save, control.should_training_stop
`;

  it('does nothing unless it is switched on, whatever is known', async () => {
    const source = `${prepared}
hf_trainer.poll = lambda run: known("roll_back", "a")
callback = hf_trainer.LibraCallback()
callback.on_train_begin(args, state, control)
time.sleep(0.2)
assert stepped(callback) == (False, False)
assert state.log_history == [] and told == []
try:
    hf_trainer.LibraCallback(allow=["everything"])
    assert False
except ValueError as error:
    assert "log, save, stop, pause, lr, data_mix" in str(error)
`;
    expect(await python(source)).toMatchObject({ code: 0, lastLines: [] });
  });

  it('acts once an alert, as far as it may, and tells what it did', async () => {
    const source = `${prepared}
answer = [known("look", "a")]
hf_trainer.poll = lambda run: answer[0]
callback = hf_trainer.LibraCallback(allow=["log", "save", "stop"], every_seconds=0.05)
callback.on_train_begin(args, state, control)
time.sleep(0.3)
assert stepped(callback) == (True, False)
assert stepped(callback) == (False, False)
assert state.log_history == [{"step": 40, "libra_alerts": 1, "libra_alert": "zh fell"}]
answer[0] = known("roll_back", "a", "b")
time.sleep(0.3)
assert stepped(callback) == (True, True)
time.sleep(0.2)
assert len(told) == 1 and told[0][1] == 40 and "stopped the training because of: zh fell" in told[0][2]
answer[0] = None
time.sleep(0.2)
assert stepped(callback) == (False, False)
callback.on_train_end(args, state, control)
`;
    expect(await python(source)).toMatchObject({ code: 0, lastLines: [] });
  });

  it('with several ranks all do what the first one says, and a mistake stops nothing', async () => {
    const source = `${prepared}
import sys
args.world_size = 2
boxes = []
def broadcast(box, src):
    boxes.append(list(box))
    box[0] = [("save", None, "")]
distributed = types.SimpleNamespace(broadcast_object_list=broadcast)
sys.modules["torch"] = types.SimpleNamespace(distributed=distributed)
sys.modules["torch.distributed"] = distributed
state.is_world_process_zero = False
callback = hf_trainer.LibraCallback(allow=["save"])
assert stepped(callback) == (True, False) and boxes == [[[]]]
state.global_step = 41
assert stepped(callback) == (False, False)
# The first rank always says something: the others wait for it.
state.is_world_process_zero, state.global_step = True, 50
callback._known = {"no": "alerts"}
assert stepped(callback) == (True, False) and boxes == [[[]], [[]]]
state.global_step = 60
del distributed.broadcast_object_list
assert stepped(callback) == (False, False)
`;
    expect(await python(source)).toMatchObject({ code: 0, lastLines: [] });
  });

  it('pause saves where it ends', async () => {
    const source = `${prepared}
callback = hf_trainer.LibraCallback(allow=["pause"])
callback._known = known("roll_back", "a")
assert stepped(callback) == (True, True)
callback.on_train_end(args, state, control)
assert "saved and stopped the training" in told[0][2]
`;
    expect(await python(source)).toMatchObject({ code: 0, lastLines: [] });
  });

  const advising = `${prepared}
def advised(change, confidence="high", alert="a"):
    answer = known("look", "a")
    answer["suggested_changes"] = [{"alert": alert, "change": change, "confidence": confidence, "reason": "it fell"}]
    return answer
# As torch.optim.lr_scheduler.LambdaLR: every rate is its base rate times a factor of the step.
class Schedule:
    def __init__(self, optimizer):
        self.optimizer, self.base_lrs, self.steps = optimizer, [g["initial_lr"] for g in optimizer.param_groups], 0
    def step(self):
        self.steps += 1
        for group, base in zip(self.optimizer.param_groups, self.base_lrs): group["lr"] = base * 0.5 ** self.steps
groups = [{"lr": 8e-3, "initial_lr": 8e-3}, {"lr": 4e-3, "initial_lr": 4e-3}]
optimizer = types.SimpleNamespace(param_groups=groups)
wrapped = types.SimpleNamespace(scheduler=Schedule(optimizer))
rates = lambda: [round(group["lr"], 9) for group in groups]
def step(callback):
    callback.on_step_end(args, state, control, optimizer=optimizer, lr_scheduler=wrapped)
    return rates()
lower = {"kind": "lower_learning_rate", "learning_rate": 2e-3}
mix = {"kind": "raise_share", "part": "zh", "share": 0.4, "mix": {"en": 0.6, "zh": 0.4}}
`;

  it('lowers the learning rate of all that is left of the schedule, once an alert and never below its bound', async () => {
    const source = `${advising}
callback = hf_trainer.LibraCallback(allow=["lr"])
callback._known = advised(lower, "medium")
assert step(callback) == [8e-3, 4e-3], "not sure enough"
callback._known = advised(lower, alert="gone")
assert step(callback) == [8e-3, 4e-3], "of no alert that fires"
callback._known = advised(dict(lower, learning_rate=float("nan")))
assert step(callback) == [8e-3, 4e-3], "no number"
callback._known = advised(lower)
assert step(callback) == [2e-3, 1e-3]
wrapped.scheduler.step()
assert rates() == [1e-3, 5e-4], "the next rate comes from the lowered schedule"
for group in groups: group["lr"] = 8e-3
assert step(callback) == [8e-3, 8e-3], "once an alert"
callback.on_train_end(args, state, control)
assert [one[2] for one in told] == ["LibraCallback lowered the learning rate from 0.008 to 0.002 (factor 0.25) because of: zh fell"]
bounded = hf_trainer.LibraCallback(allow=["lr"], lowest_factor=0.5)
bounded._known = advised(lower)
assert step(bounded) == [4e-3, 4e-3]
bounded.on_train_end(args, state, control)
low = hf_trainer.LibraCallback(allow=["lr"])
low._known = advised(dict(lower, learning_rate=1.0))
assert step(low) == [4e-3, 4e-3] and len(told) == 2, "it is as low as that already"
`;
    expect(await python(source)).toMatchObject({ code: 0, lastLines: [] });
  });

  it('hands the advised mix to the function it was given, once an alert, and what that raises stops nothing', async () => {
    const source = `${advising}
mixes = []
take = lambda shares, change: mixes.append((shares, change["part"]))
callback = hf_trainer.LibraCallback(allow=["data_mix"], on_data_mix=take)
callback._known = advised(dict(mix, mix={"en": 0.9, "zh": 0.4}))
step(callback)
assert mixes == [], "shares of more than all"
callback._known = advised(mix)
assert step(callback) == [8e-3, 4e-3]
step(callback)
assert mixes == [({"en": 0.6, "zh": 0.4}, "zh")]
callback.on_train_end(args, state, control)
assert [one[2] for one in told] == ["LibraCallback set the data mix to en 0.6, zh 0.4 because of: zh fell"]
def broken(shares, change): raise RuntimeError("no such source")
callback = hf_trainer.LibraCallback(allow=["data_mix"], on_data_mix=broken)
callback._known = advised(mix)
step(callback)
assert len(told) == 1 and state.log_history[-1]["libra_failed"] == "data_mix: no such source"
for wrong in (dict(allow=["data_mix"]), dict(on_data_mix=broken), dict(lowest_factor=0), dict(least_confidence="sure")):
    try:
        hf_trainer.LibraCallback(**wrong)
        assert False, wrong
    except ValueError:
        pass
`;
    expect(await python(source)).toMatchObject({ code: 0, lastLines: [] });
  });

  it('changes nothing where it is not switched on', async () => {
    const source = `${advising}
callback = hf_trainer.LibraCallback(allow=["log"])
callback._known = dict(advised(lower), suggested_action="roll_back")
assert step(callback) == [8e-3, 4e-3]
assert not control.should_training_stop and told == []
`;
    expect(await python(source)).toMatchObject({ code: 0, lastLines: [] });
  });
});
