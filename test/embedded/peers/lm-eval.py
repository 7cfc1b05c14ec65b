"""
lm-evaluation-harness against `libra serve`: the same tasks through its hf backend (transformers, float32) and through
local-completions and local-chat-completions over our server, in every way it can be asked. Every answer must be the same.

    pip install "lm-eval[api,hf]==0.4.13" torch transformers
    npm run build
    python test/embedded/peers/lm-eval.py CHECKPOINT [--limit 40] [--tasks a,b] [--include-path fixtures/tasks]

With --record FILE the real requests, with what lm-eval read out of the answers, are kept for the test that replays them.
Ends with 1 when anything differs.
"""
import argparse
import contextlib
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import lm_eval  # noqa: E402
from lm_eval.models import openai_completions  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
TASKS = "stories_en,stories_zh,follow_en,idiom_choice_zh,thing_choice_en,antonym_zh,arith_en,home_zh"
TOLERANCE = 1e-4
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ 'Q: ' if message['role'] == 'user' else 'A: ' }}{{ message['content'] }}\n"
    "{% endfor %}{% if add_generation_prompt %}A:{% endif %}"
)


@contextlib.contextmanager
def served(checkpoint):
    """The address, name and context length of a `libra serve` of our own."""
    command = ["node", str(ROOT / "dist/cli/main.js"), "serve", str(checkpoint), "--served-model-name", "served"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


class Recorder:
    """Keeps what lm-eval sends, and what it makes of the answer."""

    def __init__(self):
        self.calls = []
        self.way = None
        self.last = None
        for name in ("LocalCompletionsAPI", "LocalChatCompletion"):
            self.watch(getattr(openai_completions, name), name == "LocalChatCompletion")

    def watch(self, kind, is_chat):
        create = kind.__dict__["_create_payload"]
        path = "/v1/chat/completions" if is_chat else "/v1/completions"

        def create_payload(model, *args, **kwargs):
            payload = create(model, *args, **kwargs)
            self.last = copy.deepcopy(payload)
            return payload

        kind._create_payload = create_payload
        texts = kind.__dict__["parse_generations"]
        plain = texts.__func__ if isinstance(texts, staticmethod) else texts

        def parse_generations(*args, **kwargs):
            found = plain(*(args[1:] if isinstance(texts, staticmethod) else args), **kwargs)
            self.keep({"path": path, "texts": found})
            return found

        kind.parse_generations = parse_generations
        if is_chat:
            return
        scores = kind.__dict__["parse_logprobs"].__func__

        def parse_logprobs(_model, *args, **kwargs):
            found = scores(*args, **kwargs)
            self.keep({"path": path, "contexts": kwargs["ctxlens"], "scores": found})
            return found

        kind.parse_logprobs = parse_logprobs

    def keep(self, call):
        # With several requests under way the last one sent need not be the one that is answered.
        if self.way is not None:
            self.calls.append({"way": self.way, "body": self.last, **call})


def evaluate(model, model_args, tasks, options, **more):
    """Task -> the answers of every doc, and task -> its scores."""
    found = lm_eval.simple_evaluate(
        model=model, model_args=model_args, tasks=tasks, task_manager=options.manager, limit=options.limit,
        log_samples=True, bootstrap_iters=0, random_seed=0, **more,
    )  # fmt: skip
    answers = {
        task: [sample["resps"] for sample in sorted(samples, key=lambda sample: sample["doc_id"])]
        for task, samples in found["samples"].items()
    }
    return answers, found["results"]


def flatten(answer):
    if isinstance(answer, (list, tuple)) and not (len(answer) == 2 and isinstance(answer[1], bool)):
        return [leaf for part in answer for leaf in flatten(part)]
    return [answer]


def pair(answer):
    """(log-likelihood, is greedy), (log-likelihood, None) or (text, None)."""
    if isinstance(answer, (list, tuple)):
        return float(answer[0]), bool(answer[1])
    return (answer if isinstance(answer, str) else float(answer)), None


def compare(way, wanted, given):
    """Number of answers that differ, told one by one."""
    wrong, worst, count = 0, 0.0, 0
    for task, docs in given[0].items():
        for at, (ours, theirs) in enumerate(zip(docs, wanted[0][task], strict=True)):
            for left, right in zip(flatten(ours), flatten(theirs), strict=True):
                count += 1
                (a, a_greedy), (b, b_greedy) = pair(left), pair(right)
                is_number = isinstance(a, float) and isinstance(b, float)
                distance = abs(a - b) / max(1, abs(b) / 100) if is_number else 0
                worst = max(worst, distance)
                if (distance > TOLERANCE if is_number else a != b) or a_greedy != b_greedy:
                    wrong += 1
                    print(f"  {way}: {task} doc {at}: {left!r} instead of {right!r}")
        for metric, value in given[1][task].items():
            reference = wanted[1][task].get(metric)
            if isinstance(value, float) and isinstance(reference, float) and abs(value - reference) > TOLERANCE:
                wrong += 1
                print(f"  {way}: {task} {metric}: {value} instead of {reference}")
    print(f"{way}: {count} answers, {wrong} differ, largest distance {worst:.2e}", flush=True)
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--limit", type=int, default=None)
    parser.add_argument("--tasks", default=TASKS)
    parser.add_argument("--include-path", default=str(ROOT / "fixtures/tasks"))
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    options.checkpoint = options.checkpoint.resolve()
    record = options.record and options.record.resolve()
    # Data files of tasks are named relative to the task files.
    os.chdir(options.include_path)
    tasks = options.tasks.split(",")
    # Only the tasks asked for: reading all that lm-eval brings takes minutes.
    options.manager = TaskManager(include_path=options.include_path, include_defaults=False)
    recorder = Recorder()
    hf = {"pretrained": str(options.checkpoint), "dtype": "float32"}
    wanted = evaluate("hf", hf, tasks, options, batch_size=16, device="cpu")
    made = [task for task in tasks if isinstance(flatten(wanted[0][task][0])[0], str)]
    wrong = 0
    with served(options.checkpoint) as server:
        base = {
            "model": server["model"], "base_url": f"{server['url']}/v1/completions",
            "max_length": server["max_model_len"], "tokenizer": str(options.checkpoint),
        }  # fmt: skip
        without = {key: value for key, value in base.items() if key != "tokenizer"}
        hugging = {**base, "tokenizer_backend": "huggingface"}
        ways = {
            "tokens, 8 a request": ({**hugging, "batch_size": 8}, tasks),
            "tokens, 8 requests at once": ({**hugging, "num_concurrent": 8}, tasks),
            "texts, 4 a request": ({**hugging, "tokenized_requests": False, "batch_size": 4}, tasks),
            "remote tokenizer": ({**without, "tokenizer_backend": "remote", "batch_size": 8, "num_concurrent": 4}, tasks),
            "automatic tokenizer": ({**without, "batch_size": 8}, tasks),
            "no tokenizer": ({**base, "tokenizer_backend": "None", "batch_size": 4, "num_concurrent": 2}, made),
        }
        for way, (arguments, asked) in ways.items():
            if not asked:
                continue
            recorder.way = way if arguments.get("num_concurrent", 1) == 1 else None
            wrong += compare(way, wanted, evaluate("local-completions", arguments, asked, options))
    if made:
        with tempfile.TemporaryDirectory() as directory:
            chat = Path(directory) / "chat"
            shutil.copytree(options.checkpoint, chat)
            (chat / "chat_template.jinja").write_text(CHAT_TEMPLATE)
            like = {**hf, "pretrained": str(chat)}
            wanted = evaluate("hf", like, made, options, batch_size=16, device="cpu", apply_chat_template=True)
            with served(chat) as server:
                base = {"model": server["model"], "base_url": f"{server['url']}/v1/chat/completions"}
                for way, arguments in {"chat": base, "chat, 4 at once": {**base, "num_concurrent": 4}}.items():
                    recorder.way = way if "num_concurrent" not in arguments else None
                    given = evaluate("local-chat-completions", arguments, made, options, apply_chat_template=True)
                    wrong += compare(way, wanted, given)
    if record:
        kept = {"lm_eval": lm_eval.__version__, "chatTemplate": CHAT_TEMPLATE, "calls": recorder.calls}
        record.write_text(json.dumps(kept, ensure_ascii=False, separators=(",", ":")) + "\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
