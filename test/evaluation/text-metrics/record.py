"""Records what sacrebleu 2.6.0 and rouge_score 0.1.2 say about made-up answers: recorded/scores.json.

    pip install sacrebleu==2.6.0 rouge_score==0.1.2 && python record.py

Every answer is a reference with words dropped, repeated, moved or spelled otherwise, so that all edits of TER and all n-gram
orders occur; texts mix English, Chinese, numbers, punctuation, entities and odd spaces.
"""
import json
import random
from pathlib import Path

import sacrebleu
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF, TER

SENTENCES = [
    "The quick brown fox jumps over the lazy dog, twice.",
    "In 1997, 3.5 per cent of the 12,000 households - mostly rural - had a car.",
    "“Is it yours?” asked Ray; he wasn't sure (not at all)...",
    "明天早上八点，我们在学校门口见面，请带上你的书和3支笔。",
    "天气预报说今天有雨。The forecast says: rain & wind, 15-20 km/h!",
    "A &quot;quoted&quot; word &amp; another &lt;tag&gt; <skipped> end-\nof line\nnext line",
    "red red red blue blue green",
    "一 二 三　四 五",
    "x",
    "",
    "He said that he would come, and that he would bring the book he had bought in the small shop behind the old church.\nShe did not believe him.\nThe book was never seen again.",
    "ﬁnal ＦＵＬＬ－ＷＩＤＴＨ ｔｅｘｔ 🙂🙂 naïve café — dash – dash",
]


def vary(text: str, rnd: random.Random) -> str:
    words = text.split(" ")
    for _ in range(rnd.randrange(4)):
        kind = rnd.randrange(6)
        if not words:
            break
        at = rnd.randrange(len(words))
        if kind == 0:
            del words[at]
        elif kind == 1:
            words.insert(at, words[rnd.randrange(len(words))])
        elif kind == 2:
            words[at] = words[at][::-1]
        elif kind == 3:
            size = rnd.randrange(1, 5)
            run = words[at:at + size]
            del words[at:at + size]
            to = rnd.randrange(len(words) + 1)
            words[to:to] = run
        elif kind == 4:
            words[at] = words[at].upper()
        else:
            words = words[: max(1, at)]
    return " ".join(words)


def main():
    rnd = random.Random(20)
    docs = []
    for round in range(12):
        for sentence in SENTENCES:
            references = [sentence] + ([vary(sentence, rnd)] if round % 3 == 2 else [])
            docs.append({"answer": vary(sentence, rnd) if round > 0 else sentence, "references": references})
    long = " ".join(rnd.choice("a b c d e f g h i j k l".split()) for _ in range(160))
    docs.append({"answer": " ".join(rnd.sample(long.split(" "), 140)), "references": [long]})
    docs.append({"answer": " ".join(rnd.sample(long.split(" "), 12)), "references": [long]})
    docs.append({"answer": long, "references": ["a b c d"]})

    single = [d for d in docs if len(d["references"]) == 1]
    corpora = {"single": single, "double": [d for d in docs if len(d["references"]) == 2], "few": single[:3]}
    metrics = {f"bleu.{name}": BLEU(tokenize=name) for name in ("13a", "zh", "intl", "char", "none")}
    metrics |= {"chrf": CHRF(), "chrf++": CHRF(word_order=2), "ter": TER()}
    sentence_bleu = BLEU(effective_order=True)
    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"])
    for doc in docs:
        doc["scores"] = {"bleu.13a": sentence_bleu.sentence_score(doc["answer"], doc["references"]).score} | {
            name: metrics[name].sentence_score(doc["answer"], doc["references"]).score for name in ("chrf", "chrf++", "ter")
        } | {name: score.fmeasure for name, score in scorer.score_multi(doc["references"], doc["answer"]).items()}
    out = {"sacrebleu": sacrebleu.__version__, "docs": docs, "corpora": {}}
    for name, corpus in corpora.items():
        answers = [d["answer"] for d in corpus]
        references = [list(refs) for refs in zip(*(d["references"] for d in corpus))]
        out["corpora"][name] = {"docs": [docs.index(d) for d in corpus],
                                "scores": {m: metric.corpus_score(answers, references).score for m, metric in metrics.items()}}
    path = Path(__file__).parent / "recorded" / "scores.json"
    path.write_text(json.dumps(out, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
