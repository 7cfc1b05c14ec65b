"""Processor time lm-evaluation-harness takes to build the requests of all tasks of a folder: python peer-requests.py FOLDER"""
import json
import logging
import sys
import time

logging.disable(logging.WARNING)
from lm_eval.tasks import TaskManager

folder = sys.argv[1]
begin = time.process_time()
manager = TaskManager(include_path=folder, include_defaults=False)
names = sorted(name for name in manager.all_tasks if name.startswith("exam_"))
try:
    loaded = manager.load(names)["tasks"]
except AttributeError:
    loaded = manager.load_task_or_group(names)
load = time.process_time() - begin
begin = time.process_time()
requests = 0
for name in names:
    task = loaded[name]
    task.build_all_requests(limit=None, rank=0, world_size=1)
    requests += len(task.instances)
print(json.dumps({"load": load, "build": time.process_time() - begin, "requests": requests}))
