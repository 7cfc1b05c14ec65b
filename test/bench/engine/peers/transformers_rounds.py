"""transformers on the same work, round by round: reads a line `score`, `decode N` or `sgemm`, answers one JSON line. Two columns of a
table are only comparable when they were measured in the same minutes, so the caller alternates."""
import json
import sys
import time

import torch
from transformers import AutoModelForCausalLM

model_directory, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
started = time.perf_counter()
model = AutoModelForCausalLM.from_pretrained(model_directory, dtype=torch.float32).eval()
model.generation_config.eos_token_id = None
loaded = time.perf_counter() - started
generator = torch.Generator().manual_seed(1)
vocabulary = model.config.vocab_size
batch = torch.randint(5, vocabulary, (8, 256), generator=generator)
prompt = torch.randint(5, vocabulary, (1, 100), generator=generator)
left, right = torch.randn(2048, 2048), torch.randn(2048, 2048)


def score():
    logprobs = torch.log_softmax(model(batch).logits[:, :-1], -1)
    return logprobs.gather(2, batch[:, 1:, None]).sum().item()


def decode(tokens):
    out = model.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False, pad_token_id=0)
    return out.shape[1]


def sgemm():
    return torch.nn.functional.linear(left, right).sum().item()


print(json.dumps({"ready": True, "torch": torch.__version__, "load_seconds": loaded}), flush=True)
with torch.inference_mode():
    for line in sys.stdin:
        name, *numbers = line.split()
        work = {"score": score, "decode": decode, "sgemm": sgemm}[name]
        started = time.perf_counter()
        work(*map(int, numbers))
        print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)
