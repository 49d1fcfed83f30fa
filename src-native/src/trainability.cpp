// Why a model cannot be trained, in words for those who own the file.
#include "luthier/architectures.hpp"

#include "ggml.h"

#include <algorithm>
#include <array>

namespace luthier {

namespace {

struct Kind {
    const char * reason;
    std::vector<const char *> architectures;
};

// Architectures that llama.cpp knows but whose kind is not a plain decoder.
const std::array kinds = {
    Kind{ "It is an embedding model (an encoder), which generates no text.",
          { "bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2", "jina-bert-v3", "modern-bert", "eurobert", "neo-bert", "gemma-embedding",
            "llama-embed", "t5encoder" } },
    Kind{ "It is an encoder with a decoder, which this version cannot train.", { "t5" } },
    Kind{ "It is a projector for images or sound (mmproj), not a language model.", { "clip", "mmproj" } },
    Kind{ "It makes sound, not text.", { "wavtokenizer-dec", "pockettts", "qwen3tts" } },
    Kind{ "It is a diffusion model, which this version cannot train.", { "dream", "llada", "llada-moe", "rnd1" } },
    Kind{ "It has recurrent layers (state space or linear attention), which this version cannot train.",
          { "mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7", "jamba", "falcon-h1", "nemotron_h", "nemotron_h_moe", "granitehybrid", "lfm2",
            "lfm2moe", "plamo2", "qwen3next", "qwen35", "qwen35moe", "kimi-linear", "bailingmoe3", "minimax-01" } },
    // its graph builder asserts that a product follows where an adapter's sum does
    Kind{ "This version of llama.cpp cannot use an adapter with it.", { "glm4", "glm4moe", "jais2" } },
};

bool has_number_above_zero(const GgufHeader & header, const std::string & key) {
    const auto found = header.numbers.find(key);
    return found != header.numbers.end() && found->second > 0;
}

bool has_key_prefix(const GgufHeader & header, const std::string & prefix) {
    const auto found = header.numbers.lower_bound(prefix);
    return found != header.numbers.end() && found->first.rfind(prefix, 0) == 0;
}

std::string listed(std::vector<std::string> names) {
    std::string text;
    for (size_t i = 0; i < names.size(); ++i) {
        text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
    }
    return text;
}

std::optional<std::string> reason_of_kind(const GgufHeader & header, const std::string & architecture) {
    const auto type = header.strings.find("general.type");
    if (type != header.strings.end() && type->second == "adapter") {
        return "It is an adapter, not a model.";
    }
    if (type != header.strings.end() && type->second == "imatrix") {
        return "It holds statistics for quantizing (an imatrix), not a model.";
    }
    if (type != header.strings.end() && (type->second == "mmproj" || type->second == "clip-vision")) {
        return std::string(kinds[2].reason);
    }
    for (const Kind & kind : kinds) {
        for (const char * name : kind.architectures) {
            if (architecture == name) {
                return std::string(kind.reason);
            }
        }
    }
    if (has_number_above_zero(header, architecture + ".expert_count")) {
        return "It is a mixture of experts, which this version cannot train.";
    }
    if (has_key_prefix(header, architecture + ".ssm.") || has_key_prefix(header, architecture + ".wkv.")) {
        return "It has recurrent layers (state space or linear attention), which this version cannot train.";
    }
    if (has_number_above_zero(header, architecture + ".pooling_type")) {
        return std::string(kinds[0].reason);
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string> untrainable_reason(const GgufHeader & header) {
    const auto found = header.strings.find("general.architecture");
    const std::string architecture = found == header.strings.end() ? "" : found->second;
    if (const auto reason = reason_of_kind(header, architecture)) {
        return reason;
    }
    const std::vector<std::string> architectures = trainable_architectures();
    if (std::find(architectures.begin(), architectures.end(), architecture) == architectures.end()) {
        return "Models of the architecture " + (architecture.empty() ? "(none named)" : architecture) + " cannot be trained by this version (" +
               listed(architectures) + " can).";
    }
    if (header.tensors.empty()) {
        return "The file holds a vocabulary only, no weights.";
    }
    if (has_number_above_zero(header, "split.no")) {
        return "It is a later part of a model in several files: choose the first part.";
    }
    const auto has_tensor = [&](const char * name) {
        return std::any_of(header.tensors.begin(), header.tensors.end(), [&](const GgufTensor & tensor) { return tensor.name == name; });
    };
    if (!has_tensor("token_embd.weight")) {
        return "The file lacks the token embedding (token_embd.weight), so it is no whole model.";
    }
    const std::vector<std::string> types = trainable_weight_types();
    for (const GgufTensor & tensor : header.tensors) {
        const std::string type = ggml_type_name(ggml_type(tensor.type));
        if (std::find(types.begin(), types.end(), type) == types.end()) {
            return "Weights of type " + type + " (" + tensor.name + ") cannot be trained by this version: choose a file of the model in another type, such as Q4_K_M, Q8_0 or F16.";
        }
    }
    return std::nullopt;
}

} // namespace luthier
