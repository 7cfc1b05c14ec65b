"""Trains the tiny bilingual model with the real Hugging Face Trainer while Libra watches, with a mistake planted on the way.

    python train_live.py --output DIR --seed 1 [--follow]

From the step MISTAKE_AT on, Chinese is missing from the data mix. With --follow the callback may give back what Libra
advises: the mix is then what on_data_mix was told. LIBRA_URL and LIBRA_TOKEN (or LIBRA_DATA) say where Libra is.
"""
import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "fixtures" / "train"), str(ROOT / "hooks")]

import torch  # noqa: E402
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast, TrainingArguments  # noqa: E402

from hf_trainer import LibraCallback  # noqa: E402
from recipes import BALANCED, BATCH, NO_CHINESE, SEED, Recipe  # noqa: E402
from train import Blocks, RunTrainer  # noqa: E402

START = ROOT / "fixtures" / "runs" / "healthy" / "checkpoint-720"
SAVE_EVERY = 60
MISTAKE_AT = 6 * SAVE_EVERY
STEPS = 16 * SAVE_EVERY
WARM_UP = 30
RATE = 1.4e-3


class LiveRecipe(Recipe):
    """A recipe whose mix may be changed while it is followed."""

    told = None

    def mix(self, step):
        return self.told or super().mix(step)


def rate(step):
    return RATE * min(1.0, (step + 1) / WARM_UP)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--follow", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    recipe = LiveRecipe("live", STEPS, rate, [(0, BALANCED), (MISTAKE_AT, NO_CHINESE)], data_seed=SEED + 100 + options.seed)

    def on_data_mix(mix, change):
        recipe.told = mix

    tokenizer = PreTrainedTokenizerFast.from_pretrained(str(START))
    allowed = {"allow": ["log", "data_mix"], "on_data_mix": on_data_mix} if options.follow else {}
    trainer = RunTrainer(
        recipe,
        model=LlamaForCausalLM.from_pretrained(str(START), dtype=torch.float32),
        processing_class=tokenizer,
        train_dataset=Blocks(recipe, tokenizer._tokenizer),
        callbacks=[LibraCallback(every_seconds=2, **allowed)],
        args=TrainingArguments(
            output_dir=str(options.output), max_steps=STEPS, per_device_train_batch_size=BATCH, learning_rate=RATE,
            adam_beta2=0.98, weight_decay=0.05, max_grad_norm=1.0, seed=SEED + options.seed, use_cpu=True,
            logging_steps=10, logging_nan_inf_filter=False, include_num_input_tokens_seen="all", save_steps=SAVE_EVERY,
            save_only_model=True, report_to=[], dataloader_num_workers=0, disable_tqdm=True))
    trainer.train()
    (options.output / "last_step.json").write_text(str(trainer.state.global_step))


if __name__ == "__main__":
    main()
