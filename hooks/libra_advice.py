"""What a hook may do about what Libra knows: pure decisions, each made once an alert."""

import math

_SURE = ("low", "medium", "high")
_ACTION = {"lower_learning_rate": "lr", "raise_share": "data_mix"}


class Advised:
    """Remembers what was decided before. `allow` holds the actions that are switched on."""

    def __init__(self, allow, least_confidence="high"):
        if least_confidence not in _SURE:
            raise ValueError("least_confidence is one of %s, not %r" % (", ".join(_SURE), least_confidence))
        self.allow = frozenset(allow)
        self.least = _SURE.index(least_confidence)
        self._seen = set()
        self._changed = set()

    def todo(self, known):
        """(new alerts, alerts that fire, [(action, advised change or None, why)]) of what the daemon answered."""
        firing = [one for one in known["open_alerts"] if one["state"] == "firing"]
        new = [one for one in firing if one["id"] not in self._seen]
        self._seen.update(one["id"] for one in new)
        titles = {one["id"]: one["title"] for one in firing}
        todo = [("save", None, "")] if new and "save" in self.allow else []
        if new and known.get("suggested_action") == "roll_back":
            ends = [action for action in ("stop", "pause") if action in self.allow]
            todo += [(action, None, "; ".join(one["title"] for one in new)) for action in ends]
        for advised in known.get("suggested_changes", ()):
            change, alert = advised["change"], advised["alert"]
            action = _ACTION.get(change.get("kind"))
            once = (alert, action)
            if action not in self.allow or once in self._changed or alert not in titles:
                continue
            if _SURE.index(advised["confidence"]) < self.least or not _is_sound(change):
                continue
            self._changed.add(once)
            todo.append((action, change, titles[alert]))
        return new, firing, todo


def _is_sound(change):
    """Numbers that a training can go on with."""
    if change["kind"] == "lower_learning_rate":
        return _is_number(change["learning_rate"]) and change["learning_rate"] > 0
    shares = list(change["mix"].values())
    return all(_is_number(one) and 0 <= one <= 1 for one in shares) and abs(sum(shares) - 1) < 0.01


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
