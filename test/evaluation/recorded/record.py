"""Records what the real lm-evaluation-harness (0.4.13) asks and scores for the tasks beside this script: prompts.json.

    cd tasks && python ../record.py

No model: log-probabilities come from a hash of the request, generated texts from the target. What is compared is the prompts, the
filters, the metrics and their aggregates.
"""
import glob
import hashlib
import json
import math
from collections import defaultdict

from lm_eval.evaluator_utils import _compute_task_aggregations
from lm_eval.tasks import TaskManager


def fake(instance, n):
    if instance.request_type in ("loglikelihood", "loglikelihood_rolling"):
        digest = hashlib.sha256("\n".join(map(str, instance.args)).encode()).digest()
        logprob = -(digest[0] * 256 + digest[1]) / 32768 - 0.25
        return logprob if instance.request_type == "loglikelihood_rolling" else (logprob, digest[2] % 2 == 0)
    target = instance.target
    shapes = ["{}", "{}", "The answer is {}.", " {} ", "#### {}", "it is\n{}!", "1,234 and {}", "({}) or (A)", "Answer: B", ""]
    text = shapes[n % len(shapes)].format(target)
    return text.upper() if n % 7 == 6 else text


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return value


recorded = {}
manager = TaskManager(include_path=".")
names = [path[:-5] for path in sorted(glob.glob("*.yaml")) if path != "shots_base.yaml"]
for name in names:
    task = manager.load([name])["tasks"][name]
    if task.config.num_fewshot is None:
        task.config.num_fewshot = 0
    task.set_fewshot_seed(1234)
    task.build_all_requests()
    for n, instance in enumerate(task.instances):
        target = task.doc_to_target(instance.doc)
        instance.target = target[n % len(target)] if isinstance(target, list) else target
        instance.resps.append(fake(instance, n))
    task.apply_filters()
    by_doc = defaultdict(list)
    for instance in task.instances:
        by_doc[instance.doc_id].append(instance)
    docs = []
    raw = defaultdict(list)
    for doc_id, instances in sorted(by_doc.items()):
        instances.sort(key=lambda i: i.idx)
        metrics = {}
        for key in instances[0].filtered_resps:
            values = task.process_results(instances[0].doc, [i.filtered_resps[key] for i in instances])
            for metric, value in values.items():
                raw[(metric, key)].append(value)
                metrics[f"{metric},{key}"] = plain(value)
        docs.append({
            "doc_id": doc_id,
            "requests": [[i.request_type, *plain(i.args)] for i in instances],
            "resps": [plain(i.resps[0]) for i in instances],
            "metrics": metrics,
        })
    aggregates, _ = _compute_task_aggregations(task, raw, bootstrap_iters=2000)
    recorded[name] = {"docs": docs, "aggregates": {k: None if v == "N/A" else plain(v) for k, v in aggregates.items()}}

with open("../prompts.json", "w", encoding="utf-8") as out:
    json.dump(recorded, out, ensure_ascii=False, indent=0, default=str)
    out.write("\n")
