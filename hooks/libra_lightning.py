"""Lightning: tells Libra after every save, when a training begins and when it ends, also when it ends by an exception.

    from libra_lightning import LibraCallback
    trainer = Trainer(..., callbacks=[LibraCallback("output/run-7"), ModelCheckpoint(...)])

`run` is the directory that Libra watches; without it, the one that the checkpoints are saved in.
"""

import os

from libra_notify import notify

try:
    from lightning.pytorch.callbacks import Callback
except Exception:  # the older name of the same, or none of them
    try:
        from pytorch_lightning.callbacks import Callback
    except Exception:
        Callback = object


class LibraCallback(Callback):
    def __init__(self, run=None):
        super().__init__()
        self.run = run
        self._saved_at = None

    def on_train_start(self, trainer, *_):
        self._tell(trainer, None)

    def on_save_checkpoint(self, trainer, *_):
        self._saved_at = trainer.global_step  # what is saved is written only after this

    def on_train_batch_start(self, trainer, *_):
        self._tell_if_saved(trainer)

    def on_train_end(self, trainer, *_):
        self._saved_at = None
        self._tell(trainer, trainer.global_step)

    def on_exception(self, trainer, *_):
        self._tell(trainer, None)

    def _tell_if_saved(self, trainer):
        step, self._saved_at = self._saved_at, None
        if step is not None:
            self._tell(trainer, step)

    def _tell(self, trainer, step):
        try:
            saved_in = getattr(getattr(trainer, "checkpoint_callback", None), "dirpath", None)
            if getattr(trainer, "is_global_zero", True):
                notify(self.run or saved_in or os.getcwd(), step)
        except Exception:  # a hook must never stop a training
            pass
