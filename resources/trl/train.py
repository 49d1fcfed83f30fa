"""Goes on with a run of Luthier in TRL: the same ids and labels, the same settings.

    pip install -r requirements.txt
    accelerate launch train.py --model MODEL

MODEL is the model in Hugging Face's form that the GGUF was made of: a name on the Hub or a folder. Its vocabulary
has to be that of the GGUF, since the rows are token ids already; `--check` only prepares them.
"""

import argparse
import json
from pathlib import Path

from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer

HERE = Path(__file__).parent
SETTINGS = json.loads((HERE / "settings.json").read_text(encoding="utf-8"))


def load_rows(name):
    """Rows of input_ids and labels; a label of -100 is not trained. None where there are none."""
    path = HERE / f"{name}.jsonl"
    rows = [json.loads(line) for line in path.open(encoding="utf-8")] if path.exists() else []
    return Dataset.from_list(rows) if rows else None


def make_config(output, **more):
    """TRL takes labels that are there as they are. Rows are cut to their length already."""
    return SFTConfig(output_dir=output, **{**SETTINGS["sft"], **more})


def make_lora(model):
    last = SETTINGS["lastLayers"]
    layers = model.config.get_text_config().num_hidden_layers
    chosen = None if last is None else list(range(max(0, layers - last), layers))
    return LoraConfig(task_type="CAUSAL_LM", layers_to_transform=chosen, **SETTINGS["lora"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--output", default="trained")
    parser.add_argument("--max-steps", type=int)
    parser.add_argument("--cpu", action="store_true")
    parser.add_argument("--check", action="store_true", help="prepare the rows, then stop")
    given = parser.parse_args()

    train, valid = load_rows("train"), load_rows("valid")
    tokenizer = AutoTokenizer.from_pretrained(given.model)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.chat_template = (HERE / "chat_template.jinja").read_text(encoding="utf-8") or tokenizer.chat_template
    model = AutoModelForCausalLM.from_pretrained(given.model)
    size = model.get_input_embeddings().num_embeddings
    largest = max(max(row["input_ids"]) for row in train)
    if largest >= size:
        raise SystemExit(f"The rows hold the id {largest}, {given.model} has {size} tokens: it is another model.")

    more = {} if given.max_steps is None else {"max_steps": given.max_steps}
    if given.cpu:
        more.update(use_cpu=True, bf16=False)
    if valid is None:
        more.update(eval_strategy="no")
    config = make_config(given.output, **more)
    trainer = SFTTrainer(
        model=model, args=config, train_dataset=train, eval_dataset=valid,
        processing_class=tokenizer, peft_config=make_lora(model),
    )
    if given.check:
        print(f"{len(trainer.train_dataset)} rows are ready.")
        return
    trainer.train()
    trainer.save_model(given.output)


if __name__ == "__main__":
    main()
