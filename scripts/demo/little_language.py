"""The demo's little language: the village of an instrument maker, in sentences made from a grammar.

Two things are written in it. The *corpus* (stories, note cards, conversations) is all that the base
model ever reads. The *order letters* with their order cards are the task of the demo: the base has
read such letters and answers them in prose; the card, compact JSON with four fixed keys, is new to it.
"""

import json
import random
import re
from dataclasses import dataclass

Message = dict[str, str]
Conversation = list[Message]

NAMES = ("Ada Bruno Clara Emil Flora Greta Hugo Ida Jonas Karla Leo Mara "
         "Nils Olga Paul Rosa Simon Tilda Vera Wanda").split()
INSTRUMENTS = "lute fiddle viola cello guitar mandolin harp zither banjo dulcimer lyre ukulele".split()
WOODS = "spruce maple walnut cedar cherry pear ash oak birch rosewood".split()
STRING_COUNTS = {"four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12}
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()

ANIMALS = "fox owl hare crow cat dog goat heron mole hen".split()
COLOURS = "red grey brown black white golden".split()
PLACES = "mill bridge well market tower orchard forge river meadow barn".split()
PLACE_QUALITIES = "old quiet little stone far green".split()
TIMES = ["at dawn", "at noon", "at night", "in the morning", "in the evening", "after lunch"]
VERBS = {"sleeps": "slept", "waits": "waited", "sings": "sang", "walks": "walked", "rests": "rested",
         "listens": "listened", "plays": "played", "sits": "sat"}
WEATHER = ["The rain is soft", "The wind is cold", "The sun is warm", "Snow falls", "Fog lies",
           "The sky is clear", "A storm comes"]
TOOLS = "plane saw chisel file clamp knife hammer brush".split()
SYSTEM_PROMPTS = ["Answer briefly.", "Be kind.", "You speak for the village.", "You help in the workshop.",
                  "Use plain words."]


@dataclass(frozen=True)
class Order:
    """What a letter asks for. Two orders are the same if all five values are."""

    name: str
    instrument: str
    wood: str
    strings: str
    day: str


@dataclass(frozen=True)
class Scene:
    """One animal doing one thing somewhere: the smallest event of the language."""

    colour: str
    animal: str
    verb: str
    quality: str
    place: str
    time: str

    def present(self) -> str:
        return (f"{article(self.colour).capitalize()} {self.colour} {self.animal} {self.verb} "
                f"near the {self.quality} {self.place} {self.time}.")

    def past(self) -> str:
        return (f"{self.time.capitalize()} {article(self.colour)} {self.colour} {self.animal} "
                f"{VERBS[self.verb]} near the {self.quality} {self.place}.")


def article(word: str) -> str:
    """The indefinite article; "ukulele" begins with a consonant's sound."""
    return "an" if word[0] in "aeio" else "a"


def normalise(text: str) -> str:
    """Letters and digits only, lower case: two texts that differ in punctuation alone become equal."""
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


# --- The task -------------------------------------------------------------------------------------


def draw_order(rng: random.Random) -> Order:
    return Order(rng.choice(NAMES), rng.choice(INSTRUMENTS), rng.choice(WOODS),
                 rng.choice(list(STRING_COUNTS)), rng.choice(DAYS))


def draw_distinct_orders(rng: random.Random, count: int) -> list[Order]:
    """`count` orders, no two the same, in the order drawn."""
    orders: dict[Order, None] = {}
    while len(orders) < count:
        orders[draw_order(rng)] = None
    return list(orders)


def order_card(order: Order) -> str:
    """The answer that the demo teaches.

    >>> order_card(Order("Mara", "lute", "walnut", "six", "Friday"))
    '{"for":"Mara","item":"lute","wood":"walnut","strings":6}'
    """
    card = {"for": order.name, "item": order.instrument, "wood": order.wood,
            "strings": STRING_COUNTS[order.strings]}
    return compact_json(card)


def compact_json(value: dict[str, str | int]) -> str:
    return json.dumps(value, separators=(",", ":"))


def order_letter(rng: random.Random, order: Order) -> str:
    """A letter with all five values, in one of many wordings, perhaps with small talk around it."""
    name, item, wood, n, day = order.name, order.instrument, order.wood, order.strings, order.day
    a_wood, a_item, a_n = (f"{article(word)} {word}" for word in (wood, item, n))
    request = rng.choice([
        f"Please build {a_wood} {item} with {n} strings for {name}. It should be ready by {day}.",
        f"{name} would like {a_item} of {wood}, with {n} strings, by {day}.",
        f"Could you make {a_n}-string {item} for {name}? The wood should be {wood}, and {day} is the day.",
        f"By {day}, please: {a_item} with {n} strings, cut from {wood}, for {name}.",
        f"I am {name}. I dream of {a_wood} {item}. It needs {n} strings and I will fetch it on {day}.",
        f"On {day} I will come for my {item}. Make it of {wood} and give it {n} strings. Yours, {name}",
        f"{name} plays the {item} and wants a new one of {wood} with {n} strings. The feast is on {day}.",
        f"We want to give {name} {a_wood} {item}. {n.capitalize()} strings, please, no later than {day}.",
        f"This is {name}. My old {item} broke. Please make one of {wood}, {n} strings, by {day}.",
        f"For {name}: one {item}, {n} strings, {wood}, ready on {day}.",
        f"Do you have {wood}? Then make {name} {a_n}-string {item}. We meet on {day}.",
        f"Until {day} there is time. {name} needs {n} strings on {a_wood} {item}.",
    ])
    before = rng.choice(["", "", "Good morning! ", "Hello! ", "Dear maker! ", small_talk(rng) + " "])
    after = rng.choice(["", "", "", " Thank you!", " " + small_talk(rng)])
    return before + request + ("" if request.endswith(name) else after)


def task_conversation(rng: random.Random, order: Order) -> Conversation:
    return [message("user", order_letter(rng, order)), message("assistant", order_card(order))]


# --- The corpus -----------------------------------------------------------------------------------


# Shares of the kinds of documents. See `draw_document`.
EVERYTHING = {"story": 12, "cards": 8, "scene": 8, "copy": 14, "small": 6, "letter": 52}
EVERYTHING_AND_LEDGERS = {**EVERYTHING, "ledger": 12, "scene card": 12}


@dataclass(frozen=True)
class Questions:
    """How often each of the five questions about a letter is asked, and how often the bare word is wanted."""

    wood: int = 1
    name: int = 1
    instrument: int = 1
    strings: int = 1
    day: int = 1
    bare: float = 0.5


def draw_document(rng: random.Random, reserved: frozenset[Order], mix: dict[str, int]) -> str | Conversation:
    """One document of the corpus: plain text or a conversation. No reserved order occurs in it."""
    kind = rng.choices(list(mix), weights=list(mix.values()))[0]
    makers = {
        "story": lambda: story(rng), "cards": lambda: note_cards(rng), "ledger": lambda: ledger_cards(rng),
        "scene": lambda: scene_conversation(rng), "scene card": lambda: scene_card(rng),
        "copy": lambda: copy_conversation(rng, reserved), "small": lambda: small_conversation(rng),
        "letter": lambda: letter_conversation(rng, reserved),
    }
    document = makers[kind]()
    if isinstance(document, list) and rng.random() < 0.1:
        return [message("system", rng.choice(SYSTEM_PROMPTS)), *document]
    return document


def draw_free_order(rng: random.Random, reserved: frozenset[Order]) -> Order:
    """An order that neither the training rows nor the held-out rows of the demo contain."""
    while (order := draw_order(rng)) in reserved:
        pass
    return order


def message(role: str, content: str) -> Message:
    return {"role": role, "content": content}


def draw_scene(rng: random.Random) -> Scene:
    return Scene(rng.choice(COLOURS), rng.choice(ANIMALS), rng.choice(list(VERBS)),
                 rng.choice(PLACE_QUALITIES), rng.choice(PLACES), rng.choice(TIMES))


def small_talk(rng: random.Random) -> str:
    return rng.choice([
        f"{rng.choice(WEATHER)} over the {rng.choice(PLACES)} today.",
        draw_scene(rng).present(),
        f"My {rng.choice(ANIMALS)} is {rng.choice(COLOURS)}.",
    ])


def story(rng: random.Random) -> str:
    """A few sentences about one villager, one instrument and one animal, who come back by name."""
    scene, name, item = draw_scene(rng), rng.choice(NAMES), rng.choice(INSTRUMENTS)
    wood, tool, day, n = rng.choice(WOODS), rng.choice(TOOLS), rng.choice(DAYS), rng.choice(list(STRING_COUNTS))
    work = f"{name} takes the {tool} and works on {article(wood)} {wood} {item}."
    middle = [
        f"The {item} has {n} strings.",
        f"{name} puts the {tool} back on the bench.",
        f"The {wood} smells sweet.",
        f"On {day} {name} carries the {item} to the {scene.place}.",
        f"{rng.choice(NAMES)} asks {name} for a song.",
    ]
    chosen = [sentence for sentence in middle if rng.random() < 0.5]
    end = rng.choice([f"The {scene.animal} listens to the {item}.", f"Then {name} goes home.",
                      f"The {scene.colour} {scene.animal} sleeps.", "All is well in the village."])
    opening = [f"{rng.choice(WEATHER)} over the {scene.place}.", scene.present()]
    rng.shuffle(opening)
    return " ".join([*opening[: rng.choice([1, 2])], work, *chosen, end])


def note_cards(rng: random.Random) -> str:
    """Lines of JSON such as lie about in a workshop. None has a key of the order card."""
    makers = [
        lambda: {"animal": rng.choice(ANIMALS), "colour": rng.choice(COLOURS), "place": rng.choice(PLACES)},
        lambda: {"tool": rng.choice(TOOLS), "shelf": rng.randint(1, 12)},
        lambda: {"board": rng.choice(WOODS), "pieces": rng.randint(1, 12)},
        lambda: {"villager": rng.choice(NAMES), "house": rng.choice(PLACES)},
        lambda: {"lesson": rng.choice(INSTRUMENTS), "teacher": rng.choice(NAMES), "day": rng.choice(DAYS)},
        lambda: {"day": rng.choice(DAYS), "visitors": rng.randint(1, 12), "tool": rng.choice(TOOLS)},
    ]
    cards = [rng.choice(makers)() for _ in range(rng.randint(1, 4))]
    return "\n".join(compact_json(card) for card in cards)


def scene_conversation(rng: random.Random) -> Conversation:
    """Retelling a scene, or questions about it."""
    scene = draw_scene(rng)
    answers = {
        "Who was it?": f"The {scene.colour} {scene.animal}.",
        "Where was that?": f"Near the {scene.quality} {scene.place}.",
        "When was that?": f"It was {scene.time}.",
        f"What colour is the {scene.animal}?": f"The {scene.animal} is {scene.colour}.",
    }
    if rng.random() < 0.4:
        retold = rng.choice([scene.past(), f"I see. {scene.past()}"])
        turns = [message("user", scene.present()), message("assistant", retold)]
        questions = rng.sample(list(answers), rng.choice([0, 1]))
    else:
        first, *questions = rng.sample(list(answers), rng.choice([1, 2, 3]))
        turns = [message("user", f"{scene.present()} {first}"), message("assistant", answers[first])]
    return turns + [turn for question in questions
                    for turn in (message("user", question), message("assistant", answers[question]))]


def copy_conversation(rng: random.Random, reserved: frozenset[Order]) -> Conversation:
    """Repeating a text, quoting a word, writing a number as digits: the model learns to copy."""
    everything = [*NAMES, *INSTRUMENTS, *WOODS, *DAYS, *STRING_COUNTS, *ANIMALS, *TOOLS, *COLOURS]
    word, n = rng.choice(everything), rng.choice(list(STRING_COUNTS))
    text = rng.choice([" ".join(rng.choices(everything, k=rng.randint(4, 14))),
                       draw_scene(rng).present(), order_letter(rng, draw_free_order(rng, reserved))])
    question, answer = rng.choice([
        (f"Write {word} in quotes.", f'"{word}"'),
        (f"Write {n} as a number.", str(STRING_COUNTS[n])),
        (f"Repeat: {text}", text),
        (f"Repeat: {text}", text),
    ])
    return [message("user", question), message("assistant", answer)]


def small_conversation(rng: random.Random) -> Conversation:
    """Greetings and little lists."""
    title, words = rng.choice([("woods", WOODS), ("animals", ANIMALS), ("tools", TOOLS), ("days", DAYS),
                               ("instruments", INSTRUMENTS)])
    first, second, third = rng.sample(words, 3)
    name = rng.choice(NAMES)
    question, answer = rng.choice([
        (f"Name three {title}.", f"{first.capitalize()}, {second} and {third}."),
        ("Good morning!", f"Good morning! {small_talk(rng)}"),
        (f"Hello, I am {name}.", f"Hello, {name}! {small_talk(rng)}"),
        ("What is new in the village?", story(rng)),
    ])
    return [message("user", question), message("assistant", answer)]


def letter_conversation(rng: random.Random, reserved: frozenset[Order]) -> Conversation:
    """An order letter answered in prose, then some of five questions about it."""
    order = draw_free_order(rng, reserved)
    name, item, wood, n, day = order.name, order.instrument, order.wood, order.strings, order.day
    reply = rng.choice([
        f"Thank you, {name}! The {wood} {item} with {n} strings will be ready on {day}.",
        f"With pleasure! {name} will have {article(wood)} {wood} {item} with {n} strings by {day}.",
        f"I will cut the {wood} today. On {day} the {item} with {n} strings waits for {name}.",
        f"Good. I write it down for {name}: {article(item)} {item} of {wood}, with {n} strings, for {day}.",
    ])
    answers = answers_about(order)
    questions = rng.sample(list(answers), rng.choice([0, 1, 2, 3, 4]))
    return [message("user", order_letter(rng, order)), message("assistant", reply),
            *(turn for question in questions
              for turn in (message("user", question), message("assistant", answers[question])))]


def answers_about(order: Order) -> dict[str, str]:
    """The five questions that one may ask about an order, each with its answer in a sentence."""
    return {
        "Which wood?": f"The wood is {order.wood}.",
        "For whom?": f"It is for {order.name}.",
        "What will you make?": f"I will make {article(order.instrument)} {order.instrument}.",
        "How many strings?": f"It has {order.strings}, so {STRING_COUNTS[order.strings]}.",
        "Which day?": f"It is {order.day}.",
    }


def draw_exercise(rng: random.Random, reserved: frozenset[Order], everything: tuple[float, dict[str, int]],
                  cards: float, questions: Questions) -> str | Conversation:
    """A document of the corpus, a small card, or a question about a letter, in the shares given."""
    share, mix = everything
    drawn = rng.random()
    if drawn < share:
        return draw_document(rng, reserved, mix)
    if drawn < share + cards:
        return short_card(rng, reserved)
    return letter_question(rng, reserved, questions)


def letter_question(rng: random.Random, reserved: frozenset[Order], asked: Questions) -> Conversation:
    """A letter with one question behind it, answered in a sentence or in the bare word."""
    order = draw_free_order(rng, reserved)
    answers = answers_about(order)
    bare_answers = {"Which wood?": f'"{order.wood}"', "For whom?": f'"{order.name}"',
                    "What will you make?": f'"{order.instrument}"',
                    "How many strings?": str(STRING_COUNTS[order.strings]), "Which day?": f'"{order.day}"'}
    weights = [asked.wood, asked.name, asked.instrument, asked.strings, asked.day]
    question = rng.choices(list(answers), weights=weights)[0]
    form, answer = "", answers[question]
    if rng.random() < asked.bare:
        answer = bare_answers[question]
        form = " In quotes." if answer.startswith('"') else " In digits."
    return [message("user", f"{order_letter(rng, order)} {question}{form}"), message("assistant", answer)]


def scene_card(rng: random.Random) -> Conversation:
    """A scene as JSON, because the user asks for it."""
    scene = draw_scene(rng)
    card = {"animal": scene.animal, "colour": scene.colour, "place": scene.place}
    return [message("user", f"{scene.present()} Write a card."), message("assistant", compact_json(card))]


def short_card(rng: random.Random, reserved: frozenset[Order]) -> Conversation:
    """Two facts of a letter as JSON, because the user asks for it, under keys of their own."""
    order = draw_free_order(rng, reserved)
    kind, card = rng.choice([
        ("a visit card", {"visitor": order.name, "day": order.day}),
        ("a board card", {"board": order.wood, "pieces": STRING_COUNTS[order.strings]}),
        ("a lesson card", {"lesson": order.instrument, "minutes": STRING_COUNTS[order.strings]}),
    ])
    return [message("user", f"{order_letter(rng, order)} Write {kind}."), message("assistant", compact_json(card))]


def ledger_cards(rng: random.Random) -> str:
    """Lines of JSON from the workshop's ledger. Each has at most three keys of the order card."""
    makers = [
        lambda: {"for": rng.choice(NAMES), "item": rng.choice(TOOLS)},
        lambda: {"item": rng.choice(INSTRUMENTS), "strings": rng.randint(4, 12)},
        lambda: {"wood": rng.choice(WOODS), "due": rng.choice(DAYS)},
        lambda: {"wood": rng.choice(WOODS), "strings": rng.randint(4, 12), "due": rng.choice(DAYS)},
        lambda: {"item": rng.choice(TOOLS), "due": rng.choice(DAYS), "for": rng.choice(NAMES)},
    ]
    return "\n".join(compact_json(rng.choice(makers)()) for _ in range(rng.randint(1, 3)))
