/**
 * Chat templates for models whose file has none, written for Luthier. They render what their makers'
 * templates render, tools aside, and enclose what the model itself would write in generation tags.
 */

export interface Preset {
  readonly name: string;
  /** The models that were made with this format. */
  readonly models: string;
  readonly source: string;
}

/** Null for a name that is none of {@link PRESET_NAMES}. */
export function findPreset(name: string): Preset | null {
  return PRESETS.find(preset => preset.name === name) ?? null;
}

/** Tools need words of their own in each model's prompt; those are in the model's own template. */
const NO_TOOLS = `{%- if tools %}{{- raise_exception('This preset knows no tools: use the template of the model itself.') }}{%- endif %}`;
const ALTERNATE = `{%- if (message.role == 'user') != (loop.index0 % 2 == 0) %}
    {{- raise_exception('User and assistant must take turns, the user first.') }}
  {%- endif %}`;
const PROMPT_CHATML = String.raw`{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}`;

const CHATML_TURNS = String.raw`{%- for message in messages %}
  {{- '<|im_start|>' + message.role + '\n' }}
  {%- if message.role == 'assistant' %}
    {%- generation %}{{- message.content + '<|im_end|>' }}{%- endgeneration %}
  {%- else %}
    {{- message.content + '<|im_end|>' }}
  {%- endif %}
  {{- '\n' }}
{%- endfor %}`;

/** Splits a leading system message off: `system` is its content or '', `turns` the rest. */
const SPLIT_SYSTEM = `{%- if messages[0].role == 'system' %}
  {%- set system = messages[0].content %}
  {%- set turns = messages[1:] %}
{%- else %}
  {%- set system = '' %}
  {%- set turns = messages %}
{%- endif %}`;

const GEMMA_TURNS = (first: string) => String.raw`{%- for message in turns %}
  ${ALTERNATE}
  {%- if message.role == 'assistant' %}
    {{- '<start_of_turn>model\n' }}
    {%- generation %}{{- message.content | trim + '<end_of_turn>' }}{%- endgeneration %}
  {%- else %}
    {{- '<start_of_turn>' + message.role + '\n' + ${first}message.content | trim + '<end_of_turn>' }}
  {%- endif %}
  {{- '\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<start_of_turn>model\n' }}{%- endif %}`;

const LLAMA_3_TURNS = String.raw`{%- for message in turns %}
  {{- '<|start_header_id|>' + message.role + '<|end_header_id|>\n\n' }}
  {%- if message.role == 'assistant' %}
    {%- generation %}{{- message.content | trim + '<|eot_id|>' }}{%- endgeneration %}
  {%- else %}
    {{- message.content | trim + '<|eot_id|>' }}
  {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %}`;

/** Header and end around each message: \`open\` may use the variable message. */
const plainTurns = (open: string, end: string, behind: string) => `{%- for message in messages %}
  {{- ${open} }}
  {%- if message.role == 'assistant' %}
    {%- generation %}{{- message.content + ${end} }}{%- endgeneration %}
  {%- else %}
    {{- message.content + ${end} }}
  {%- endif %}
  {{- ${behind} }}
{%- endfor %}`;

