"""Trains the demo's tokenizer and base model from nothing on the corpus of the little language."""

import random
import time
from collections.abc import Iterator

import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, get_cosine_schedule_with_warmup

from chat_format import END_OF_TEXT, SPECIAL_TOKENS, TURN_END, TURN_START
from labelled_examples import LabelledExample, masked_loss

# llama.cpp knows this split as `qwen2` (LLAMA_VOCAB_PRE_TYPE_QWEN2 in llama-vocab.cpp).
QWEN2_SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
               r"|\s*[\r\n]+|\s+(?!\S)|\s+")
VOCABULARY_SIZE = 1024
CONTEXT_LENGTH = 512


def train_tokenizer(documents: list[str]) -> Tokenizer:
    """A byte-level BPE tokenizer. The control tokens get the ids 0, 1, 2 and are never split."""
    tokenizer = build_tokenizer(models.BPE())
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY_SIZE, special_tokens=control_tokens(),
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
                                  show_progress=False)
    tokenizer.train_from_iterator(pieces_between_control_tokens(documents), trainer)
    return tokenizer


def build_tokenizer(model: models.BPE) -> Tokenizer:
    """The model behind the split that llama.cpp calls `qwen2` and the byte-level alphabet."""
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN2_SPLIT), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def control_tokens() -> list[AddedToken]:
    return [AddedToken(token, special=True, normalized=False) for token in SPECIAL_TOKENS]


def pieces_between_control_tokens(documents: list[str]) -> Iterator[str]:
    """The spelling of a control token must not teach the tokenizer merges such as `<|`."""
    for document in documents:
        for token in (END_OF_TEXT, TURN_START):
            document = document.replace(token, TURN_END)
        yield from filter(None, document.split(TURN_END))


def new_model(seed: int) -> LlamaForCausalLM:
    """A Llama small enough for a demo: 0.82M parameters.

    Input and output embeddings are one: copying a word from the prompt, which the whole demo rests
    on, is then learned far sooner.
    """
    torch.manual_seed(seed)
    width = 128
    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=VOCABULARY_SIZE, hidden_size=width, intermediate_size=320, num_hidden_layers=4,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=CONTEXT_LENGTH,
        rms_norm_eps=1e-5, tie_word_embeddings=True, initializer_range=0.04,
        bos_token_id=SPECIAL_TOKENS.index(END_OF_TEXT), eos_token_id=SPECIAL_TOKENS.index(TURN_END),
        pad_token_id=SPECIAL_TOKENS.index(END_OF_TEXT)))
    for weight in hidden_matrices(model):
        torch.nn.init.normal_(weight, std=width**-0.5)
    return model


def hidden_matrices(model: LlamaForCausalLM) -> list[torch.nn.Parameter]:
    return [parameter for parameter in model.model.layers.parameters() if parameter.ndim == 2]


def pretrain(model: LlamaForCausalLM, passes: list[list[LabelledExample]], *, batch_size: int,
             seed: int) -> None:
    """One warm-up and one decay over all passes, in their order; every document starts at position 0.

    Muon updates the hidden matrices and AdamW the rest, which finds its way around a letter sooner
    than AdamW alone.
    """
    rng = random.Random(seed)
    batches = [batch for examples in passes for batch in batches_of_like_length(examples, batch_size, rng)]
    hidden = hidden_matrices(model)
    in_hidden = {id(parameter) for parameter in hidden}
    rest = [parameter for parameter in model.parameters() if id(parameter) not in in_hidden]
    optimizers = [torch.optim.Muon(hidden, lr=0.02, weight_decay=0.01),
                  torch.optim.AdamW(rest, lr=3e-3, betas=(0.9, 0.98), weight_decay=0.01)]
    schedules = [get_cosine_schedule_with_warmup(optimizer, 100, len(batches)) for optimizer in optimizers]
    report = Progress(len(batches))
    for batch in batches:
        loss = masked_loss(model, batch)
        model.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for stepper in [*optimizers, *schedules]:
            stepper.step()
        report.step(loss.item(), sum(len(example.input_ids) for example in batch))


def batches_of_like_length(examples: list[LabelledExample], size: int,
                           rng: random.Random) -> list[list[LabelledExample]]:
    """Every example once, in a random order that keeps like lengths together to save padding."""
    jittered = sorted(examples, key=lambda example: len(example.input_ids) + rng.uniform(-4, 4))
    batches = [jittered[start : start + size] for start in range(0, len(jittered), size)]
    rng.shuffle(batches)
    return batches


class Progress:
    """Prints the mean loss of every 250 steps and the speed so far."""

    def __init__(self, steps: int) -> None:
        self.steps, self.done, self.tokens, self.losses = steps, 0, 0, []
        self.started = time.monotonic()

    def step(self, loss: float, tokens: int) -> None:
        self.done, self.tokens = self.done + 1, self.tokens + tokens
        self.losses.append(loss)
        if self.done % 250 == 0 or self.done == self.steps:
            rate = self.tokens / (time.monotonic() - self.started)
            mean = sum(self.losses) / len(self.losses)
            print(f"pre-training {self.done}/{self.steps}  loss {mean:.3f}  {rate:,.0f} tokens/s", flush=True)
            self.losses.clear()
