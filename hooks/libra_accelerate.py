"""Accelerate: tells Libra after every save_state and save_model, and when the training ends.

    from libra_accelerate import tell_libra
    accelerator = tell_libra(Accelerator())

`step`, where given, is a function that says which step it is: tell_libra(accelerator, step=lambda: completed_steps).
"""

import functools
import os

from libra_notify import notify


def tell_libra(accelerator, run=None, step=None):
    """The same accelerator, which now tells Libra. Its own methods return and raise as before."""
    saved_in = [run]

    def telling(name, tell):
        method = getattr(accelerator, name, None)
        if method is None:
            return

        @functools.wraps(method)
        def told(*args, **kwargs):
            result = method(*args, **kwargs)
            try:
                if getattr(accelerator, "is_main_process", True):
                    tell(result, args, kwargs)
            except Exception:  # a hook must never stop a training
                pass
            return result

        setattr(accelerator, name, told)

    def saved(path):
        if path is not None:
            saved_in[0] = run or os.path.dirname(os.path.abspath(os.fspath(path)))
            notify(path, None if step is None else step())

    def ended(*_):
        if saved_in[0] is not None:
            notify(saved_in[0])

    telling("save_state", lambda result, args, kwargs: saved(result or kwargs.get("output_dir") or (args or (None,))[0]))
    telling("save_model", lambda _, args, kwargs: saved(kwargs.get("save_directory") or (args[1:] or (None,))[0]))
    telling("end_training", ended)
    return accelerator
