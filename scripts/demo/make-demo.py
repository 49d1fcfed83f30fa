"""Makes Luthier's embedded demo: corpus, base model, training rows and held-out rows.

    pip install -r scripts/demo/requirements.txt
    python scripts/demo/make-demo.py --check 1 2 3

Everything comes from one seed. The base is taught in five courses, each of which starts from the file
that the one before wrote (build/demo); --from 3 takes the work up there. --check then runs the recipe
in PyTorch, once per seed given, from the written files alone; --check-only does only that. About half
an hour on one core.
"""

import argparse
import gzip
import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
import yaml
from tokenizers import Tokenizer
from transformers.utils import logging

from chat_format import render_document
from gguf_file import read_gguf, write_gguf
from labelled_examples import LabelledExample, label_answers, label_document
from little_language import (EVERYTHING, EVERYTHING_AND_LEDGERS, Conversation, Order, Questions, copy_conversation,
                             draw_distinct_orders, draw_document, draw_exercise, letter_question, normalise,
                             task_conversation)
from lora_check import answer_greedily, exact_match, fine_tune
from pretrain import new_model, pretrain, train_tokenizer

SCRIPTS = Path(__file__).resolve().parent
FOLDER = SCRIPTS.parents[1] / "resources" / "demo"
WORK = SCRIPTS.parents[1] / "build" / "demo"
SEED = 1
TRAINING_ROWS, HELD_OUT_ROWS = 400, 50
PRE_TRAINING_BATCH_SIZE = 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", type=int, nargs="*", default=[], metavar="SEED")
    parser.add_argument("--check-only", action="store_true")
    parser.add_argument("--from", type=int, default=1, dest="first", metavar="COURSE")
    parser.add_argument("--threads", type=int, default=1, help="results are reproducible for one number only")
    arguments = parser.parse_args()
    logging.set_verbosity_error()
    torch.set_num_threads(arguments.threads)
    torch.use_deterministic_algorithms(True)
    if not arguments.check_only:
        make_demo(arguments.first)
    check_demo(arguments.check)


Document = str | Conversation


def make_demo(first_course: int) -> None:
    """Writes everything but the recipe and the texts that people wrote."""
    orders = draw_distinct_orders(random.Random(SEED), HELD_OUT_ROWS + TRAINING_ROWS)
    rng = random.Random(SEED + 1)
    task = [task_conversation(rng, order) for order in orders]
    held_out, training = task[:HELD_OUT_ROWS], task[HELD_OUT_ROWS:]
    courses = draw_courses(frozenset(orders))
    read = [document for passes in courses for documents in passes for document in documents]
    texts = distinct_texts(read)
    refuse_leaks(held_out, texts + distinct_texts(training))

    FOLDER.mkdir(parents=True, exist_ok=True)
    write_jsonl(FOLDER / "train.jsonl", training)
    write_jsonl(FOLDER / "heldout.jsonl", held_out)
    write_corpus(SCRIPTS / "corpus.txt.gz", texts)

    teach(courses, first_course)
    shutil.copyfile(course_file(len(courses)), FOLDER / "base.gguf")


def draw_courses(reserved: frozenset[Order]) -> list[list[list[Document]]]:
    """What the base reads: for each course the documents of each pass.

    A model of this size learns one thing after the other. Without copying first it takes several times
    as long to find out that what it shall say stands in the prompt; without questions it still mixes up
    what it looks up; without cards and ledgers LoRA has no way from a letter's words to those of JSON.
    """
    first = random.Random(SEED + 2)
    copying = [copy_conversation(first, reserved) for _ in range(8_000)]
    everything = [draw_document(first, reserved, EVERYTHING) for _ in range(16_000)]
    second, third, fourth, fifth = (random.Random(SEED + i) for i in (2, 3, 4, 5))
    hard = Questions(name=2, strings=2, day=4, bare=0.6)
    cards = Questions(name=2, strings=2, day=2, bare=0.75)
    ledgers = Questions(name=2, day=5, bare=0.7)
    return [
        [copying, *[everything] * 4],
        [[letter_question(second, reserved, Questions()) for _ in range(12_000)]],
        [[letter_question(third, reserved, hard) for _ in range(12_000)]],
        [[draw_exercise(fourth, reserved, (0.5, EVERYTHING), 0.25, cards) for _ in range(18_000)]],
        [[draw_exercise(fifth, reserved, (0.4, EVERYTHING_AND_LEDGERS), 0.2, ledgers) for _ in range(16_000)]],
    ]


