"""What lm-evaluation-harness's own Jinja makes of templates: `python record.py` writes jinja.json (needs lm-eval)."""
import json
from pathlib import Path

from lm_eval.utils import apply_template

DOC = {
    "q": "What is it?", "choices": ["red", "Green", "blue"], "label": 1, "empty": "", "none": None, "n": 7, "x": 2.5,
    "rows": [{"k": "a", "v": 3}, {"k": "b", "v": 1}, {"k": "c", "v": 2}], "map": {"b": 1, "a": 2}, "word": "tHe quick  fox",
    "Frase": "á", "Paráfrase": "ó", "deep": {"list": [{"t": "z"}]}, "flag": True, "text": "one\ntwo\n\nthree", "html": "<b>x</b>",
}
TEMPLATES = r"""{{q}}
{{Frase+", verdadeiro? "+Paráfrase}}
{{ {"a": 1, "b": [1, 2.0]} }}
{{ (1,) }}{{ (1, 2) }}{{ () }}{{ 1, 2 }}
{% for c in choices %}{{loop.index}}/{{loop.length}} {{"ABC"[loop.index0]}}. {{c}}{% if not loop.last %}, {% endif %}{% endfor %}
{% for c in choices if c != "red" %}{{loop.cycle("x", "y")}}{{c}}{% else %}none{% endfor %}
{% for c in [] %}a{% else %}none{% endfor %}
{% for k, v in map.items() %}{{k}}={{v}};{% endfor %}
{% for a, (b, c) in [(1, (2, 3))] %}{{a}}{{b}}{{c}}{% endfor %}
{% for r in rows %}{{loop.changed(r.v > 1)}}{% endfor %}
  {%- if flag -%}  yes  {%- endif -%}  end
{%- raw -%} {{ not }} {% this %} {%- endraw %}.
{# a comment #}x{#- another -#} y
{% set a = 3 %}{% set b, c = 1, 2 %}{{a + b * c ** 2 // 3 % 2 - -1}}
{% set ns = namespace(t=0) %}{% for r in rows %}{% set ns.t = ns.t + r.v %}{% endfor %}{{ns.t}}
{% set block %}in {{q}}{% endset %}{{block|upper}}
{% set block | upper %}in {{q}}{% endset %}{{block}}
{% macro m(a, b="z") %}[{{a}}-{{b}}]{% endmacro %}{{m(1)}}{{m(1, 2)}}{{m(b=3, a=4)}}
{% macro m() %}<{{caller()}}>{% endmacro %}{% call m() %}in{% endcall %}
{% with a = 1, b = 2 %}{{a}}{{b}}{% endwith %}{{a is defined}}
{% filter upper %}a{{q}}{% endfilter %}
{{ "a" if label == 1 else "b" }}{{ "c" if label == 2 }}
{{ 1 < 2 < 3 }}{{ 1 < 3 < 2 }}{{ 1 in [1] }}{{ 2 not in [1] }}{{ not 1 == 2 and true or false }}
{{ "a" ~ 1 ~ none ~ 2.0 }}{{ "a" "b" }}
{{ 7 / 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 6 / 2 }} {{ 2 ** 3 }} {{ 1.0 }} {{ 1e3 }} {{ 1_000 }}
{{ -1|abs }}{{ (1.5)|round }}{{ 2.5|round }}{{ 3.14159|round(2) }}{{ 2.1|round(method="ceil") }}{{ 7|float }}{{ "4.7"|int }}{{ "x"|int(9) }}
{{ choices[label] }}{{ choices[-1] }}{{ choices[1:] }}{{ choices[::-1] }}{{ q[2:5] }}{{ rows[0].k }}{{ rows[0]["v"] }}{{ deep.list.0.t }}
{{ choices|length }}{{ q|length }}{{ map|length }}{{ choices|first }}{{ choices|last }}{{ choices|join(", ") }}{{ rows|join("-", attribute="k") }}
{{ choices|sort }}{{ choices|sort(case_sensitive=true) }}{{ choices|sort(reverse=true) }}{{ rows|sort(attribute="v")|map(attribute="k")|list }}
{{ rows|selectattr("v", ">", 1)|list }}
{{ rows|selectattr("v", "gt", 1)|map(attribute="k")|join }}{{ rows|rejectattr("v", "eq", 1)|map(attribute="k")|join }}
{{ choices|map("upper")|list }}{{ choices|map("replace", "e", "E")|join("|") }}{{ [1, 0, 2]|select|list }}{{ [1, 2, 3]|select("odd")|list }}{{ [1, 2]|reject("odd")|list }}
{{ [3, 1, 2]|max }}{{ ["b", "A"]|min }}{{ [1, 2.5]|sum }}{{ rows|sum(attribute="v") }}{{ ["a", "A", "b"]|unique|list }}
{{ map|dictsort }}{{ map|dictsort(by="value") }}{{ map|items|list }}
{{ [1, 2, 3, 4, 5]|batch(2)|list }}{{ [1, 2, 3, 4, 5]|batch(2, 0)|list }}{{ [1, 2, 3, 4, 5]|slice(3)|list }}{{ [1, 2, 3, 4, 5]|slice(3, "x")|list }}
{% for key, items in rows|groupby("v") %}{{key}}:{{items|length}} {% endfor %}
{{ word|title }}|{{ word|capitalize }}|{{ word|upper }}|{{ word.title() }}|{{ word.swapcase() }}|{{ word.split() }}|{{ word.split(" ") }}|{{ word.split(" ", 1) }}
{{ "  a ".strip() }}|{{ "xxaxx".strip("x") }}|{{ "xxa".lstrip("x") }}|{{ "axx".rstrip("x") }}|{{ "  a "|trim }}|{{ "a-b-c".rsplit("-", 1) }}|{{ "a-b".partition("-") }}|{{ "ab".rpartition("-") }}
{{ "a,b".replace(",", ";") }}|{{ "aaa".replace("a", "b", 2) }}|{{ "aaa"|replace("a", "b", 2) }}|{{ "abc".find("c") }}|{{ "abc".index("b") }}|{{ "abcb".rfind("b") }}|{{ "abab".count("ab") }}
{{ "abc".startswith("a") }}{{ "abc".endswith(("b", "c")) }}{{ "12".isdigit() }}{{ "ab".isalpha() }}{{ "a1".isalnum() }}{{ "AB".isupper() }}{{ " ".isspace() }}{{ "Ab".istitle() }}
{{ "7".zfill(3) }}|{{ "-7".zfill(4) }}|{{ "a".center(5, "*") }}|{{ "ab".center(5, "*") }}|{{ "a".ljust(3, ".") }}|{{ "a".rjust(3) }}|{{ "ab"|center(6) }}|
{{ "{} {1}".format(1, 2) if false else "{} {}".format(1, "b") }}{{ "{a}".format(a=3) }}{{ "%s-%d-%.2f-%05d-%5s|%-4s|"|format("a", 3, 2.5, 42, "r", "l") }}{{ "%s" % q }}{{ "%s %s" % (1, "b") }}
{{ "Foobar".removeprefix("Foo") }}{{ "Foobar".removesuffix("bar") }}{{ "a\nb".splitlines() }}{{ ", ".join(choices) }}
{{ map.get("zz", "d") }}{{ map.get("zz") }}{{ map.keys()|list }}{{ map.values()|list }}{{ choices.index("blue") }}{{ choices.count("red") }}
{{ map|tojson }}{{ {"b": [1, "é<>&'"], "a": none}|tojson }}{{ [1, {"a": 2}]|tojson(indent=2) }}
{{ empty|default("d") }}{{ empty|default("d", true) }}{{ nope|default("d") }}{{ nope|d("e") }}{{ none|default("x") }}
{{ nope is defined }}{{ q is defined }}{{ none is none }}{{ q is string }}{{ n is number }}{{ x is float }}{{ flag is boolean }}{{ map is mapping }}{{ choices is sequence }}{{ choices is iterable }}
{{ 4 is even }}{{ 3 is odd }}{{ 9 is divisibleby 3 }}{{ 9 is divisibleby(2) }}{{ 2 is in [1, 2] }}{{ n is not none }}{{ n is eq 7 }}{{ n is gt(3) }}{{ "a" is lower }}{{ 1 is true }}{{ true is true }}{{ n is sameas n }}
{{ html|e }}{{ html|safe }}{{ html|striptags }}{{ "a b/c&d"|urlencode }}{{ word|wordcount }}
{{ text|indent(2) }}|{{ text|indent(2, true) }}|{{ text|indent(2, blank=true) }}
{{ "Hello brave new world"|truncate(12) }}|{{ "Hello brave new world"|truncate(12, true) }}|{{ "Hello brave new world"|truncate(12, leeway=20) }}|{{ "Hello brave new world"|truncate(9, false, "~", 0) }}
{{ word|regex_replace("[a-z]+", "<\\g<0>>") }}{{ "a1b22"|regex_replace("(\\d)", "[\\1]", 2) }}
{{ "tab\there \x41 \u00e9 \101 \q" }}{{ 'it''s' }}{{ 'it\'s' }}
{{ range(3)|list }}{{ range(1, 7, 2)|list }}{{ range(3, 0, -1)|list }}{{ dict(a=1, b=2) }}{{ zzz is defined }}
{% set j = joiner("; ") %}{% for c in choices %}{{ j() }}{{ c }}{% endfor %}
{% set c = cycler("a", "b") %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}
{{ [1] + [2] }}{{ "ab" * 2 }}{{ [0] * 3 }}{{ choices[nope] if false else "ok" }}{{ [["a", 1], ["b", 2]][1][0] }}
{{ true }}{{ True }}{{ none }}{{ None }}{{ false }}{{ [true, none, 1.0, "it's", 'q"q'] }}
{% if n > 10 %}a{% elif n == 7 %}b{% else %}c{% endif %}
{% for i in range(3) %}{% for j in range(2) %}{{ i }}{{ j }}{{ loop.index }} {% endfor %}{% endfor %}
{% set s = [] %}{% for c in choices %}{% set _ = s.append(c) %}{% endfor %}{{ s }}{{ s.pop() }}{{ s.pop(0) }}{{ s }}
{{ q if q else "none" }}{{ (q or "x")|lower }}{{ q and n }}{{ not q }}
{{ nope }}
{{ q.nope }}
{{ rows[9].k }}
{{ q + 1 }}
{{ 1 / 0 }}
{% if q %}a
{{ q
{% foo %}
{{ q|foo }}
{{ q is foo }}
{{ (q }}
{% for x in 3 %}{% endfor %}
{{ 'a }}
{% endif %}
{{ "abc".index("z") }}""".split("\n")

recorded = []
for template in TEMPLATES + ["line\r\nend\n", "keeps its end\n", "{{q}}\n\n", "{%- if true %}\n a\n{%- endif %}\n", "a\n  {%- set z = 1 -%}\n\n b"]:
    try:
        recorded.append({"template": template, "text": apply_template(template, DOC)})
    except Exception as error:  # noqa: BLE001
        recorded.append({"template": template, "error": type(error).__name__})
Path(__file__).with_name("jinja.json").write_text(json.dumps({"doc": DOC, "recorded": recorded}, indent=1, ensure_ascii=False) + "\n")
