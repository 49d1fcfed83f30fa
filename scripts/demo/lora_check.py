"""The demo's fine-tuning in PyTorch and PEFT, with the recipe's numbers: does it work, on any seed?"""

import math
import random
import time
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM, get_cosine_schedule_with_warmup

from chat_format import GENERATION_PROMPT, TURN_END, render
from labelled_examples import label_answers, masked_loss
from little_language import Conversation

PEFT_NAMES = {"attn_q": "q_proj", "attn_k": "k_proj", "attn_v": "v_proj", "attn_output": "o_proj",
              "ffn_gate": "gate_proj", "ffn_up": "up_proj", "ffn_down": "down_proj"}
LONGEST_ANSWER = 48


def fine_tune(model: LlamaForCausalLM, tokenizer: Tokenizer, conversations: list[Conversation],
              recipe: dict[str, Any], seed: int) -> tuple[LlamaForCausalLM, list[float], float]:
    """The tuned model, the loss of each step and the seconds that the steps took."""
    training, adapter = recipe["training"], recipe["adapter"]
    examples = [label_answers(tokenizer, conversation) for conversation in conversations]
    torch.manual_seed(seed)
    model = get_peft_model(model, LoraConfig(
        r=adapter["rank"], lora_alpha=adapter["alpha"], lora_dropout=adapter["dropout"],
        target_modules=[PEFT_NAMES[name] for name in adapter["targetModules"]]))
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=training["learningRate"], betas=tuple(training["betas"]),
                                  eps=training["epsilon"], weight_decay=training["weightDecay"])
    size = training["batchSize"]
    steps = training["epochs"] * math.ceil(len(examples) / size)
    schedule = get_cosine_schedule_with_warmup(optimizer, training["warmupSteps"], steps)
    rng, losses, started = random.Random(seed), [], time.monotonic()
    for _ in range(training["epochs"]):
        order = rng.sample(examples, len(examples))
        for start in range(0, len(order), size):
            loss = masked_loss(model, order[start : start + size])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, training["maxGradNorm"])
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
    return model.eval(), losses, time.monotonic() - started


@torch.no_grad()
def answer_greedily(model: LlamaForCausalLM, tokenizer: Tokenizer, conversations: list[Conversation]) -> list[str]:
    """The model's answer to each conversation without its last turn, one conversation at a time."""
    return [answer(model, tokenizer, render(conversation[:-1]) + GENERATION_PROMPT)
            for conversation in conversations]


def answer(model: LlamaForCausalLM, tokenizer: Tokenizer, prompt: str) -> str:
    ids = torch.tensor([tokenizer.encode(prompt).ids])
    end = tokenizer.token_to_id(TURN_END)
    past, written = None, []
    while len(written) < LONGEST_ANSWER:
        output = model(input_ids=ids, past_key_values=past, use_cache=True)
        past, token = output.past_key_values, int(output.logits[0, -1].argmax())
        if token == end:
            break
        written.append(token)
        ids = torch.tensor([[token]])
    return tokenizer.decode(written, skip_special_tokens=False)


def exact_match(answers: list[str], conversations: list[Conversation]) -> float:
    """Share of answers equal to the conversation's last turn, character by character."""
    return sum(answer == conversation[-1]["content"]
               for answer, conversation in zip(answers, conversations, strict=True)) / len(conversations)
