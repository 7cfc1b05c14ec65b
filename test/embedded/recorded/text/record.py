"""Trains tiny tokenizers in the shapes of the well-known families and records what the Rust `tokenizers` library (and transformers'
decode) makes of the torture texts. Run once, never by the tests:

    python test/embedded/recorded/text/record.py
"""
import gzip, io, json, pathlib, sys, tempfile
import sentencepiece, tokenizers
from sentencepiece import sentencepiece_model_pb2 as proto
from tokenizers import AddedToken, Regex, Tokenizer, decoders as D, models as M, normalizers as N, pre_tokenizers as P, processors as X, trainers as T
from transformers import PreTrainedTokenizerFast
from torture import TEXTS, fuzz

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[3]
FUZZ = 160
CORPUS = TEXTS * 3 + (ROOT / "README.md").read_text().splitlines() + [
    "今天天气很好，我们去公园散步。", "机器学习模型需要大量的数据。", "The quick brown fox jumps over the lazy dog.", "模型的评测结果每天都会变化，天秤会告诉你。",
    "It's what they'll say; we've seen that they're right.", "Once upon a time there was a very small dog who lived in the house.", "for i in range(100):\n    print(i)\n",
]
BYTES = P.ByteLevel.alphabet()
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace("{1,3}", "")
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
GPT4O = "|".join([
    rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+(?i:'s|'t|'re|'ve|'m|'ll|'d)?", rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"])
GPT4 = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
DEEPSEEK = [r"\p{N}{1,3}", r"[一-龥\u3040-ゟ゠-ヿ]+",
            r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"]
ADDED = [AddedToken("<|end|>", special=True), AddedToken("<s>", special=True), AddedToken("</s>", special=True), AddedToken("<tool>", lstrip=True),
         AddedToken("<tool_call>", rstrip=True), AddedToken("NewToken", single_word=True, normalized=True), AddedToken("新词", normalized=False)]


def bpe(normalizer=None, pre=None, decoder=None, post=None, added=ADDED, vocab=600, alphabet=BYTES, special=("<|end|>",), limit=None, **model):
    tokenizer = Tokenizer(M.BPE(**model))
    trained = Tokenizer(M.BPE(**{k: v for k, v in model.items() if k != "ignore_merges"}))
    for one in (tokenizer, trained):
        if normalizer: one.normalizer = normalizer
        if pre: one.pre_tokenizer = pre
    options = {k: model[k] for k in ("continuing_subword_prefix", "end_of_word_suffix") if model.get(k)}
    trained.train_from_iterator(CORPUS, T.BpeTrainer(vocab_size=vocab, initial_alphabet=list(alphabet), special_tokens=list(special), show_progress=False,
                                                     limit_alphabet=limit or 10000, max_token_length=12, **options))
    state = json.loads(trained.to_str())
    state["model"].update({k: v for k, v in model.items()})
    if model.get("byte_fallback"):
        vocab_ids = state["model"]["vocab"]
        for byte in range(256): vocab_ids.setdefault(f"<0x{byte:02X}>", len(vocab_ids))
    return finish(Tokenizer.from_str(json.dumps(state)), decoder, post, added)


def other(model, trainer, normalizer=None, pre=None, decoder=None, post=None, added=ADDED):
    tokenizer = Tokenizer(model)
    if normalizer: tokenizer.normalizer = normalizer
    if pre: tokenizer.pre_tokenizer = pre
    tokenizer.train_from_iterator(CORPUS, trainer)
    return finish(tokenizer, decoder, post, added)


def finish(tokenizer, decoder, post, added):
    if decoder: tokenizer.decoder = decoder
    tokenizer.add_tokens([t for t in added if not t.special])
    tokenizer.add_special_tokens([t for t in added if t.special])
    if post: tokenizer.post_processor = post(tokenizer) if callable(post) and not hasattr(post, "process") else post
    return tokenizer


def bos(tokenizer, text="<s> $A"):
    return X.TemplateProcessing(single=text, special_tokens=[(t, tokenizer.token_to_id(t)) for t in ("<s>", "</s>")])


def pair(name, kind=X.BertProcessing):
    return lambda t: kind(("</s>", t.token_to_id("</s>")), ("<s>", t.token_to_id("<s>")))


def charsmap(**options):
    with tempfile.TemporaryDirectory() as directory:
        text = pathlib.Path(directory, "corpus.txt")
        text.write_text("\n".join(line.replace("\n", " ") for line in CORPUS if "\0" not in line))
        for key in [k for k in options if k.endswith("tsv")]:
            pathlib.Path(directory, "rules.tsv").write_text(options[key]); options[key] = str(pathlib.Path(directory, "rules.tsv"))
        sentencepiece.SentencePieceTrainer.train(input=str(text), model_prefix=directory + "/m", vocab_size=900, hard_vocab_limit=False, minloglevel=2, **options)
        model = proto.ModelProto()
        model.ParseFromString(pathlib.Path(directory, "m.model").read_bytes())
        return model.normalizer_spec.precompiled_charsmap


def unigram(byte_fallback=False, **parts):
    trainer = T.UnigramTrainer(vocab_size=500, unk_token="<unk>", special_tokens=["<unk>", "<s>", "</s>"], show_progress=False)
    tokenizer = other(M.Unigram(), trainer, **parts)
    state = json.loads(tokenizer.to_str())
    if byte_fallback:
        state["model"]["byte_fallback"] = True
        state["model"]["vocab"] += [[f"<0x{b:02X}>", -20.0] for b in range(256)]
        for added in state["added_tokens"]:
            if added["id"] > 2: added["id"] += 256
    return Tokenizer.from_str(json.dumps(state))


def split(pattern, behavior="isolated", invert=False):
    return P.Split(pattern if isinstance(pattern, Regex) else Regex(pattern), behavior, invert)


def level(*stages, **options):
    return P.Sequence([*stages, P.ByteLevel(add_prefix_space=options.get("space", False), use_regex=options.get("regex", False))])


def piece(vocab=500, **options):
    return T.WordPieceTrainer(vocab_size=vocab, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False, **options)


FALLBACK = D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse(), D.Strip(" ", 1, 0)])
GEMMA = D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse()])
SPM = dict(alphabet=[], special=("<unk>",), unk_token="<unk>", fuse_unk=True, byte_fallback=True)
SPM_FREE = dict(alphabet=[], special=("<unk>",), unk_token="<unk>", vocab=500, limit=150)
RULES = "41\t61\nFF11\t31\n2460\t31\n66 66\t66\n30AB 3099\t30AC\nFB01\t66 69\n200B\t\n3000\t20\n"


