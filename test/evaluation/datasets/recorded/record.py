"""Parquet files as pyarrow writes them, with the rows Python reads from them: python record.py (needs pyarrow)."""
import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

here = pathlib.Path(__file__).parent
rows = [
    {
        "id": f"q{i}",
        "question": "天秤是什么？" if i % 2 else f"What is {i}?",
        "choices": {"text": [f"a{i}", "b", "山"], "label": ["A", "B", "C"]},
        "answers": [{"text": [f"t{i}"], "start": i}] * (i % 3),
        "label": i % 3,
        "big": 2**40 + i,
        "huge": 2**60 + i,
        "score": float(i),
        "ratio": i / 8,
        "flag": i % 2 == 0,
        "none": None if i % 2 else f"n{i}",
        "nested": [[i, i + 1], []],
    }
    for i in range(7)
]
schema = pa.schema(
    [
        ("id", pa.string()),
        ("question", pa.large_string()),
        ("choices", pa.struct([("text", pa.list_(pa.string())), ("label", pa.list_(pa.string()))])),
        ("answers", pa.list_(pa.struct([("text", pa.list_(pa.string())), ("start", pa.int32())]))),
        ("label", pa.int64()),
        ("big", pa.int64()),
        ("huge", pa.int64()),
        ("score", pa.float64()),
        ("ratio", pa.float32()),
        ("flag", pa.bool_()),
        ("none", pa.string()),
        ("nested", pa.list_(pa.list_(pa.int32()))),
    ]
)
table = pa.Table.from_pylist(rows, schema)
for codec in ["none", "snappy", "gzip", "zstd", "lz4", "brotli"]:
    pq.write_table(table, here / f"{codec}.parquet", compression=codec, row_group_size=3)
pq.write_table(table, here / "plain-v2.parquet", use_dictionary=False, data_page_version="2.0", compression="zstd")
# str() tells 1.0 from 1, which JSON read by JavaScript does not.
(here / "rows.json").write_text(json.dumps([{k: str(v) for k, v in row.items()} for row in rows], ensure_ascii=False))
