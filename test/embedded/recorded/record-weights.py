"""Records real torch.save files and what torch, transformers and peft say about them. Run once, never by the tests:

    npx tsx test/embedded/recorded/write-adapters.ts /tmp/adapters
    python test/embedded/recorded/record-weights.py /tmp/adapters
"""
import argparse, io, json, pathlib, pickle, sys, warnings
import peft, torch, transformers

torch.set_num_threads(1)
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
OUT = HERE / "weights"
OUT.mkdir(exist_ok=True)
SEQUENCE = [(37 * i + 11) % 1024 for i in range(48)]
PROMPTS = [[5, 6, 7], [100, 200, 300, 400, 500, 600, 700]]
torch.manual_seed(20260)


def save(value, name, **options):
    torch.save(value, OUT / name, **options)


def torch_files():
    """Every layout a state dict may have, small; returns the values of the tensors."""
    table = torch.randn(6, 4)
    state = torch.nn.Module().state_dict()  # an OrderedDict with _metadata, as modules give it
    state["fp32"] = torch.nn.Parameter(table)
    state["tied"] = table
    state["fp16"] = torch.randn(3, 5).half()
    state["bf16"] = torch.randn(2, 3).bfloat16()
    state["int64"] = torch.arange(4)
    state["bool"] = torch.tensor([True, False, True])
    state["uint8"] = torch.tensor([1, 2, 3], dtype=torch.uint8)
    state["scalar"] = torch.tensor(2.5)
    state["rows"] = table[2:4]
    state["row"] = table[5]
    state["transposed"] = torch.randn(3, 7).T
    state["strided"] = torch.randn(4, 4)[:, ::2]
    state["one_column"] = torch.randn(5, 1).T
    state["empty"] = torch.empty(0, 3)
    save(state, "layouts.bin")
    save(dict(state), "protocol4.bin", pickle_protocol=4)
    save(dict(state), "protocol5.bin", pickle_protocol=5)
    save({"state_dict": state, "epoch": 3, "best": 0.5, "name": "x", "history": [1, 2.5, None, 2**40]}, "nested.bin")
    save({"model": {"a": table}, "ema": {"a": table}}, "usual.bin")
    save({"left": {"a": table}, "right": {"a": table}}, "several.bin")
    save({"a": torch.randn(3).to(torch.float8_e4m3fn), "b": table}, "float8.bin")
    save({"a": table}, "legacy.bin", _use_new_zipfile_serialization=False)
    save({"a": table, "args": argparse.Namespace(lr=1)}, "namespace.bin")
    return {
        name: {"dtype": str(t.dtype).removeprefix("torch."), "shape": list(t.shape), "values": t.double().flatten().tolist()}
        for name, t in state.items()
    }


def measure(model):
    """Log-probabilities of SEQUENCE and greedy continuations, plain passes in fp32."""
    model = model.float().eval()
    with torch.no_grad():
        rows = model(torch.tensor([SEQUENCE])).logits.float().log_softmax(-1)[0, :-1]
        greedy = []
        for prompt in PROMPTS:
            ids = list(prompt)
            for _ in range(24):
                ids.append(int(model(torch.tensor([ids])).logits[0, -1].argmax()))
            greedy.append(ids[len(prompt) :])
    picked = rows.gather(1, torch.tensor(SEQUENCE[1:])[:, None])[:, 0]
    return {"logprobs": [round(x, 6) for x in picked.tolist()], "best": rows.argmax(1).tolist(), "greedy": greedy}


def torch_model():
    """A tiny model in two torch.save shards, and an adapter that peft itself made over it, in both of its file kinds."""
    config = LlamaConfig(
        vocab_size=1024, hidden_size=8, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1,
        max_position_embeddings=128, tie_word_embeddings=True, bos_token_id=None, eos_token_id=0,
    )
    model = LlamaForCausalLM(config)
    for p in model.parameters():
        p.data = (p.data if p.dim() == 1 else torch.randn_like(p) * 0.4).bfloat16()
    home = OUT / "sharded"
    home.mkdir(exist_ok=True)
    config.save_pretrained(home)
    state = {k: v for k, v in model.state_dict().items() if k != "lm_head.weight"}
    names = sorted(state)
    parts = [names[: len(names) // 2], names[len(names) // 2 :]]
    weight_map = {}
    for at, part in enumerate(parts):
        file = f"pytorch_model-0000{at + 1}-of-00002.bin"
        torch.save({k: state[k] for k in part}, home / file)
        weight_map.update({k: file for k in part})
    (home / "pytorch_model.bin.index.json").write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))
    answers = {"sharded": measure(model)}
    wanted = LoraConfig(
        r=2, lora_alpha=6, target_modules=["q_proj", "v_proj", "down_proj"], init_lora_weights=False, use_rslora=True,
        alpha_pattern={"layers.0.mlp.down_proj": 3}, rank_pattern={"down_proj": 4}, modules_to_save=["norm"], use_dora=True,
    )
    adapted = get_peft_model(LlamaForCausalLM.from_pretrained(home, dtype=torch.float32), wanted)
    for name, p in adapted.named_parameters():
        if "modules_to_save" in name or "magnitude" in name:
            p.data = p.data * (1 + 0.3 * torch.rand_like(p))
        if "lora_A" in name or "lora_B" in name:
            p.data = torch.randn_like(p) * 0.5
    adapted.peft_config["default"].base_model_name_or_path = "../sharded"
    adapted.save_pretrained(OUT / "peft-safetensors")
    (OUT / "peft-safetensors" / "README.md").unlink()
    adapted.peft_config["default"].base_model_name_or_path = None
    torch.save(peft.get_peft_model_state_dict(adapted), OUT / "peft.bin")
    answers["peft"] = measure(adapted)
    return answers


def adapters(root):
    """Adapters written from seeds by the tests, loaded and judged by peft."""
    answers = {}
    for home in sorted(p for p in root.iterdir() if (p / "adapter_config.json").exists()):
        config = json.loads((home / "adapter_config.json").read_text())
        base = AutoModelForCausalLM.from_pretrained(config["base_model_name_or_path"], dtype=torch.float32)
        tensors = load_file(home / "adapter_model.safetensors")
        for name in ("base_model.model.model.embed_tokens.weight", "base_model.model.model.embed_tokens.base_layer.weight"):
            if name in tensors and tensors[name].shape[0] != base.config.vocab_size:
                base.resize_token_embeddings(tensors[name].shape[0])
        model = PeftModel.from_pretrained(base, str(home))
        saved = peft.get_peft_model_state_dict(model, save_embedding_layers=any("base_layer" in k for k in tensors))
        assert set(tensors) <= set(saved) | {k for k in tensors if "base_layer" in k}, sorted(set(tensors) ^ set(saved))
        unknown = set(saved) - set(tensors)
        assert all("bias" in k or "base_layer" in k or "embed_tokens" in k for k in unknown), unknown
        for k in tensors:
            if k in saved:
                assert torch.equal(saved[k].float(), tensors[k].float()), k
        answers[home.name] = measure(model)
    return answers


result = {
    "versions": {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__},
    "sequence": SEQUENCE,
    "prompts": PROMPTS,
    "tensors": torch_files(),
    "models": torch_model(),
    "adapters": adapters(pathlib.Path(sys.argv[1])) if len(sys.argv) > 1 else {},
}
(HERE / "weights.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")
