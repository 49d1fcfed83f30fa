"""The demo model's turn format: its chat template and the same thing as a Python function."""

from little_language import Conversation

END_OF_TEXT, TURN_START, TURN_END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
SPECIAL_TOKENS = [END_OF_TEXT, TURN_START, TURN_END]
GENERATION_PROMPT = f"{TURN_START}assistant\n"

# The generation block holds what the model itself writes: the answer and the token that ends the
# turn, but neither the role header before it nor the line break after it.
CHAT_TEMPLATE = """\
{%- for message in messages -%}
    {{- '<|im_start|>' + message['role'] + '\\n' -}}
    {%- if message['role'] == 'assistant' -%}
        {%- generation -%}
            {{- message['content'] + '<|im_end|>' -}}
        {%- endgeneration -%}
    {%- else -%}
        {{- message['content'] + '<|im_end|>' -}}
    {%- endif -%}
    {{- '\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{- '<|im_start|>assistant\\n' -}}
{%- endif -%}
"""


def render(conversation: Conversation) -> str:
    """The text that `CHAT_TEMPLATE` renders for a conversation, without a generation prompt."""
    return "".join(f"{TURN_START}{m['role']}\n{m['content']}{TURN_END}\n" for m in conversation)


def render_document(document: str | Conversation) -> str:
    """One document of the corpus as the base model reads it. Plain text ends with END_OF_TEXT."""
    return document + END_OF_TEXT if isinstance(document, str) else render(document)
