"""Loss of a PEFT folder over the GGUF that it was trained on, in the real peft, as one number a line.

    python peft_loss.py MODEL.gguf ADAPTER_FOLDER ROWS.jsonl

Rows hold input_ids and labels, unshifted. Needs torch, transformers, peft and gguf.
"""

import json
import sys
from pathlib import Path

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM


def main(model_path: str, adapter: str, rows_path: str) -> None:
    path = Path(model_path)
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    total, count = 0.0, 0
    base_total = 0.0
    rows = [json.loads(line) for line in Path(rows_path).read_text().splitlines()]

    def loss(network, row):
        with torch.no_grad():
            logits = network(input_ids=torch.tensor([row["input_ids"]])).logits[0, :-1].double()
        labels = torch.tensor(row["labels"][1:])
        return torch.nn.functional.cross_entropy(logits, labels, ignore_index=-100, reduction="sum").item()

    for row in rows:
        base_total += loss(model, row)
    tuned = PeftModel.from_pretrained(model, adapter).eval()
    for row in rows:
        total += loss(tuned, row)
        count += sum(label != -100 for label in row["labels"][1:])
    print(json.dumps({"loss": total / count, "base": base_total / count}))


if __name__ == "__main__":
    main(*sys.argv[1:])