const written: readonly Preset[] = [
  {
    name: 'chatml',
    models: 'ChatML: Hermes, Dolphin, many fine-tunes',
    source: `${CHATML_TURNS}\n${PROMPT_CHATML}`,
  },
  {
    name: 'qwen-2.5',
    models: 'Qwen 2 and 2.5 Instruct',
    source: String.raw`{%- if messages[0].role != 'system' %}
  {{- '<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n' }}
{%- endif %}
${CHATML_TURNS}
${PROMPT_CHATML}`,
  },
  {
    name: 'qwen-3',
    models: 'Qwen 3: thinking is shown behind the last question only',
    source: String.raw`{%- set last = namespace(question=-1) %}
{%- for message in messages %}
  {%- if message.role == 'user' %}{%- set last.question = loop.index0 %}{%- endif %}
{%- endfor %}
{%- for message in messages %}
  {{- '<|im_start|>' + message.role + '\n' }}
  {%- if message.role == 'assistant' %}
    {%- set answer = message.content or '' %}
    {%- set thinking = '' %}
    {%- if message.reasoning_content is string %}
      {%- set thinking = message.reasoning_content %}
    {%- elif '</think>' in answer %}
      {%- set thinking = answer.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n') %}
      {%- set answer = answer.split('</think>')[-1].lstrip('\n') %}
    {%- endif %}
    {%- set shown = loop.index0 > last.question and (loop.last or thinking) %}
    {%- if shown and not thinking.strip('\n') %}{{- '<think>\n\n</think>\n\n' }}{%- endif %}
    {%- generation %}
      {%- if shown and thinking.strip('\n') %}{{- '<think>\n' + thinking.strip('\n') + '\n</think>\n\n' }}{%- endif %}
      {{- (answer.lstrip('\n') if shown else answer) + '<|im_end|>' }}
    {%- endgeneration %}
  {%- else %}
    {{- message.content + '<|im_end|>' }}
  {%- endif %}
  {{- '\n' }}
{%- endfor %}
${PROMPT_CHATML}
{%- if add_generation_prompt and enable_thinking is defined and enable_thinking is false %}
  {{- '<think>\n\n</think>\n\n' }}
{%- endif %}`,
  },
  {
    name: 'llama-2',
    models: 'Llama 2 Chat',
    source: String.raw`${SPLIT_SYSTEM}
{%- for message in turns %}
  ${ALTERNATE}
  {%- if message.role == 'user' %}
    {%- set before = '<<SYS>>\n' + system + '\n<</SYS>>\n\n' if loop.first and system else '' %}
    {{- bos_token + '[INST] ' + (before + message.content) | trim + ' [/INST]' }}
  {%- else %}
    {%- generation %}{{- ' ' + message.content | trim + ' ' + eos_token }}{%- endgeneration %}
  {%- endif %}
{%- endfor %}`,
  },
  {
    name: 'llama-3',
    models: 'Llama 3 Instruct',
    source: `{{- bos_token }}
{%- set turns = messages %}
${LLAMA_3_TURNS}`,
  },
  {
    name: 'llama-3.1',
    models: 'Llama 3.1 and 3.3 Instruct',
    source: String.raw`${SPLIT_SYSTEM}
{{- bos_token + '<|start_header_id|>system<|end_header_id|>\n\n' }}
{{- 'Cutting Knowledge Date: December 2023\nToday Date: ' + (date_string or '26 Jul 2024') + '\n\n' }}
{{- system | trim + '<|eot_id|>' }}
${LLAMA_3_TURNS}`,
  },
  {
    name: 'gemma',
    models: 'Gemma 1 and 2: no system message',
    source: `{{- bos_token }}
{%- if messages[0].role == 'system' %}{{- raise_exception('System role not supported') }}{%- endif %}
{%- set turns = messages %}
${GEMMA_TURNS('')}`,
  },
  {
    name: 'gemma-3',
    models: 'Gemma 3: the system message opens the first question',
    source: `{{- bos_token }}
${SPLIT_SYSTEM}
${GEMMA_TURNS(String.raw`(system + '\n\n' if loop.first and messages[0].role == 'system' else '') + `)}`,
  },
  {
    name: 'phi-3',
    models: 'Phi 3 and 3.5 mini',
    source: String.raw`${plainTurns(`'<|' + message.role + '|>\\n'`, `'<|end|>'`, `'\\n'`)}
{{- '<|assistant|>\n' if add_generation_prompt else eos_token }}`,
  },
  {
    name: 'phi-4',
    models: 'Phi 4',
    source: `${plainTurns(`'<|im_start|>' + message.role + '<|im_sep|>'`, `'<|im_end|>'`, `''`)}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant<|im_sep|>' }}{%- endif %}`,
  },
  {
    name: 'mistral',
    models: 'Mistral 7B Instruct up to v0.2, Mixtral',
    source: String.raw`${SPLIT_SYSTEM}
{{- bos_token }}
{%- for message in turns %}
  ${ALTERNATE}
  {%- if message.role == 'user' %}
    {{- ' [INST] ' + (system + '\n\n' if loop.first and system else '') + message.content + ' [/INST]' }}
  {%- else %}
    {%- generation %}{{- ' ' + message.content + eos_token }}{%- endgeneration %}
  {%- endif %}
{%- endfor %}`,
  },
  {
    name: 'mistral-nemo',
    models: 'Mistral Nemo and later (Tekken): the system message opens the last question',
    source: String.raw`${SPLIT_SYSTEM}
{{- bos_token }}
{%- for message in turns %}
  ${ALTERNATE}
  {%- if message.role == 'user' %}
    {{- '[INST]' + (system + '\n\n' if loop.last and messages[0].role == 'system' else '') + message.content + '[/INST]' }}
  {%- else %}
    {%- generation %}{{- message.content + eos_token }}{%- endgeneration %}
  {%- endif %}
{%- endfor %}`,
  },
  {
    name: 'zephyr',
    models: 'Zephyr, TinyLlama Chat, StableLM Zephyr',
    source: String.raw`${plainTurns(`'<|' + message.role + '|>\\n'`, 'eos_token', `'\\n'`)}
{%- if add_generation_prompt %}{{- '<|assistant|>\n' }}{%- endif %}`,
  },
  {
    name: 'alpaca',
    models: 'Alpaca and base models trained its way',
    source: String.raw`${SPLIT_SYSTEM}
{{- bos_token + (system or 'Below is an instruction that describes a task. Write a response that appropriately completes the request.') + '\n\n' }}
{%- for message in turns %}
  {%- if message.role == 'assistant' %}
    {{- '### Response:\n' }}
    {%- generation %}{{- message.content + eos_token }}{%- endgeneration %}
    {{- '\n\n' }}
  {%- else %}
    {{- '### Instruction:\n' + message.content + '\n\n' }}
  {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '### Response:\n' }}{%- endif %}`,
  },
  {
    name: 'vicuna',
    models: 'Vicuna 1.1 and later, WizardLM, LLaVA 1.5',
    source: String.raw`${SPLIT_SYSTEM}
{{- bos_token + (system + '\n\n' if system else '') }}
{%- for message in turns %}
  {%- if message.role == 'assistant' %}
    {{- 'ASSISTANT:' }}
    {%- generation %}{{- ' ' + message.content + eos_token }}{%- endgeneration %}
    {{- '\n' }}
  {%- else %}
    {{- 'USER: ' + message.content + '\n' }}
  {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- 'ASSISTANT:' }}{%- endif %}`,
  },
  {
    name: 'granite',
    models: 'Granite 3',
    source: `${plainTurns(`'<|start_of_role|>' + message.role + '<|end_of_role|>'`, `'<|end_of_text|>'`, `'\\n'`)}
{%- if add_generation_prompt %}{{- '<|start_of_role|>assistant<|end_of_role|>' }}{%- endif %}`,
  },
  {
    name: 'deepseek-r1',
    models: 'DeepSeek R1 and its distillations: thinking is not shown in past answers',
    source: `${SPLIT_SYSTEM}
{{- bos_token + system }}
{%- for message in turns %}
  {%- if message.role == 'user' %}{{- '<｜User｜>' + message.content }}
  {%- elif message.role == 'assistant' %}
    {{- '<｜Assistant｜>' }}
    {%- generation %}{{- message.content.split('</think>')[-1] + '<｜end▁of▁sentence｜>' }}{%- endgeneration %}
  {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<｜Assistant｜><think>\n' }}{%- endif %}`,
  },
];

export const PRESETS: readonly Preset[] = written.map(preset => ({
  ...preset,
  source: `${NO_TOOLS}\n${preset.source}`,
}));

export const PRESET_NAMES: readonly string[] = PRESETS.map(preset => preset.name);
