"""Lowers the learning rate of all that is left of a schedule: the optimizer's groups and what the scheduler computes from."""

# What schedulers keep in an optimizer's group and compute its rate from (OneCycleLR has a highest and a lowest one).
_IN_GROUP = ("lr", "initial_lr", "max_lr", "min_lr")
_IN_SCHEDULER = ("base_lrs", "max_lrs", "min_lrs", "_last_lr", "eta_min")


def lower_learning_rate(optimizer, scheduler, most, lowest_factor=0.1):
    """Multiplies the schedule so that the rate now is `most`, by `lowest_factor` at the least.

    Returns what was done, or None where the rate is as low as that already. It outlives a resumption: both are saved
    with a checkpoint that has the optimizer's state.
    """
    groups = optimizer.param_groups
    now = max(float(group["lr"]) for group in groups)
    if not 0 < most < now:
        return None
    factor = max(most / now, lowest_factor)
    for group in groups:
        for name in _IN_GROUP:
            if group.get(name) is not None:
                group[name] = group[name] * factor
    for one in _all_of(scheduler):
        for name in _IN_SCHEDULER:
            value = getattr(one, name, None)
            if isinstance(value, list):
                setattr(one, name, [each * factor for each in value])
            elif isinstance(value, (int, float)):
                setattr(one, name, value * factor)
    return "lowered the learning rate from %.3g to %.3g (factor %.3g)" % (now, now * factor, factor)


def _all_of(scheduler):
    """It, what it wraps (accelerate) and what it is made of (SequentialLR, ChainedScheduler), each once."""
    found, waiting = [], [scheduler]
    while waiting:
        one = waiting.pop()
        if one is None or any(one is known for known in found):
            continue
        found.append(one)
        waiting.append(vars(one).get("scheduler") if hasattr(one, "__dict__") else None)
        waiting.extend(vars(one).get("_schedulers", ()) if hasattr(one, "__dict__") else ())
    return found
