"""Writes the demo's base model as a GGUF file, and reads it back as a transformers model.

The keys are those of llama.cpp's convert_hf_to_gguf.py for the architecture `llama`.
"""

import json
from pathlib import Path

import gguf
import torch
from tokenizers import Tokenizer, models
from transformers import LlamaConfig, LlamaForCausalLM

from chat_format import CHAT_TEMPLATE, END_OF_TEXT, SPECIAL_TOKENS, TURN_END
from pretrain import build_tokenizer, control_tokens

MODEL_NAME = "Luthier Demo Village"
HF_TO_GGUF_BLOCK = {
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}


def write_gguf(path: Path, model: LlamaForCausalLM, tokenizer: Tokenizer) -> None:
    """All weights in float32: training and greedy answers then differ from PyTorch's by rounding only."""
    writer = gguf.GGUFWriter(path, "llama")
    add_description(writer, model.config)
    add_tokenizer(writer, tokenizer)
    weights = model.state_dict()
    for hf_name, gguf_name in tensor_names(model.config).items():
        weight = weights[hf_name].float()
        heads = rotated_heads(model.config, hf_name)
        if heads:
            weight = interleave_rotation(weight, heads)
        writer.add_tensor(gguf_name, weight.contiguous().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_description(writer: gguf.GGUFWriter, config: LlamaConfig) -> None:
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name(MODEL_NAME)
    writer.add_author("The Luthier authors")
    writer.add_description("Speaks the little language of an instrument maker's village. Base model of Luthier's demo.")
    writer.add_license("MIT")
    writer.add_languages(["en"])
    writer.add_size_label("1M")
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)
    writer.add_vocab_size(config.vocab_size)


def add_tokenizer(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    bpe = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(bpe["vocab"], key=bpe["vocab"].get)
    control = set(SPECIAL_TOKENS)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL if token in control else gguf.TokenType.NORMAL
                            for token in tokens])
    writer.add_token_merges([" ".join(pair) for pair in bpe["merges"]])
    # Without a value llama.cpp would take token 11 for the beginning of text (its GPT-2 default).
    writer.add_bos_token_id(SPECIAL_TOKENS.index(END_OF_TEXT))
    writer.add_eos_token_id(SPECIAL_TOKENS.index(TURN_END))
    writer.add_pad_token_id(SPECIAL_TOKENS.index(END_OF_TEXT))
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def tensor_names(config: LlamaConfig) -> dict[str, str]:
    """transformers' name of every weight, and llama.cpp's, which uses token_embd for the output, too."""
    blocks = {f"model.layers.{i}.{hf}.weight": f"blk.{i}.{ours}.weight"
              for i in range(config.num_hidden_layers) for hf, ours in HF_TO_GGUF_BLOCK.items()}
    return {"model.embed_tokens.weight": "token_embd.weight", **blocks,
            "model.norm.weight": "output_norm.weight"}


def rotated_heads(config: LlamaConfig, hf_name: str) -> int:
    """Number of heads of a weight whose rows RoPE rotates; 0 for the others."""
    if "q_proj" in hf_name:
        return config.num_attention_heads
    return config.num_key_value_heads if "k_proj" in hf_name else 0


def interleave_rotation(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """transformers rotates row i of a head with row i + half, llama.cpp row 2i with row 2i + 1
    (LlamaModel.permute in convert_hf_to_gguf.py).

        one head of four rows  [a b c d]  →  [a c b d]
    """
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def separate_rotation(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """Undoes `interleave_rotation`."""
    rows, columns = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def read_gguf(path: Path) -> tuple[LlamaForCausalLM, Tokenizer]:
    """The model and tokenizer of a file that `write_gguf` wrote, from the file alone."""
    reader = gguf.GGUFReader(path)
    values = {key: field.contents() for key, field in reader.fields.items()}
    config = LlamaConfig(
        vocab_size=values["llama.vocab_size"], hidden_size=values["llama.embedding_length"],
        intermediate_size=values["llama.feed_forward_length"], num_hidden_layers=values["llama.block_count"],
        num_attention_heads=values["llama.attention.head_count"],
        num_key_value_heads=values["llama.attention.head_count_kv"],
        max_position_embeddings=values["llama.context_length"],
        rms_norm_eps=values["llama.attention.layer_norm_rms_epsilon"], tie_word_embeddings=True)
    tensors = {tensor.name: torch.tensor(tensor.data) for tensor in reader.tensors}
    weights = {}
    for hf_name, gguf_name in tensor_names(config).items():
        heads = rotated_heads(config, hf_name)
        weights[hf_name] = separate_rotation(tensors[gguf_name], heads) if heads else tensors[gguf_name]
    model = LlamaForCausalLM(config)
    model.load_state_dict(weights, strict=False)
    model.tie_weights()
    return model.eval(), read_tokenizer(values)


def read_tokenizer(values: dict) -> Tokenizer:
    vocabulary = {token: index for index, token in enumerate(values["tokenizer.ggml.tokens"])}
    merges = [tuple(pair.split(" ")) for pair in values["tokenizer.ggml.merges"]]
    tokenizer = build_tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.add_special_tokens(control_tokens())
    return tokenizer
