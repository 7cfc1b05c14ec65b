"""Records what transformers says about the seeded checkpoints of every architecture. Run once, never by the tests:

    npx tsx test/embedded/recorded/write-checkpoints.ts /tmp/seeded
    python test/embedded/recorded/record-architectures.py /tmp/seeded/others [NAME ...]

With names, only those are recorded anew. The smallest distance between the best two tokens is printed: where it is below 0.002,
give the checkpoint another seed.
"""
import json, pathlib, sys
import torch, transformers
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.activations import ACT2FN

HERE = pathlib.Path(__file__).parent
FILE = HERE / "architectures.json"
CONTEXT = "问：小明有三个苹果，又买了四个，一共有几个？答："
CONTINUATIONS = ["七个", " seven apples", "3"]
PROMPTS = ["The capital of France is", "红", "Once upon a time there was a very small dog who"]
SEQUENCE = [(37 * i + 11) % 1024 for i in range(100)]


def scores(model, context, continuation, margins):
    """Log-probability, arg-max and rank of each continuation token, one plain unbatched forward pass."""
    with torch.no_grad():
        rows = model(torch.tensor([context + continuation])).logits.float().log_softmax(-1)[0, len(context) - 1 : -1]
    picked = rows.gather(1, torch.tensor(continuation)[:, None])[:, 0]
    rank = (rows > picked[:, None]).sum(1) + 1
    best = rows.topk(2).values
    margins.append((best[:, 0] - best[:, 1]).min().item())
    return {"logprobs": [round(x, 6) for x in picked.tolist()], "best": rows.argmax(1).tolist(), "ranks": rank.tolist()}


def record(directory):
    tokenizer = AutoTokenizer.from_pretrained(directory)
    model, info = AutoModelForCausalLM.from_pretrained(
        directory, dtype=torch.float32, attn_implementation="eager", output_loading_info=True
    )
    assert not info["missing_keys"] and not info["unexpected_keys"] and not info["mismatched_keys"], info
    model.eval()
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False)
    margins, greedy = [], []
    for prompt in PROMPTS:
        ids = torch.tensor([encode(prompt)])
        out = model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=64, do_sample=False, pad_token_id=0,
            output_scores=True, return_dict_in_generate=True,
        )
        margins += [(s[0].topk(2).values[0] - s[0].topk(2).values[1]).item() for s in out.scores]
        greedy.append(out.sequences[0, ids.shape[1] :].tolist())
    context = encode(CONTEXT)
    result = {
        "sequence": SEQUENCE,
        "whole": scores(model, SEQUENCE[:1], SEQUENCE[1:], margins),
        "context": CONTEXT,
        "continuations": [{"text": c, **scores(model, context, encode(CONTEXT + c)[len(context) :], margins)} for c in CONTINUATIONS],
        "prompts": PROMPTS,
        "greedy": greedy,
    }
    print(f"{directory.name:32} margin {min(margins):.5f}  mean logprob {sum(result['whole']['logprobs']) / 99:.2f}  tokens {[len(set(g)) for g in greedy]}", flush=True)
    return result


def record_activations():
    x = torch.tensor([i / 4 for i in range(-48, 49)])
    names = [n for n in ACT2FN if n not in ("prelu", "xielu")]
    return {"x": x.tolist(), "y": {n: [round(v, 6) for v in ACT2FN[n](x).tolist()] for n in names}}


torch.set_num_threads(1)
transformers.utils.logging.disable_progress_bar()
root, names = pathlib.Path(sys.argv[1]), sys.argv[2:]
models = json.loads(FILE.read_text())["models"] if names else {}
for directory in sorted(root.iterdir()):
    if names and directory.name not in names:
        continue
    models[directory.name] = record(directory)
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    result = {"versions": versions, "activations": record_activations(), "models": dict(sorted(models.items()))}
    FILE.write_text(json.dumps(result, ensure_ascii=True, separators=(",", ":")) + "\n")
