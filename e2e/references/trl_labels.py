"""What the exported training script gives to the real TRL: trl_labels.py FOLDER WORK

Makes a tiny random llama in WORK, whose vocabulary covers the rows, and lets train.py's own functions and SFTTrainer
prepare them. Prints one JSON line: ids and labels of the rows in order, and those of a batch as the collator pads it.
"""

import json
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, models
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import SFTTrainer

folder, work = sys.argv[1:3]
sys.path.insert(0, folder)
import train

torch.manual_seed(1)
config = LlamaConfig(
    vocab_size=1024, hidden_size=16, intermediate_size=24, num_hidden_layers=2,
    num_attention_heads=4, num_key_value_heads=2, head_dim=4,
)
vocabulary = {"<unk>": 0, "<s>": 1, "</s>": 2}
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>")), eos_token="</s>", pad_token="</s>"
)
model = LlamaForCausalLM(config)
model.save_pretrained(Path(work) / "model")
tokenizer.save_pretrained(Path(work) / "model")
trainer = SFTTrainer(
    model=model,
    args=train.make_config(str(Path(work) / "out"), use_cpu=True, bf16=False, disable_tqdm=True),
    train_dataset=train.load_rows("train"),
    eval_dataset=train.load_rows("valid"),
    processing_class=tokenizer,
    peft_config=train.make_lora(model),
)
rows = trainer.train_dataset
batch = trainer.data_collator([rows[0], rows[1]])
print(
    json.dumps(
        {
            "inputIds": [list(row["input_ids"]) for row in rows],
            "labels": [list(row["labels"]) for row in rows],
            "batchLabels": batch["labels"].tolist(),
            "trainable": sorted({name.split(".")[-4] for name, p in trainer.model.named_parameters() if p.requires_grad}),
        }
    )
)
