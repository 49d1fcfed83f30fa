"""TRL's own preparation of the rows that Luthier labels, timed: peer_trl.py ROWS VOCABULARY TEMPLATE CACHE COMPARED PROCESSES

The tokenizer is made of the same GGUF vocabulary, the template is the same file. Prints one JSON line:
seconds and processor seconds of loading and preparing (imports and tokenizer left out), and the ids and labels of
the first rows. PROCESSES 0 is TRL's default: no worker processes.
"""

import json
import os
import sys
import time
from types import SimpleNamespace

rows_path, vocabulary_path, template_path, cache, compared, processes = sys.argv[1:7]
os.environ["HF_HOME"] = cache

import datasets
import trl
from gguf import GGUFReader
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer

CONTROL, USER_DEFINED = 3, 4
# How Qwen2 cuts text into words (tokenizer.json of Qwen2, pattern of its Split).
WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def read_tokenizer(path: str, template: str) -> PreTrainedTokenizerFast:
    fields = GGUFReader(path).fields

    def strings(name: str) -> list[str]:
        field = fields[name]
        return [bytes(field.parts[i]).decode("utf-8") for i in field.data]

    tokens = strings("tokenizer.ggml.tokens")
    merges = [tuple(merge.split(" ")) for merge in strings("tokenizer.ggml.merges")]
    types = [int(fields["tokenizer.ggml.token_type"].parts[i][0]) for i in fields["tokenizer.ggml.token_type"].data]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    special = [token for token, kind in zip(tokens, types) if kind in (CONTROL, USER_DEFINED)]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>", chat_template=template)


def processor_seconds() -> float:
    return sum(os.times()[:4])


def main() -> None:
    with open(template_path, encoding="utf-8") as file:
        template = file.read()
    tokenizer = read_tokenizer(vocabulary_path, template)
    config = SFTConfig(
        output_dir=os.path.join(cache, "out"),
        use_cpu=True,
        bf16=False,
        report_to=[],
        max_length=2048,
        assistant_only_loss=True,
        dataset_num_proc=int(processes) or None,
    )
    trainer = SimpleNamespace(_tokenizer=tokenizer, chat_template=template, completion_only_loss=False)
    datasets.disable_progress_bars()

    start, used = time.perf_counter(), processor_seconds()
    rows = datasets.load_dataset("json", data_files=rows_path, split="train", cache_dir=cache)
    prepared = SFTTrainer._prepare_dataset(trainer, rows, tokenizer, config, False, None, "train")
    seconds, cpu_seconds = time.perf_counter() - start, processor_seconds() - used

    first = prepared.select(range(int(compared)))
    print(
        json.dumps(
            {
                "seconds": seconds,
                "cpuSeconds": cpu_seconds,
                "version": trl.__version__,
                "inputIds": [list(ids) for ids in first["input_ids"]],
                "labels": [list(labels) for labels in first["labels"]],
            }
        )
    )


if __name__ == "__main__":
    main()
