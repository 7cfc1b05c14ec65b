"""Does the callback lower the rate of every step that follows? With the real Trainer and its schedules, and with torch's own schedulers.

    python lower_rate.py

Prints nothing and ends with 0 where each rate after the change is the untouched schedule's times the factor.
"""
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "hooks")]

import torch  # noqa: E402
from torch.optim import lr_scheduler as schedulers  # noqa: E402
from transformers import LlamaConfig, LlamaForCausalLM, Trainer, TrainerCallback, TrainingArguments  # noqa: E402

import hf_trainer  # noqa: E402
from libra_learning_rate import lower_learning_rate  # noqa: E402

STEPS, CHANGED_AFTER, FACTOR = 16, 6, 0.25
OF_TRAINER = ["linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup", "inverse_sqrt"]
OF_TORCH = {
    "StepLR": lambda o: schedulers.StepLR(o, 3, 0.5),
    "ExponentialLR": lambda o: schedulers.ExponentialLR(o, 0.9),
    "CosineAnnealingLR": lambda o: schedulers.CosineAnnealingLR(o, STEPS, eta_min=1e-4),
    "OneCycleLR": lambda o: schedulers.OneCycleLR(o, 1e-2, total_steps=STEPS + 1),
    "CyclicLR": lambda o: schedulers.CyclicLR(o, 1e-3, 1e-2, step_size_up=4, cycle_momentum=False),
    "SequentialLR": lambda o: schedulers.SequentialLR(
        o, [schedulers.LinearLR(o, 0.1, 1.0, 4), schedulers.CosineAnnealingLR(o, STEPS - 4)], [4]),
}


class Advising(TrainerCallback):
    """Stands for the daemon: after a step, the callback knows an alert with this advice."""

    def __init__(self, callback):
        self.callback = callback

    def on_step_begin(self, args, state, control, lr_scheduler=None, **kwargs):
        if state.global_step == CHANGED_AFTER - 1:
            ahead = lr_scheduler.lr_lambdas[0](CHANGED_AFTER) * lr_scheduler.base_lrs[0]
            change = {"kind": "lower_learning_rate", "learning_rate": FACTOR * ahead}
            self.callback._known = {
                "open_alerts": [{"id": "a", "state": "firing", "title": "it fell"}], "suggested_action": "look",
                "suggested_changes": [{"alert": "a", "change": change, "confidence": "high", "reason": ""}]}


def rates_of_trainer(schedule, is_advised):
    callback = hf_trainer.LibraCallback(allow=["lr"])
    rates = []

    class Rates(TrainerCallback):
        def on_pre_optimizer_step(self, args, state, control, optimizer=None, **kwargs):
            rates.append(optimizer.param_groups[0]["lr"])

    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=32, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1))
    data = [{"input_ids": torch.arange(8), "labels": torch.arange(8)}] * (2 * STEPS)
    with tempfile.TemporaryDirectory() as output:
        Trainer(model=model, train_dataset=data, callbacks=[callback, Rates(), *([Advising(callback)] if is_advised else [])],
                args=TrainingArguments(output_dir=output, max_steps=STEPS, per_device_train_batch_size=2, use_cpu=True,
                                       learning_rate=1e-2, warmup_steps=3, lr_scheduler_type=schedule, save_strategy="no",
                                       logging_strategy="no", report_to=[], disable_tqdm=True)).train()
    return rates


def rates_of_torch(schedule, is_advised):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1e-2)
    scheduler, rates = OF_TORCH[schedule](optimizer), []
    for step in range(1, STEPS + 1):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
        if step == CHANGED_AFTER and is_advised:
            assert lower_learning_rate(optimizer, scheduler, FACTOR * optimizer.param_groups[0]["lr"])
    return rates


def check(schedule, rates_of):
    usual, lowered = rates_of(schedule, False), rates_of(schedule, True)
    for step, (one, two) in enumerate(zip(usual, lowered, strict=True)):
        wanted = one if step < CHANGED_AFTER else FACTOR * one
        assert abs(two - wanted) <= 1e-9 + 1e-6 * wanted, f"{schedule}, step {step + 1}: {two} instead of {wanted}"


if __name__ == "__main__":
    hf_trainer.notify = hf_trainer.intervene = lambda *said: None
    hf_trainer.poll = lambda run: None
    for name in OF_TRAINER:
        check(name, rates_of_trainer)
    for name in OF_TORCH:
        check(name, rates_of_torch)