def teach(courses: list[list[list[Document]]], first_course: int) -> None:
    """Writes the model after each course; the learning rate starts anew in each."""
    WORK.mkdir(parents=True, exist_ok=True)
    for number, passes in enumerate(courses, start=1):
        if number < first_course:
            continue
        print(f"course {number} of {len(courses)}", flush=True)
        if number == 1:
            copying, everything, *_ = passes
            tokenizer = train_tokenizer([render_document(document) for document in copying + everything])
            model = new_model(SEED)
        else:
            model, tokenizer = read_gguf(course_file(number - 1))
        labelled = [[label_document(tokenizer, document) for document in documents] for documents in passes]
        model.train()
        pretrain(model, labelled, batch_size=PRE_TRAINING_BATCH_SIZE, seed=SEED if number == 1 else SEED + number)
        write_gguf(course_file(number), model, tokenizer)


def course_file(number: int) -> Path:
    return WORK / f"course-{number}.gguf"


def distinct_texts(documents: Sequence[str | Conversation]) -> list[str]:
    """Every plain text and every message of the documents, once and sorted."""
    return sorted({text for document in documents
                   for text in ([document] if isinstance(document, str) else [m["content"] for m in document])})


def refuse_leaks(held_out: list[Conversation], texts: list[str]) -> None:
    """Stops if a held-out prompt or answer occurs anywhere else, up to case and punctuation."""
    haystack = normalise("\n".join(texts))
    for conversation in held_out:
        for message in conversation:
            if normalise(message["content"]) in haystack:
                raise AssertionError(f"held out, but in the corpus or the training rows: {message['content']}")


def write_jsonl(path: Path, conversations: list[Conversation]) -> None:
    path.write_text("".join(json.dumps({"messages": conversation}) + "\n" for conversation in conversations),
                    encoding="utf-8", newline="\n")


def read_jsonl(path: Path) -> list[Conversation]:
    return [json.loads(line)["messages"] for line in path.read_text(encoding="utf-8").splitlines()]


def write_corpus(path: Path, texts: list[str]) -> None:
    """The texts with an empty line between two of them; no text has one inside."""
    with open(path, "wb") as file, gzip.GzipFile("", "wb", compresslevel=9, fileobj=file, mtime=0) as packed:
        packed.write("\n\n".join(texts).encode())


def check_demo(seeds: list[int]) -> None:
    """Prints what the files hold, how the base answers and how the tuned models do."""
    for path in sorted(FOLDER.iterdir()):
        print(f"{path.name:24} {path.stat().st_size:>9,} bytes")
    recipe = yaml.safe_load((FOLDER / "demo.luthier.yaml").read_text(encoding="utf-8"))
    training, held_out = read_jsonl(FOLDER / "train.jsonl"), read_jsonl(FOLDER / "heldout.jsonl")
    model, tokenizer = read_gguf(FOLDER / "base.gguf")
    print_token_counts([label_answers(tokenizer, conversation) for conversation in training])
    report("base", answer_greedily(model, tokenizer, held_out), held_out)
    for seed in seeds:
        # The recipe's validation split leaves some rows out; which ones, depends on the seed.
        fraction = recipe["dataset"]["validation"]["fraction"]
        kept = random.Random(seed).sample(training, round(len(training) * (1 - fraction)))
        tuned, losses, seconds = fine_tune(read_gguf(FOLDER / "base.gguf")[0], tokenizer, kept, recipe, seed)
        curve = " ".join(f"{loss:.3f}" for loss in losses[:: max(1, len(losses) // 12)])
        print(f"seed {seed}: {len(losses)} steps in {seconds:.1f} s, loss {curve} … {losses[-1]:.4f}")
        report(f"seed {seed}", answer_greedily(tuned, tokenizer, held_out), held_out)


def print_token_counts(examples: list[LabelledExample]) -> None:
    lengths = sorted(len(example.input_ids) for example in examples)
    trained = sum(label >= 0 for example in examples for label in example.labels)
    print(f"training rows: {len(examples)}, {sum(lengths)} tokens ({trained} trained), a row has "
          f"{lengths[len(lengths) // 2]} at the median and {lengths[-1]} at most")


def report(who: str, answers: list[str], held_out: list[Conversation]) -> None:
    print(f"{who}: exact match {exact_match(answers, held_out):.0%}")
    wrong = [(c, a) for c, a in zip(held_out, answers, strict=True) if c[-1]["content"] != a]
    for conversation, answer in wrong[:5]:
        print(f"    {conversation[0]['content']}\n      wanted {conversation[-1]['content']}\n      got    {answer}")


if __name__ == "__main__":
    main()
