"""Renders chat templates, written here in the style of the well-known families, with transformers. Run once, never by the tests:

    python test/embedded/recorded/text/record-chat.py
"""
import json, pathlib
import transformers
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast

HERE = pathlib.Path(__file__).parent
TEMPLATES = {
    "chatml": "{% for message in messages %}{{ '<|im_start|>' + message.role + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
              "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "chatml-default-system": """{%- if messages[0]['role'] != 'system' %}
    {{- '<|im_start|>system\nYou help.<|im_end|>\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}
    {%- elif message.role == "system" %}
        {{- '<|im_start|>system\n' ~ message.content ~ '<|im_end|>\n' -}}
    {%- endif %}
{%- endfor %}
{%- if tools %}{{- tools | tojson }}{%- endif %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
{%- endif %}
""",
    "inst": """{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}
{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate user/assistant') }}{% endif %}
{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}
{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}""",
    "headers": """{{- bos_token }}
{%- if date_string is not defined %}{%- set date_string = "26 Jul 2024" %}{%- endif %}
{%- if not tools is defined %}{%- set tools = none %}{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}{%- set system_message = "" %}{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if tools is not none %}{{- "Environment: ipython\\n" }}{%- endif %}
{{- "Today Date: " + date_string + "\\n\\n" }}{{- system_message }}{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif %}
""",
    "turns": """{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '
' + message['content'] | trim + '<end_of_turn>
' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model
'}}{% endif %}""",
    "pipes": "{% for message in messages %}{% if message['role'] in ['system', 'user'] %}{{'<|' + message['role'] + '|>\n' + message['content'] + '<|end|>\n'}}{% else %}{{'<|assistant|>\n' + message['content'] + eos_token + '\n'}}{% endif %}"
             "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ eos_token }}{% endif %}",
    "namespace": """{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}{% set ns = namespace(is_first=false, is_tool=false, system_prompt='', n=0) %}
{%- for message in messages %}{%- if message['role'] == 'system' %}{% set ns.system_prompt = message['content'] %}{%- endif %}{%- endfor %}{{bos_token}}{{ns.system_prompt}}
{%- for message in messages %}
{%- set ns.n = ns.n + 1 %}
{%- if message['role'] == 'user' %}{%- set ns.is_tool = false -%}{{'<|User|>' + message['content']}}{%- endif %}
{%- if message['role'] == 'assistant' and message['content'] is not none %}{% set content = message['content'] %}{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}{{'<|Assistant|>' + content + eos_token}}{%- endif %}
{%- endfor -%}{% if add_generation_prompt and not ns.is_tool %}{{'<|Assistant|>'}}{{ ns.n }}{% endif %}""",
    "parts": """{%- macro text(content) -%}
  {%- if content is string -%}{{ content }}{%- else -%}{%- for part in content -%}{%- if part.type == 'text' -%}{{ part.text }}{%- elif part['type'] == 'image' -%}<image>{%- endif -%}{%- endfor -%}{%- endif -%}
{%- endmacro -%}
{%- for m in messages %}[{{ m.role | upper }}] {{ text(m.content) }}
{% endfor %}{% if add_generation_prompt %}[ASSISTANT]{% endif %}""",
    "generation": """{% for message in messages %}
  {% if message.role == 'assistant' %}
    {% generation %}{{ message.content }}{% endgeneration %}
  {% else %}
{{ loop.index }}/{{ loop.length }} {{ message.content }}{% if not loop.last %}, {% endif %}
  {% endif %}
{% endfor %}
""",
    "loop-controls": """{%- for message in messages %}{%- if message.role == 'system' %}{% continue %}{% endif %}{%- if loop.index > 3 %}{% break %}{% endif %}
<{{ message.role }}>{{ message.content }}</{{ message.role }}>
{%- endfor %}{# a comment #}
tail""",
    "json": """{{ messages | tojson }}
{{ messages[0] | tojson(indent=2) }}
{{ {'b': 1, 'a': [1.5, true, none, "é\\"<&>'"], 'c': {}} | tojson }}
{{ messages | map(attribute='role') | join(', ') }} {{ messages | selectattr('role', 'equalto', 'user') | list | length }} {{ messages | length }}""",
    "strings": """{% for m in messages %}{{ m.content.strip() | trim }}|{{ m.content | trim }}|{{ m.content.upper() }}|{{ m.role.title() }}|{{ m.role | capitalize }}|{{ m.content.split() | length }}|{{ m.content.startswith('H') }}|{{ m.content.replace('a', 'A') }}|{{ m.content[:3] }}|{{ m.content[-2:] }}|{{ m.content | length }}|{{ m.content.rstrip() }}|{{ m.content.lstrip() }}
{% endfor %}{{ "%s-%d" | format("x", 3) if false else "kept" }} {{ 'a' * 3 }} {{ '=' ~ 3 ~ none ~ true }} {{ m is defined }} {{ undefined_thing | default('fallback') }}{{ undefined_thing }}""",
    "values": """{{ true }} {{ none }} {{ 1 }} {{ 1.0 }} {{ 7 // 2 }} {{ 7 / 2 }} {{ 7 % 3 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 2 ** 3 }} {{ [1, 'a', "it's", none, true] }} {{ {'a': 1} }} {{ (1, 2) }} {{ 3 > 2 }} {{ not 1 }} {{ messages[0].missing }} {{ messages[5] is defined }} {{ range(3) | list }} {{ 'x' in 'xyz' }} {{ [3, 1, 2] | sort }} {{ [1, 2, 3] | sum }} {{ messages[0].get('nothing', 'd') }} {{ messages[0].keys() | list }} {{ 1 if false }}|{{ [1,2,3][::-1] }} {{ 'abc'[::-1] }} {{ 'a,b'.split(',') }} {{ 3 | string + 'x' }} {{ 'x' if messages else 'y' }} {{ true | string }} {{ none | string }} {{ [true] | string }} {{ messages[0].items() | list }}""",
    "whitespace": "{%- if true -%}  \n  A  \n  {%- endif %}\n\n   {% if true %}   \n  B\n   {% endif %}  \n {%+ if true %} C {% endif +%}\nD\n{{ 'x' }}\n{{- 'y' -}}\n  z {%- set a = 1 %}\n{% set b %}block {{ a }}\n{% endset %}[{{ b }}]\n{# c #}\n  {# d #}  e\n{% raw %}{{ raw }}{% endraw %}\n",
    "filters": """{{ [1,2,3] | first }}{{ [1,2,3] | last }}{{ 'aXb' | lower }}{{ 'abc' | replace('b', 'B') }}{{ ['b','a'] | sort | join('') }}{{ {'k': 'v'} | items | list }}{{ {'k': 'v', 'j': 2} | dictsort }}{{ 'a b' | title }}{{ 3.7 | int }}{{ '4' | int + 1 }}{{ -3 | abs }}{{ [1,1,2] | unique | list }}{{ 'é<' | e }}{{ [[1,2],[3]] | map('length') | list }}{{ 'x' | indent }}{{ "a\nb" | indent(2, true) }}{{ [1,2,3,4] | batch(2) | list }}{{ 3.14159 | round(2) }}{{ ['x', 'y'] | reverse | list }}{{ [4, 2] | max }}{{ 'abc' | list }}""",
    "call": """{% macro wrap(tag, end='!') %}<{{ tag }}>{{ caller() if caller }}{{ end }}{% endmacro %}{% call wrap('b') %}in{% endcall %}{{ wrap('i', end='?') }}{% filter upper %}loud{% endfilter %}{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }};{% endfor %}{% for x in [] %}{% else %}empty{% endfor %}{% for x in [1,2,3] if x != 2 %}{{ x }}{% endfor %}{% for x in [1,2] %}{{ loop.previtem }}{{ loop.nextitem }}{{ loop.revindex }}{{ loop.first }}{{ loop.cycle('p', 'q') }}{% endfor %}""",
    "unset-tokens": "{{ pad_token is defined }}{{ unk_token is defined }}{{ cls_token }}{{ bos_token }}{% if documents %}d{% endif %}{{ tools is none }}{{ documents is none }}{{ strftime_now('%%') }}",
}
CHATS = {
    "one": [{"role": "user", "content": "Hello there"}],
    "system": [{"role": "system", "content": "  你是助手。 "}, {"role": "user", "content": " 你好 \n"}, {"role": "assistant", "content": "Hi! <think>hm</think> a"}, {"role": "user", "content": "\ufeff\u0085 odd spaces \x1c"}],
    "no-system": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b\n"}, {"role": "user", "content": "HELLO 'quoted' \"x\" ß 👍🏽"}, {"role": "assistant", "content": "final  "}],
    "parts": [{"role": "user", "content": [{"type": "text", "text": "part one "}, {"type": "text", "text": "two"}]}],
}


def outcome(run):
    try:
        return {"text": run()}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE()), bos_token="<s>", eos_token="</s>", unk_token="<unk>")
cases = []
for name, template in TEMPLATES.items():
    for chat, messages in CHATS.items():
        for mode in ("plain", "prompt", "continue"):
            options = {"add_generation_prompt": mode == "prompt", "continue_final_message": mode == "continue"}
            result = outcome(lambda: tokenizer.apply_chat_template(json.loads(json.dumps(messages)), chat_template=template, tokenize=False, **options))
            cases.append({"template": name, "chat": chat, "mode": mode, **result})
out = {"transformers": transformers.__version__, "templates": TEMPLATES, "chats": CHATS, "cases": cases}
(HERE / "chats.json").write_text(json.dumps(out, ensure_ascii=True, indent=None, separators=(",", ":")) + "\n")
print(len(cases), sum("error" in c for c in cases))
