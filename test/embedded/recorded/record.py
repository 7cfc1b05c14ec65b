"""Records what transformers says about the seeded checkpoints. Run once, never by the tests:

    npx tsx test/embedded/recorded/write-checkpoints.ts /tmp/seeded
    python test/embedded/recorded/record.py /tmp/seeded/llama
"""
import json, pathlib, sys
import torch, transformers
from transformers import AutoModelForCausalLM, AutoTokenizer

HERE = pathlib.Path(__file__).parent
TEXTS = [
    "Hello, world!", "  leading and trailing  ", "你好，世界！今天天气很好。", "I'm we're they'll can't 's 'S",
    "emoji 👍🏽 👨‍👩‍👧‍👦 🇨🇳 e\u0301 é", "mixed中文English混排123和４５６", "tabs\tand\nnew\n\nlines\r\n  x", "①②Ⅷ½² ３４",
    "\u0085a\u0085 b\ufeffc \ufeff", "zero\u200bwidth\u200d \u00a0nbsp\u3000全角", "\x00\x01\x1f\x7f control",
    "<|end|> text <|end|>", "<|end|>a  <|end|>  b", "العربية עברית हिन्दी ไทย", "x" * 300, "1234567890 3.14 -7 1e5",
    "a\n b  c   d    e", " \n \n ", "", "  ", "鷗外𠮷野家", "don’t “quote” —dash…", "𝕳𝖊𝖑𝖑𝖔 ﬁ ﬂ",
    "\u1680x\u2028y\u2029z\u180ew", "a  1 b  ２ c\u0085 1",
]
CONTEXT = "问：小明有三个苹果，又买了四个，一共有几个？答："
CONTINUATIONS = ["七个", " seven apples", "3", "三个苹果和四个梨"]
PROMPTS = ["The capital of France is", "红", "1 2 3 4 5 6 7 8 9 10 11 12 13 14", "Once upon a time there was a very small dog who"]


def logprobs(model, context, continuation):
    """Log-probability and arg-max of each continuation token, one plain unbatched forward pass."""
    ids = torch.tensor([context + continuation])
    with torch.no_grad():
        rows = model(ids).logits.float().log_softmax(-1)[0, len(context) - 1 : -1]
    picked = rows.gather(1, torch.tensor(continuation)[:, None])[:, 0]
    rank = (rows > picked[:, None]).sum(1) + 1
    return {"logprobs": [round(x, 6) for x in picked.tolist()], "best": rows.argmax(1).tolist(), "ranks": rank.tolist()}


def record(directory):
    tokenizer = AutoTokenizer.from_pretrained(directory)
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False)
    sequence = [(37 * i + 11) % 1024 for i in range(100)]
    greedy = []
    for prompt in PROMPTS:
        ids = torch.tensor([encode(prompt)])
        out = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=64, do_sample=False, pad_token_id=0)
        greedy.append(out[0, ids.shape[1] :].tolist())
    return {
        "sequence": sequence,
        "whole": logprobs(model, sequence[:1], sequence[1:]),
        "context": CONTEXT,
        "continuations": [{"text": c, **logprobs(model, encode(CONTEXT), encode(CONTEXT + c)[len(encode(CONTEXT)) :])} for c in CONTINUATIONS],
        "prompts": PROMPTS,
        "greedy": greedy,
    }


root = pathlib.Path(sys.argv[1])
tokenizer = AutoTokenizer.from_pretrained(HERE / "tokenizer")
ids = [tokenizer.encode(t, add_special_tokens=False) for t in TEXTS]
result = {
    "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
    "tokenizer": {
        "texts": TEXTS,
        "ids": ids,
        "decoded": [tokenizer.decode(i) for i in ids],
        "decoded_half": [tokenizer.decode(i[: len(i) // 2]) for i in ids],
    },
    "models": {d.name: record(d) for d in sorted(root.iterdir())},
}
(HERE / "transformers.json").write_text(json.dumps(result, ensure_ascii=True, indent=None, separators=(",", ":")) + "\n")
