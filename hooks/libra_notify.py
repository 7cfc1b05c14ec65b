"""Tell Libra that a checkpoint was saved, and ask what it knows of a run.

    from libra_notify import changed, intervene, notify, poll
    notify("output/run-7/checkpoint-500", step=500)
    known = poll("output/run-7")          # open alerts, suggested action, last good checkpoint; None if unknown
    intervene("output/run-7", 500, "learning rate halved")
    changed("output/run-7", 500, phase="annealing", data_mix={"en": 0.6, "zh": 0.4}, learning_rate=1e-4)

or from a shell:  python libra_notify.py output/run-7/checkpoint-500

notify only wakes the watcher; watching alone suffices. Nothing here raises or waits longer than its time-out
(notify sends by a background thread), all of it speaks on rank 0 only, and it writes nothing anywhere.
Only a daemon that proves that it knows the token (32 characters or more) is told the token, or believed: on a
node that is shared, anybody may listen at its port. Standard library only, Python 3.8 or later.

LIBRA_URL    address of the daemon (default http://127.0.0.1:7700)
LIBRA_TOKEN  its token (default: the file `token` in the daemon's data directory, if it can be read)
LIBRA_DATA   that data directory (default $XDG_DATA_HOME/libra, else ~/.local/share/libra)
"""

import hashlib
import hmac
import json
import os
import secrets
import sys
import threading
import time
import urllib.error
import urllib.request
from urllib.parse import quote, urlsplit

TIMEOUT_SECONDS = 2
MOST_BYTES = 4 << 20
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


def poll(run, timeout=TIMEOUT_SECONDS):
    """What Libra knows of a run (its directory, id or name): a dict as GET /api/v1/runs/{run}/state answers, or None.

    None where there is no daemon, no token, no such run, or nobody who proves to be the daemon.
    """
    try:
        if not is_first_rank():
            return None
        path = "/api/v1/runs/%s/state" % _name_of(run)
        status, body = _within(timeout, lambda: _ask("GET", path, None, timeout))
        return json.loads(body.decode("utf-8")) if status == 200 else None
    except Exception as error:
        _complain(error)
        return None


def intervene(run, step, note, by="hook", timeout=TIMEOUT_SECONDS):
    """Tells Libra that training goes on changed after `step`, so that the effect is measured. True if it was taken."""
    try:
        if not is_first_rank():
            return False
        body = {"step": int(step), "note": str(note)[:2000], "by": by}
        path = "/api/v1/runs/%s/interventions" % _name_of(run)
        status, _ = _within(timeout, lambda: _ask("POST", path, body, timeout))
        return status == 200
    except Exception as error:
        _complain(error)
        return False


def changed(run, step, by="training", **what):
    """Tells what training goes on with after `step`: data_mix (a dict of shares), phase, stage, any hyper-parameter. True if it was taken."""
    try:
        said = ["%s %s" % (name.replace("_", " "), _said(value)) for name, value in what.items()]
        return bool(said) and intervene(run, step, "; ".join(said), by)
    except Exception as error:
        _complain(error)
        return False


def _said(value):
    if isinstance(value, dict):
        return ", ".join("%s %s" % (part, _said(share)) for part, share in value.items())
    return "%.4g" % value if isinstance(value, float) else str(value)


def _within(timeout, work):
    """What `work` returns. Names that don't resolve and answers that trickle in know no time-out of their own."""
    outcome = []

    def attempt():
        try:
            outcome.append((work(), None))
        except Exception as error:
            outcome.append((None, error))

    thread = threading.Thread(target=attempt, name="libra-ask", daemon=True)
    thread.start()
    thread.join(timeout)
    if not outcome:
        raise TimeoutError("Libra did not answer in time")
    value, error = outcome[0]
    if error is not None:
        raise error
    return value


def _name_of(run):
    name = os.fspath(run)
    return quote(os.path.abspath(name) if os.path.isdir(name) else name, safe="")


def _send(body):
    try:
        status, _ = _ask("POST", "/api/v1/checkpoints/notify", body, TIMEOUT_SECONDS)
        return 200 <= status < 300
    except Exception as error:
        _complain(error)
        return False


def _ask(method, path, body, timeout):
    """Status and body of what a daemon that proved itself answers. Raises on everything else."""
    token = _token()
    if not token:
        raise PermissionError("no token: set LIBRA_TOKEN, or run as the user of the daemon")
    ends = time.monotonic() + timeout
    # Whoever listens there is told the token only once it has shown that it knows it.
    _proven("GET", "/healthz", None, token, ends, {})
    return _proven(method, path, body, token, ends, {"authorization": "Bearer " + token})


def _proven(method, path, body, token, ends, headers):
    base = (os.environ.get("LIBRA_URL") or "http://127.0.0.1:7700").rstrip("/")
    nonce = secrets.token_hex(16)
    headers = dict(headers, **{"libra-nonce": nonce})
    data = None
    if body is not None:
        headers["content-type"] = "application/json"
        data = json.dumps(body).encode("utf-8")
    request = urllib.request.Request(base + path, data=data, headers=headers, method=method)
    is_local = urlsplit(base).hostname in ("127.0.0.1", "localhost", "::1")
    proxies = urllib.request.ProxyHandler({}) if is_local else urllib.request.ProxyHandler()
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("Libra did not answer in time")
    try:
        reply = urllib.request.build_opener(proxies, _NoRedirects()).open(request, timeout=left)
    except urllib.error.HTTPError as refused:
        reply = refused
    with reply:
        answer = _read(reply, ends)
    lines = ["libra-proof", nonce, method + " " + path, str(reply.getcode()), hashlib.sha256(answer).hexdigest()]
    wanted = hmac.new(token.encode("utf-8"), "\n".join(lines).encode("utf-8"), hashlib.sha256).hexdigest()
    proofs = (reply.headers.get("libra-proof") or "").split(",")
    if not any(hmac.compare_digest(wanted, one.strip()) for one in proofs):
        raise PermissionError("who answers at %s does not prove to be the Libra of this token" % base)
    return reply.getcode(), answer


def _read(reply, ends):
    """Never beyond the time-out, however slowly it comes."""
    parts, size = [], 0
    while True:
        if time.monotonic() > ends:
            raise TimeoutError("Libra did not answer in time")
        part = reply.read1(65536)
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise ValueError("the answer is too long")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token elsewhere."""

    def redirect_request(self, *args, **kwargs):
        return None


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
