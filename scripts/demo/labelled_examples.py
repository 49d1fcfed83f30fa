"""Token ids and labels: which tokens of a document or conversation the model is trained to write."""

from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from chat_format import END_OF_TEXT, TURN_END, TURN_START, render
from little_language import Conversation

IGNORED = -100


@dataclass(frozen=True)
class LabelledExample:
    """`labels[i]` is `input_ids[i]` where trained and IGNORED where not, unshifted."""

    input_ids: list[int]
    labels: list[int]


def label_document(tokenizer: Tokenizer, document: str | Conversation) -> LabelledExample:
    """Plain text is trained whole, of a conversation only what the assistant writes."""
    if isinstance(document, str):
        ids = tokenizer.encode(document + END_OF_TEXT).ids
        return LabelledExample(ids, ids)
    return label_answers(tokenizer, document)


def label_answers(tokenizer: Tokenizer, conversation: Conversation) -> LabelledExample:
    """The assistant's content and the end of its turn are trained: the template's generation blocks.

        tokens [<start> user ⏎ hi <end> ⏎ <start> assistant ⏎ yo <end>  ⏎  ]
        labels [-100 …                                      -100 yo <end> -100]
    """
    ids: list[int] = []
    labels: list[int] = []

    def add(text: str, trained: bool) -> None:
        piece = tokenizer.encode(text).ids
        ids.extend(piece)
        labels.extend(piece if trained else [IGNORED] * len(piece))

    for message in conversation:
        add(f"{TURN_START}{message['role']}\n", trained=False)
        add(message["content"] + TURN_END, trained=message["role"] == "assistant")
        add("\n", trained=False)
    if ids != tokenizer.encode(render(conversation)).ids:
        raise AssertionError("a token spans the border of a trained span")
    return LabelledExample(ids, labels)


def masked_loss(model: PreTrainedModel, batch: list[LabelledExample]) -> torch.Tensor:
    """Mean loss over the batch's trained tokens.

    Padding is on the right, where causal attention hides it: no mask is needed.
    """
    width = max(len(example.input_ids) for example in batch)
    ids = torch.tensor([e.input_ids + [0] * (width - len(e.input_ids)) for e in batch])
    labels = torch.tensor([e.labels + [IGNORED] * (width - len(e.labels)) for e in batch])
    return model(input_ids=ids, labels=labels).loss
