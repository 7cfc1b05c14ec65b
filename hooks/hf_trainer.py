"""Hugging Face Trainer (and everything built on it: TRL, Axolotl, LLaMA-Factory, ms-swift).

    from hf_trainer import LibraCallback
    trainer = Trainer(..., callbacks=[LibraCallback()])
"""

import os

from libra_notify import notify

try:
    from transformers import TrainerCallback
except Exception:  # used without transformers (tests, other trainers with the same callbacks)
    TrainerCallback = object


class LibraCallback(TrainerCallback):
    """Tells Libra about every save. Does nothing else, and nothing at all on other ranks."""

    def on_save(self, args, state, control, **kwargs):
        if getattr(state, "is_world_process_zero", True):
            step = getattr(state, "global_step", None)
            notify(os.path.join(args.output_dir, "checkpoint-%s" % step), step)
        return control

    def on_train_begin(self, args, state, control, **kwargs):
        if getattr(state, "is_world_process_zero", True):
            notify(args.output_dir)
        return control

    def on_train_end(self, args, state, control, **kwargs):
        if getattr(state, "is_world_process_zero", True):
            notify(args.output_dir)
        return control
