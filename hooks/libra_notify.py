"""Tell Libra that a checkpoint was saved, so that it looks at once instead of at its next scan.

    from libra_notify import notify
    notify("output/run-7/checkpoint-500", step=500)

or from a shell:  python libra_notify.py output/run-7/checkpoint-500

It only wakes the watcher; watching alone suffices. It never raises, never waits (the message is sent by a
background thread that gives up after two seconds), speaks on rank 0 only, and writes nothing anywhere.
Standard library only, Python 3.8 or later.

LIBRA_URL    address of the daemon (default http://127.0.0.1:7700)
LIBRA_TOKEN  its token (default: the file `token` in the daemon's data directory, if it can be read)
LIBRA_DATA   that data directory (default $XDG_DATA_HOME/libra, else ~/.local/share/libra)
"""

import json
import os
import sys
import threading
import urllib.request
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 2
_RANKS = ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "LOCAL_RANK")
_complained = False


def notify(path, step=None, wait=False):
    """Says that something was saved in `path` (a checkpoint or its run). Returns at once unless `wait`; then True if it was taken."""
    try:
        if not is_first_rank():
            return False
        body = {"path": os.path.abspath(os.fspath(path))}
        if step is not None:
            body["step"] = int(step)
        if wait:
            return _send(body)
        threading.Thread(target=_send, args=(body,), name="libra-notify", daemon=True).start()
        return True
    except Exception as error:  # a hook must never stop a training
        _complain(error)
        return False


def is_first_rank():
    """True in the one process of a distributed training that may speak."""
    for name in _RANKS:
        value = os.environ.get(name, "")
        if value != "":
            return value == "0"
    return True


def _send(body):
    try:
        base = os.environ.get("LIBRA_URL") or "http://127.0.0.1:7700"
        headers = {"content-type": "application/json"}
        token = _token()
        if token:
            headers["authorization"] = "Bearer " + token
        request = urllib.request.Request(
            base.rstrip("/") + "/api/v1/checkpoints/notify",
            data=json.dumps(body).encode("utf-8"),
            headers=headers,
            method="POST",
        )
        is_local = urlsplit(base).hostname in ("127.0.0.1", "localhost", "::1")
        proxies = urllib.request.ProxyHandler({}) if is_local else urllib.request.ProxyHandler()
        with urllib.request.build_opener(proxies).open(request, timeout=TIMEOUT_SECONDS) as reply:
            return 200 <= reply.status < 300
    except Exception as error:
        _complain(error)
        return False


def _token():
    token = os.environ.get("LIBRA_TOKEN")
    if token:
        return token.strip()
    home = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    data = os.environ.get("LIBRA_DATA") or os.path.join(home, "libra")
    try:
        with open(os.path.join(data, "token"), encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return None


def _complain(error):
    """One line for a whole training: the daemon may simply not run."""
    global _complained
    if _complained:
        return
    _complained = True
    try:
        sys.stderr.write("libra_notify: %s (the training is not affected; said once)\n" % error)
    except Exception:
        pass


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.stderr.write("usage: python libra_notify.py CHECKPOINT_DIRECTORY [STEP]\n")
        sys.exit(2)
    STEP = int(sys.argv[2]) if len(sys.argv) == 3 and sys.argv[2].isdigit() else None
    notify(sys.argv[1], STEP, wait=True)  # Whether it was taken or not, a training script goes on.
