// Hyperparameters of a model file on which llama.cpp asserts, divides or allocates without a bound.
#include "luthier/gguf_check.hpp"

namespace luthier {

Problem check_model_hyperparameters(const GgufHeader & header) {
    const auto damaged = [](const std::string & reason) {
        return Error("model.damaged", "The model file is damaged: " + reason + ".").with("reason", reason);
    };
    const auto architecture = header.strings.find("general.architecture");
    if (architecture == header.strings.end()) {
        return damaged("it names no general.architecture");
    }
    const std::string prefix = architecture->second + ".";
    const auto number = [&](const char * key, double fallback) {
        const auto found = header.numbers.find(prefix + key);
        return found == header.numbers.end() ? fallback : found->second;
    };
    struct Range {
        const char * key;
        double low, high;
    };
    // Upper bounds are llama.cpp's own (LLAMA_MAX_LAYERS, LLAMA_MAX_EXPERTS) or generous.
    const Range ranges[] = {
        { "block_count", header.tensors.empty() ? 0.0 : 1.0, 512 }, { "context_length", 1, 1e9 },       { "embedding_length", 1, 1e6 },
        { "feed_forward_length", 0, 1e7 },  { "expert_count", 0, 1024 },        { "expert_used_count", 0, 1024 },
        { "attention.head_count", 0, 1e5 }, { "attention.head_count_kv", 0, 1e5 },
        { "attention.key_length", 1, 1e5 }, { "attention.value_length", 1, 1e5 },
        { "rope.freq_base", 1e-6, 1e12 },   { "attention.layer_norm_rms_epsilon", 0, 1 },
        { "vocab_size", 0, 1e8 },
    };
    for (const Range & range : ranges) {
        const double value = number(range.key, range.low);
        if (!(value >= range.low && value <= range.high)) {
            return damaged(prefix + range.key + " = " + std::to_string(value) + " is impossible");
        }
    }
    if (number("expert_used_count", 0) > number("expert_count", 0)) {
        return damaged(prefix + "expert_used_count is larger than expert_count");
    }
    const double heads = number("attention.head_count", 0);
    const double key_value_heads = number("attention.head_count_kv", heads);
    const double width = number("embedding_length", 1);
    if (heads > 0) {
        const double head_width = number("attention.key_length", width / heads);
        const double rotated = number("rope.dimension_count", head_width);
        if (head_width != double(uint64_t(head_width))) {
            return damaged(prefix + "embedding_length is no multiple of the number of heads");
        }
        if (rotated < 0 || rotated > head_width || uint64_t(rotated) % 2 != 0) {
            return damaged(prefix + "rope.dimension_count = " + std::to_string(int64_t(rotated)) + " is impossible");
        }
        if (key_value_heads < 0 || (key_value_heads > 0 && uint64_t(heads) % uint64_t(key_value_heads) != 0)) {
            return damaged(prefix + "attention.head_count is no multiple of head_count_kv");
        }
    }
    const auto tokens = header.array_lengths.find("tokenizer.ggml.tokens");
    if (tokens != header.array_lengths.end()) {
        if (tokens->second == 0 || tokens->second > uint64_t(INT32_MAX)) {
            return damaged("its vocabulary holds " + std::to_string(tokens->second) + " tokens");
        }
        for (const char * key : { "tokenizer.ggml.scores", "tokenizer.ggml.token_type" }) {
            // llama.cpp indexes both by token id without asking for their length
            const auto found = header.array_lengths.find(key);
            if (found != header.array_lengths.end() && found->second < tokens->second) {
                return damaged(std::string(key) + " is shorter than the vocabulary");
            }
        }
    }
    return std::nullopt;
}

} // namespace luthier