def families():
    yield "gpt2", bpe(pre=P.ByteLevel(add_prefix_space=False), decoder=D.ByteLevel(), post=X.ByteLevel(trim_offsets=False))
    yield "roberta", bpe(pre=P.ByteLevel(add_prefix_space=True), decoder=D.ByteLevel(), post=pair("roberta", X.RobertaProcessing))
    yield "smollm2", bpe(pre=P.Sequence([P.Digits(True), P.ByteLevel(add_prefix_space=False)]), decoder=D.ByteLevel())
    yield "llama3", bpe(pre=level(split(LLAMA3)), decoder=D.ByteLevel(), ignore_merges=True, post=lambda t: X.Sequence([X.ByteLevel(trim_offsets=False), bos(t)]))
    yield "qwen2", bpe(N.NFC(), level(split(QWEN2)), D.ByteLevel(), X.ByteLevel(trim_offsets=False))
    yield "gpt4o", bpe(pre=level(split(GPT4O)), decoder=D.ByteLevel())
    yield "gpt4", bpe(pre=level(split(GPT4, "removed", True)), decoder=D.ByteLevel())
    yield "deepseek", bpe(pre=level(*map(split, DEEPSEEK)), decoder=D.ByteLevel(), post=bos)
    yield "falcon", bpe(pre=P.Sequence([P.Punctuation("contiguous"), P.ByteLevel(add_prefix_space=False), P.Digits(False), split(r"[0-9][0-9][0-9]")]), decoder=D.ByteLevel())
    yield "bloom", bpe(pre=level(split(r" ?[^(\s|[.,!?…。，、।۔،])]+")), decoder=D.ByteLevel())
    yield "neox", bpe(N.NFC(), P.ByteLevel(add_prefix_space=False), D.ByteLevel(), X.ByteLevel(trim_offsets=True), vocab=500)
    yield "bytes-in-normaliser", bpe(N.Sequence([N.NFC(), N.ByteLevel()]), split(r"Ġ?[^Ġ]+"), D.ByteLevel())
    yield "llama2", bpe(N.Sequence([N.Prepend("▁"), N.Replace(" ", "▁")]), None, FALLBACK, bos, **SPM)
    yield "llama2-modern", bpe(None, P.Metaspace(prepend_scheme="first", split=False), FALLBACK, bos, **SPM)
    yield "mistral-first-split", bpe(None, P.Metaspace(prepend_scheme="first", split=True), D.Metaspace(prepend_scheme="first"), bos, **SPM)
    yield "gemma", bpe(N.Replace(" ", "▁"), P.Split(" ", "merged_with_previous"), GEMMA, bos, vocab=700, **SPM)
    yield "phi3", bpe(N.Sequence([N.Prepend("▁"), N.Replace(" ", "▁")]), None, FALLBACK, added=ADDED + [AddedToken("<|assistant|>", rstrip=True, special=True), AddedToken("<|user|>", rstrip=True, lstrip=True, special=True)], **SPM)
    yield "unknown-fused", bpe(None, P.Metaspace(prepend_scheme="never"), D.Metaspace(prepend_scheme="never"), fuse_unk=True, **SPM_FREE)
    yield "unknown-single", bpe(N.Strip(), P.Metaspace(prepend_scheme="first"), D.Metaspace(), **SPM_FREE)
    yield "no-unknown", bpe(None, P.Sequence([P.WhitespaceSplit(), P.Metaspace(prepend_scheme="first")]), D.Metaspace(), alphabet=[], limit=100, vocab=400)
    yield "openai-gpt", bpe(N.BertNormalizer(), P.BertPreTokenizer(), D.BPEDecoder("</w>"), alphabet=[], special=("<unk>",), unk_token="<unk>", end_of_word_suffix="</w>", vocab=600, limit=200)
    yield "bpe-prefix", bpe(N.Lowercase(), P.Whitespace(), D.WordPiece("##"), alphabet=[], special=("<unk>",), unk_token="<unk>", continuing_subword_prefix="##", vocab=600, limit=200)
    yield "t5", unigram(normalizer=N.Precompiled(charsmap(normalization_rule_tsv=RULES)), pre=P.Sequence([P.WhitespaceSplit(), P.Metaspace(prepend_scheme="always")]), decoder=D.Metaspace(), post=lambda t: bos(t, "$A </s>"))
    yield "xlm-r", unigram(normalizer=N.Sequence([N.Precompiled(charsmap(normalization_rule_name="nmt_nfkc")), N.Replace(Regex(" {2,}"), " ")]), pre=P.Metaspace(), decoder=D.Metaspace(), post=lambda t: bos(t, "<s> $A </s>"))
    yield "albert", unigram(normalizer=N.Sequence([N.Replace("``", '"'), N.Replace("''", '"'), N.NFKD(), N.StripAccents(), N.Lowercase()]), pre=P.Metaspace(), decoder=D.Metaspace())
    yield "unigram-bytes", unigram(True, normalizer=N.Nmt(), pre=P.Metaspace(split=False, prepend_scheme="first"), decoder=GEMMA)
    yield "bert", other(M.WordPiece(unk_token="[UNK]"), piece(), N.BertNormalizer(), P.BertPreTokenizer(), D.WordPiece(cleanup=True), pair("bert"))
    yield "bert-zh", other(M.WordPiece(unk_token="[UNK]", max_input_chars_per_word=20), piece(700), N.BertNormalizer(lowercase=False, strip_accents=False), P.BertPreTokenizer(), D.WordPiece(cleanup=False))
    yield "word-piece-nfd", other(M.WordPiece(unk_token="[UNK]"), piece(), N.Sequence([N.NFD(), N.StripAccents(), N.Strip(True, False)]), P.Sequence([P.WhitespaceSplit(), P.Punctuation("merged_with_previous")]), D.WordPiece(cleanup=True))
    yield "word-level", other(M.WordLevel(unk_token="[UNK]"), T.WordLevelTrainer(vocab_size=400, special_tokens=["[UNK]"], show_progress=False), N.NFKC(), P.Sequence([P.Whitespace(), P.Digits(True)]))
    level_of = lambda pre, norm=None, decoder=None: other(M.WordLevel(unk_token="[UNK]"), T.WordLevelTrainer(vocab_size=600, special_tokens=["[UNK]"], show_progress=False), norm, pre, decoder)
    yield "scripts", level_of(P.UnicodeScripts(), N.Lowercase())
    yield "fixed", level_of(P.FixedLength(3), N.NFKD(), D.Fuse())
    yield "delimiter", level_of(P.Sequence([P.CharDelimiterSplit("."), P.Punctuation("merged_with_next")]), N.Strip(), D.Fuse())
    yield "ctc", level_of(P.Split("", "isolated"), N.Replace(" ", "|"), D.CTC(pad_token="<pad>", word_delimiter_token="|"))
    for behavior in ("removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"):
        for invert in (False, True):
            pattern = Regex(r"\s|\p{P}|[[:digit:]&&[^3]]|(?>ab|a)b|\h{2}(?<=\d)|(?i:straße|k)") if invert else Regex(r"[aeiou\x{4e00}-\u9fa5]|(?<x>[.,!?])\k<x>*|\bw\w*")
            yield f"split-{behavior}{'-inverted' if invert else ''}", level_of(split(pattern, behavior, invert), decoder=D.Fuse())


