"""The bilingual torture texts, and a seeded source of random ones made of their pieces."""
import random

TEXTS = [
    "", " ", "  ", "\n", " \n \n ", "a", "Hello, world!", "  leading and trailing  ", "你好，世界！今天天气很好。",
    "I'm we're they'll can't I'd I've it's 's 'S I'M WE'RE DON'T I'LL ’s it’s", "don’t “quote” —dash… ¿qué? ¡sí!",
    "emoji 👍🏽 👨‍👩‍👧‍👦 🇨🇳🇩🇪🇺🇸 ☺️ ❤️‍🔥 #️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "e\u0301 é \u0301 lone \u0300\u0301\u0302 a\u0323\u0307 a\u0307\u0323 q\u0307\u0323",
    "mixed中文English混排123和４５６ｆｕｌｌｗｉｄｔｈ，ok", "tabs\tand\nnew\n\nlines\r\n  x\r\r\n\n\n   y", "①②Ⅷ½² ３４ ٣٤ १२ 〇一二 ㊿ ⅓",
    "\u0085a\u0085 b\ufeffc \ufeff", "zero\u200bwidth\u200d \u00a0nbsp\u3000全角\u3000空格 soft\u00adhyphen", "\x00\x01\x1f\x7f control\x08\x0b\x0c\x1c\x8f\x9f",
    "العربية مَرْحَبًا עברית שָׁלוֹם हिन्दी नमस्ते क्षि ไทยกำลัง தமிழ் မြန်မာ ភាសា", "x" * 300, "哈" * 120, " " * 50 + "x", "\n" * 20, "ab" * 90,
    "1234567890 3.14 -7 1e5 1,000,000 0x1F 2024-01-02", "鷗外𠮷野家𪚥 羽 豈更 丽 侮﨎", "𝕳𝖊𝖑𝖑𝖔 ﬁ ﬂ ﬃ ｶﾞ ㌀ ㍿ Ⓐ ℌ Ω Å",
    "\u1680x\u2028y\u2029z\u180ew\u205fv\u202fu", "日本語のテキスト、カタカナとひらがな。ーヴァイオリン゛゜", "한국어 텍스트 \u1112\u1161\u11ab\u1100\u1173\u11af 각",
    "def f(x):\n    if x > 0:\n\treturn {'a': [1, 2]}  # 注释\n\n\nclass A: pass", "https://example.com/a?b=c&d=%E4%BD%A0#x user@mail.org C:\\dir\\file.txt",
    "<s>hello</s> <|end|> text<|end|> <unk> [CLS] [MASK]x <mask> <pad>", "<|end|>", "a<|end|>b  <|end|>  c <|end|>\n", "<tool><tool_call>x</tool_call> <tool",
    "wordWORD Word2Vec camelCaseString HTTPServer iPhone ΑΣ ΣΑΣ ΌΔΟΣ İstanbul ß ẞ ǅ ſt KELVIN \u212a", "\ufffd \ufffd\ufffd a\ufffdb", "\U0001f9ff\U0002a6d6\U000e0041\U0010ffff\ue000",
    "a\n b  c   d    e", "Привет, мир! Ёлка Й й", "▁ ▁▁a ▁", "Ġ Ċ ĠĠ", "<0x41> <0xE4><0xBD>", "##ing ##", "x|y||z</w>", " .  ! ? , 's n't do not ' ",
    "@@@ --- *** ___ $$$ ^^^ ``` ~~~ +++ === |||", "«guillemets» ‹x› „y‟ 《书》【】「」～！？；：", "a\u0315\u0300\u05ae\u0062 \u0958 \u2126 \u1e9b\u0323",
    "\r\n\r\n a \r b", "end with space ", "NewToken newtoken NEWTOKEN xNewTokenx NewToken. 新词新词", "\u0e01\u0e33 \u1f600 \u00df\u00df",
]


def fuzz(count, seed):
    """Random texts of pieces of TEXTS, of single characters of many blocks, and of special-token text."""
    rng = random.Random(seed)
    blocks = [(0x20, 0x7f), (0x20, 0x7f), (0x20, 0x7f), (0xa0, 0x250), (0x300, 0x370), (0x370, 0x530), (0x590, 0x700), (0x900, 0xe80),
              (0x1100, 0x1200), (0x2000, 0x2070), (0x2070, 0x2c00), (0x3000, 0x3100), (0x4e00, 0x9fa6), (0x4e00, 0x9fa6), (0xac00, 0xd7a4),
              (0xf900, 0xfb00), (0xfe00, 0x10000), (0x1f300, 0x1f650), (0x20000, 0x20100), (0x1, 0x20)]
    special = ["<s>", "</s>", "<|end|>", "<unk>", "[CLS]", "<mask>", " ", "  ", "\n", "▁", "NewToken", "<tool>", "'s", "\u200d", "\ufe0f"]
    out = []
    for _ in range(count):
        text = ""
        for _ in range(rng.randint(1, 8)):
            kind = rng.random()
            if kind < 0.45:
                source = rng.choice(TEXTS)
                at = rng.randint(0, max(0, len(source) - 1))
                text += source[at : at + rng.randint(1, 12)]
            elif kind < 0.8:
                low, high = rng.choice(blocks)
                text += "".join(chr(rng.randint(low, high - 1)) for _ in range(rng.randint(1, 4)))
            else:
                text += rng.choice(special)
        out.append(text)
    return out
