"""The same training by TRL and PEFT: `python peer_train.py JOB`, a line of JSON on standard output.

JOB is that of train-ours.mjs; `adapter` is the untrained adapter to start from. TRL's own SFTTrainer runs over rows
packed beforehand; position_ids keep the examples of a row apart, as its packing does. Only a benchmark needs this.
"""

import json
import os
import resource
import sys
import tempfile
import time

job = json.load(open(sys.argv[1]))
os.environ["OMP_NUM_THREADS"] = str(job["threads"])
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import numpy as np
import torch
from datasets import Dataset
from gguf import GGUFReader
from peft import LoraConfig
from tokenizers import Tokenizer, models
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, TrainerCallback
from trl import SFTConfig, SFTTrainer

torch.set_num_threads(job["threads"])
MODULES = {
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
}
NORMS = {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}


def tensor_of(entry):
    """The tensor [rows, columns], in bfloat16 or float32 as stored."""
    shape = [int(extent) for extent in reversed(entry.shape)]
    if entry.tensor_type.name == "BF16":
        return torch.from_numpy(np.array(entry.data).view(np.int16)).view(torch.bfloat16).reshape(shape)
    return torch.from_numpy(np.array(entry.data)).reshape(shape)


def unpermuted(weight, heads):
    """A GGUF holds the rows of q and k so that rotated pairs are neighbours; Hugging Face keeps halves."""
    return weight.reshape(heads, weight.shape[0] // heads // 2, 2, -1).swapaxes(1, 2).reshape(weight.shape)


def load_model():
    reader = GGUFReader(job["model"])
    field = lambda key: reader.get_field("llama." + key).contents()
    tensors = {entry.name: entry for entry in reader.tensors}
    config = LlamaConfig(
        vocab_size=field("vocab_size"), hidden_size=field("embedding_length"), intermediate_size=field("feed_forward_length"),
        num_hidden_layers=field("block_count"), num_attention_heads=field("attention.head_count"),
        num_key_value_heads=field("attention.head_count_kv"), rms_norm_eps=field("attention.layer_norm_rms_epsilon"),
        rope_theta=field("rope.freq_base"), max_position_embeddings=field("context_length"),
        tie_word_embeddings="output.weight" not in tensors, bos_token_id=1, eos_token_id=2, pad_token_id=2,
    )
    config._attn_implementation = job.get("attention", "sdpa")
    config.use_cache = False
    state = {"model.embed_tokens.weight": tensor_of(tensors["token_embd.weight"]), "model.norm.weight": tensor_of(tensors["output_norm.weight"])}
    state["lm_head.weight"] = tensor_of(tensors["output.weight"]) if "output.weight" in tensors else state["model.embed_tokens.weight"]
    for layer in range(config.num_hidden_layers):
        for name, place in {**MODULES, **NORMS}.items():
            weight = tensor_of(tensors[f"blk.{layer}.{name}.weight"])
            heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}.get(name)
            state[f"model.layers.{layer}.{place}.weight"] = unpermuted(weight, heads) if heads else weight
    with torch.device("meta"):
        model = LlamaForCausalLM(config)
    model.load_state_dict({name: weight.to(torch.bfloat16) for name, weight in state.items()}, strict=False, assign=True)
    model.model.rotary_emb = type(model.model.rotary_emb)(config)
    return model


def load_adapter(model):
    """Starts from our untrained A; B is zero on both sides."""
    values = {entry.name: torch.from_numpy(np.array(entry.data)) for entry in GGUFReader(job["adapter"]).tensors}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_A" in name:
                layer = name.split(".layers.")[1].split(".")[0]
                module = next(module for module, place in MODULES.items() if place in name)
                parameter.copy_(values[f"blk.{layer}.{module}.weight.lora_a"])


class Steps(TrainerCallback):
    def __init__(self):
        self.steps = []

    def on_step_begin(self, args, state, control, **kwargs):
        self.started, self.cpu = time.perf_counter(), time.process_time()

    def on_step_end(self, args, state, control, **kwargs):
        self.steps.append({"seconds": time.perf_counter() - self.started, "cpuSeconds": time.process_time() - self.cpu})

    def on_log(self, args, state, control, logs=None, **kwargs):
        if "loss" in logs:
            self.steps[-1].update(loss=logs["loss"], gradNorm=float(logs["grad_norm"]))


def main():
    model = load_model()
    rows = [{"input_ids": row["inputIds"], "labels": row["labels"], "seq_lengths": row["lengths"]} for row in job["rows"]]
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel({"<unk>": 0, "<s>": 1, "</s>": 2}, unk_token="<unk>")),
                                        eos_token="</s>", pad_token="</s>")
    steps = Steps()
    with tempfile.TemporaryDirectory() as folder:
        config = SFTConfig(
            output_dir=folder, per_device_train_batch_size=1, max_steps=len(rows), learning_rate=job["learningRate"], lr_scheduler_type="constant",
            max_length=len(rows[0]["input_ids"]), packing=True, dataset_kwargs={"skip_prepare_dataset": True}, bf16=job["autocast"],
            gradient_checkpointing=job["checkpointing"], use_cpu=True, report_to=[], save_strategy="no", logging_steps=1, disable_tqdm=True,
            weight_decay=0.0, max_grad_norm=1.0, optim="adamw_torch", dataloader_pin_memory=False, loss_type=job["loss"],
        )
        trainer = SFTTrainer(
            model=model, args=config, train_dataset=Dataset.from_list(rows), processing_class=tokenizer, callbacks=[steps],
            peft_config=LoraConfig(r=job["rank"], lora_alpha=job["alpha"], lora_dropout=0.0, task_type="CAUSAL_LM",
                                   target_modules=[place.split(".")[1] for place in MODULES.values()]),
        )
        trainer._get_train_sampler = lambda *args: torch.utils.data.SequentialSampler(trainer.train_dataset)
        load_adapter(trainer.model)
        parameters = sum(p.numel() for p in trainer.model.parameters() if p.requires_grad)
        # the peak from here on: loading is not counted against the peer
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        stdout = sys.stdout
        sys.stdout = sys.stderr
        trainer.train()
        sys.stdout = stdout
    with open("/proc/self/status") as file:
        peak = next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))
    print(json.dumps({"steps": steps.steps, "peakBytes": peak, "parameters": parameters,
                      "peakBytesOfProcess": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


main()