def record(name, tokenizer):
    tokenizer = Tokenizer.from_str(tokenizer.to_str())
    texts = TEXTS + fuzz(FUZZ, name)
    ids = lambda text, special: tokenizer.encode(text, add_special_tokens=special).ids
    all_ids = [ids(t, False) for t in texts]
    cleanup = name in ("bert-zh", "word-level", "albert", "llama2")
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, clean_up_tokenization_spaces=cleanup)
    known = all_ids[: len(TEXTS)]
    # Any id at all, in any order, decodes to something.
    known += [[(i * 37 + k * 11) % tokenizer.get_vocab_size() for i in range(24)] for k in range(12)]
    return {
        "tokenizer": json.loads(tokenizer.to_str()),
        "config": {"clean_up_tokenization_spaces": cleanup},
        "ids": all_ids,
        "special": [ids(t, True) for t in TEXTS],
        "jumbled": known[len(TEXTS):],
        "decoded": [fast.decode(i) for i in known],
        "skipping": [fast.decode(i, skip_special_tokens=True) for i in known],
        "half": [fast.decode(i[: len(i) // 2]) for i in known],
    }


if __name__ == "__main__":
    only = sys.argv[1:]
    texts = {"texts": TEXTS, "versions": {"tokenizers": tokenizers.__version__}}
    for name, tokenizer in families():
        if only and name not in only: continue
        result = record(name, tokenizer)
        result["fuzz"] = fuzz(FUZZ, name)
        data = json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        (HERE / "families").mkdir(exist_ok=True)
        (HERE / "families" / f"{name}.json.gz").write_bytes(gzip.compress(data, 9, mtime=0))
        print(name, len(data), (HERE / "families" / f"{name}.json.gz").stat().st_size, flush=True)
    (HERE / "texts.json").write_text(json.dumps(texts, ensure_ascii=True, indent=None, separators=(",", ":")) + "\n")
