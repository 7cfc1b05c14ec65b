"""Hugging Face Trainer (and everything built on it: TRL, Axolotl, LLaMA-Factory, ms-swift).

    from hf_trainer import LibraCallback
    trainer = Trainer(..., callbacks=[LibraCallback()])

It tells Libra about every save. It does something to the training only where you switch it on:

    LibraCallback(allow=["log", "save", "stop"])

log   writes new alerts into the trainer's log history
save  saves one extra checkpoint when a new alert fires, so that Libra can tell sooner where it began
stop  ends the training when Libra's suggested action is to roll back; the path to go back to is in the alert

A stop is told to Libra as an intervention, an extra save is seen by it anyway. Nothing is done unless the daemon proves that it knows the token.
"""

import os
import threading

from libra_notify import intervene, notify, poll

try:
    from transformers import TrainerCallback
except Exception:  # used without transformers (tests, other trainers with the same callbacks)
    TrainerCallback = object

ACTIONS = ("log", "save", "stop")


class LibraCallback(TrainerCallback):
    """Tells Libra about every save, and acts on what Libra knows as far as `allow` says (default: not at all).

    every_seconds: how often Libra is asked, by a background thread; a step never waits for it.
    every_steps: how often all ranks agree on what to do, where there are several.
    """

    def __init__(self, allow=(), run=None, every_seconds=30, every_steps=10):
        unknown = sorted(set(allow) - set(ACTIONS))
        if unknown:
            raise ValueError("LibraCallback: allow may hold %s, not %s" % (", ".join(ACTIONS), ", ".join(unknown)))
        self.allow = frozenset(allow)
        self.run = run
        self.every_seconds = every_seconds
        self.every_steps = max(1, every_steps)
        self._known = None
        self._seen = set()
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
                run = self.run or os.path.abspath(args.output_dir)
                threading.Thread(target=self._watch, args=(run,), name="libra-poll", daemon=True).start()
        return control

    def on_step_end(self, args, state, control, **kwargs):
        if not self.allow:
            return control
        try:
            self._act(args, state, control)
        except Exception:  # a hook must never stop a training by mistake
            pass
        return control

    def on_train_end(self, args, state, control, **kwargs):
        self._over.set()
        if _is_first(state):
            notify(args.output_dir)
        return control

    def _watch(self, run):
        while not self._over.is_set():
            known = poll(run)
            if known is not None:
                self._known = known
            self._over.wait(self.every_seconds)

    def _act(self, args, state, control):
        step = getattr(state, "global_step", 0)
        is_alone = _world_size(args) == 1
        if not is_alone and step % self.every_steps != 0:
            return
        wanted, why = (), ""
        try:
            wanted, why = self._decide(state, step) if _is_first(state) else ((), "")
        except Exception:  # the other ranks wait for what this one says
            pass
        if not is_alone:
            wanted = _from_first_rank(wanted)
        if "save" in wanted:
            control.should_save = True
        if "stop" in wanted:
            control.should_training_stop = True
        if "stop" in wanted and _is_first(state):
            note = "LibraCallback stopped the training because of: %s" % why
            run = self.run or os.path.abspath(args.output_dir)
            threading.Thread(target=intervene, args=(run, step, note), name="libra-intervene", daemon=True).start()

    def _decide(self, state, step):
        """What to do now, each alert once, and the titles of the alerts it is done for."""
        known = self._known
        alerts = [] if known is None else [one for one in known["open_alerts"] if one["state"] == "firing"]
        new = [one for one in alerts if one["id"] not in self._seen]
        if not new:
            return (), ""
        self._seen.update(one["id"] for one in new)
        titles = "; ".join(one["title"] for one in new)
        if "log" in self.allow and hasattr(state, "log_history"):
            state.log_history.append({"step": step, "libra_alerts": len(alerts), "libra_alert": titles})
        wanted = {"save"} & self.allow
        if known.get("suggested_action") == "roll_back":
            wanted |= {"stop"} & self.allow
        return tuple(sorted(wanted)), titles


def _is_first(state):
    return getattr(state, "is_world_process_zero", True)


def _world_size(args):
    return getattr(args, "world_size", 1) or 1


def _from_first_rank(wanted):
    """One rank that stops alone would leave the others waiting for ever, so all do what the first one says."""
    import torch.distributed as distributed

    box = [wanted]
    distributed.broadcast_object_list(box, src=0)
    return box[0]
