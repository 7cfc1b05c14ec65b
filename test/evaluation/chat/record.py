"""Records the prompts that lm-evaluation-harness makes with chat templates (transformers renders them): chat.json.

    python record.py        (lm-eval 0.4.13, transformers 5; the tokenizer is a fixture's, the templates are written here)
"""
import json
from pathlib import Path

from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager
from transformers import AutoTokenizer

HERE = Path(__file__).parent
FIXTURE = HERE / "../../../fixtures/base/checkpoint-960"
TEMPLATES = {
    "chatml": "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    "trims, no system": "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    "{{ '[' + m['role'] + '] ' + m['content'] | trim + ' [/]' }}{% endfor %}{% if add_generation_prompt %}[assistant] {% endif %}",
}
WAYS = [(False, None), (True, None), (False, "Be brief."), (True, "Be brief.\n")]
NAMES = ["shots_first", "shots_many", "many_inputs", "letters", "shots_validation", "prefixed", "prefixed_choice", "rolling", "last_word", "many_targets_choice"]

import os

os.chdir(HERE / "../recorded/tasks")
manager = TaskManager(include_path=".")
recorded = []
for template_name, template in TEMPLATES.items():
    tokenizer = AutoTokenizer.from_pretrained(FIXTURE)
    tokenizer.chat_template = template

    class Model:
        chat_template_args = {}

    Model.tokenizer = tokenizer
    render = HFLM.apply_chat_template.__get__(Model())
    for multiturn, system in WAYS:
        for name in NAMES:
            task = manager.load([name])["tasks"][name]
            if task.config.num_fewshot is None:
                task.config.num_fewshot = 0
            task.set_fewshot_seed(1234)
            task.build_all_requests(
                limit=3, apply_chat_template=True, fewshot_as_multiturn=multiturn, chat_template=render, system_instruction=system,
                tokenizer_name="x",
            )
            recorded.append({
                "template": template_name, "multiturn": multiturn, "system": system, "task": name,
                "requests": [[i.doc_id, *[a for a in i.args if isinstance(a, str)]] for i in task.instances],
            })
plain = []
for name in NAMES:
    task = manager.load([name])["tasks"][name]
    if task.config.num_fewshot is None:
        task.config.num_fewshot = 0
    task.set_fewshot_seed(1234)
    task.build_all_requests(limit=3, system_instruction="Be brief.")
    plain.append({"task": name, "requests": [[i.doc_id, *[a for a in i.args if isinstance(a, str)]] for i in task.instances]})
(HERE / "chat.json").write_text(json.dumps({"templates": TEMPLATES, "bos": tokenizer.bos_token, "chats": recorded, "plain": plain}, ensure_ascii=False, indent=0) + "\n")
