"""Hugging Face Trainer (and everything built on it: TRL, Axolotl, LLaMA-Factory, ms-swift).

    from hf_trainer import LibraCallback
    trainer = Trainer(..., callbacks=[LibraCallback()])

It tells Libra about every save. It does something to the training only where you switch it on:

    LibraCallback(allow=["log", "save", "pause", "lr", "data_mix"], on_data_mix=my_function)

log       writes new alerts into the trainer's log history
save      saves one extra checkpoint when a new alert fires, so that Libra can tell sooner where it began
stop      ends the training when Libra's suggested action is to roll back; the path to go back to is in the alert
pause     saves and then ends it there, so that you can look and go on from that very step
lr        lowers the learning rate of all that is left of the schedule to what an alert advises, once an alert
data_mix  calls on_data_mix(mix, change) with the whole advised mix, {"en": 0.6, "zh": 0.4}, once an alert, on every rank

What changes the training is told to Libra as an intervention, so that its effect is measured. Nothing is done unless
the daemon proves that it knows the token.
"""

import os
import threading

from libra_advice import Advised
from libra_learning_rate import lower_learning_rate
from libra_notify import TIMEOUT_SECONDS, intervene, notify, poll

try:
    from transformers import TrainerCallback
except Exception:  # used without transformers (tests, other trainers with the same callbacks)
    TrainerCallback = object

ACTIONS = ("log", "save", "stop", "pause", "lr", "data_mix")


class LibraCallback(TrainerCallback):
    """Tells Libra about every save, and acts on what Libra knows as far as `allow` says (default: not at all).

    on_data_mix: what "data_mix" calls; only your code knows how the data are mixed.
    least_confidence: advice less sure than this ("low", "medium" or "high") changes nothing.
    lowest_factor: the learning rate is never multiplied by less than this at once.
    every_seconds: how often Libra is asked, by a background thread; a step never waits for it.
    every_steps: how often all ranks agree on what to do, where there are several.
    """

    def __init__(
        self,
        allow=(),
        run=None,
        every_seconds=30,
        every_steps=10,
        on_data_mix=None,
        least_confidence="high",
        lowest_factor=0.1,
    ):
        unknown = sorted(set(allow) - set(ACTIONS))
        if unknown:
            raise ValueError("LibraCallback: allow may hold %s, not %s" % (", ".join(ACTIONS), ", ".join(unknown)))
        if ("data_mix" in allow) != callable(on_data_mix):
            raise ValueError('LibraCallback: allow=["data_mix"] and on_data_mix=function(mix, change) belong together')
        if not 0 < lowest_factor < 1:
            raise ValueError("LibraCallback: lowest_factor is a number between 0 and 1, not %r" % (lowest_factor,))
        self.allow = frozenset(allow)
        self.run = run
        self.every_seconds = every_seconds
        self.every_steps = max(1, every_steps)
        self.on_data_mix = on_data_mix
        self.lowest_factor = lowest_factor
        self._advised = Advised(self.allow, least_confidence)
        self._known = None
        self._telling = []
        self._over = threading.Event()

    def on_save(self, args, state, control, **kwargs):
        if _is_first(state):
            step = getattr(state, "global_step", None)
            notify(os.path.join(args.output_dir, "checkpoint-%s" % step), step)
        return control

    def on_train_begin(self, args, state, control, **kwargs):
        if _is_first(state):
            notify(args.output_dir)
            if self.allow:
                threading.Thread(target=self._watch, args=(self._run_of(args),), name="libra-poll", daemon=True).start()
        return control

    def on_step_end(self, args, state, control, **kwargs):
        if not self.allow:
            return control
        try:
            self._act(args, state, control, kwargs)
        except Exception:  # a hook must never stop a training by mistake
            pass
        return control

    def on_train_end(self, args, state, control, **kwargs):
        self._over.set()
        if _is_first(state):
            notify(args.output_dir)
        for thread in self._telling:  # a stop is told as the last thing of a process that ends
            thread.join(TIMEOUT_SECONDS)
        return control

    def _watch(self, run):
        while not self._over.is_set():
            known = poll(run)
            if known is not None:
                self._known = known
            self._over.wait(self.every_seconds)

    def _act(self, args, state, control, given):
        step = getattr(state, "global_step", 0)
        is_alone = _world_size(args) == 1
        if not is_alone and step % self.every_steps != 0:
            return
        todo = []
        try:
            todo = self._decide(state, step) if _is_first(state) else []
        except Exception:  # the other ranks wait for what this one says
            pass
        if not is_alone:
            todo = _from_first_rank(todo)
        for what, change, why in todo:
            done = None
            try:
                done = self._do(what, change, control, given)
            except Exception as error:
                if _is_first(state):
                    self._log(state, step, {"libra_failed": "%s: %s" % (what, error)})
            if done and _is_first(state):
                note = "LibraCallback %s because of: %s" % (done, why)
                self._tell(self._run_of(args), step, note)

    def _decide(self, state, step):
        """What to do now as (action, advised change, titles of the alerts it is done for)."""
        if self._known is None:
            return []
        new, firing, todo = self._advised.todo(self._known)
        if new and "log" in self.allow:
            self._log(state, step, {"libra_alerts": len(firing), "libra_alert": "; ".join(one["title"] for one in new)})
        return todo

    def _do(self, what, change, control, given):
        """Does it, and says what was done where the training goes on changed."""
        if what in ("save", "pause"):
            control.should_save = True
        if what in ("stop", "pause"):
            control.should_training_stop = True
            return "stopped the training" if what == "stop" else "saved and stopped the training"
        if what == "lr":
            most = change["learning_rate"]
            return lower_learning_rate(given.get("optimizer"), given.get("lr_scheduler"), most, self.lowest_factor)
        if what == "data_mix":
            self.on_data_mix(dict(change["mix"]), dict(change))
            return "set the data mix to %s" % ", ".join("%s %.3g" % each for each in sorted(change["mix"].items()))
        return None

    def _run_of(self, args):
        return self.run or os.path.abspath(args.output_dir)

    def _tell(self, run, step, note):
        thread = threading.Thread(target=intervene, args=(run, step, note), name="libra-intervene", daemon=True)
        thread.start()
        self._telling.append(thread)

    def _log(self, state, step, said):
        if hasattr(state, "log_history"):
            state.log_history.append(dict({"step": step}, **said))


def _is_first(state):
    return getattr(state, "is_world_process_zero", True)


def _world_size(args):
    return getattr(args, "world_size", 1) or 1


def _from_first_rank(todo):
    """One rank that stops alone would leave the others waiting for ever, so all do what the first one says."""
    import torch.distributed as distributed

    box = [todo]
    distributed.broadcast_object_list(box, src=0)
    return box[0]
