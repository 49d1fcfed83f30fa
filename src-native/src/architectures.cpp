// The lists of architectures, weight types and target modules.
#include "luthier/architectures.hpp"

#include "ggml.h"

#include <algorithm>
#include <array>

namespace luthier {

namespace {

bool contains(const std::vector<std::string> & names, const std::string & name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_block_weight(const std::string & tensor, const std::string & module) {
    const std::string ending = "." + module + ".weight";
    return tensor.rfind("blk.", 0) == 0 && tensor.size() > ending.size() &&
           tensor.compare(tensor.size() - ending.size(), ending.size(), ending) == 0;
}

std::string listed(const std::vector<std::string> & names) {
    std::string text;
    for (size_t i = 0; i < names.size(); ++i) {
        text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
    }
    return text;
}

} // namespace

std::vector<std::string> trainable_architectures() {
    return { "cohere2", "ernie4_5", "exaone4", "gemma", "gemma2", "gemma3", "gemma4", "granite", "llama", "mistral3",
             "olmo2", "phi3", "qwen2", "qwen3", "seed_oss", "smollm3", "stablelm", "starcoder2" };
}

std::vector<std::string> trainable_weight_types() {
    std::vector<std::string> names;
    for (const ggml_type type : { GGML_TYPE_F32, GGML_TYPE_F16, GGML_TYPE_BF16, GGML_TYPE_Q8_0, GGML_TYPE_Q4_0, GGML_TYPE_Q4_1, GGML_TYPE_Q5_0,
                                  GGML_TYPE_Q5_1, GGML_TYPE_Q2_K, GGML_TYPE_Q3_K, GGML_TYPE_Q4_K, GGML_TYPE_Q5_K, GGML_TYPE_Q6_K,
                                  GGML_TYPE_IQ4_NL, GGML_TYPE_IQ4_XS, GGML_TYPE_IQ3_S }) {
        names.push_back(ggml_type_name(type));
    }
    return names;
}

std::vector<std::string> target_modules(const GgufHeader & header) {
    std::vector<std::string> modules;
    for (const char * module : { "attn_q", "attn_k", "attn_v", "attn_qkv", "attn_output", "ffn_gate", "ffn_up", "ffn_down" }) {
        const bool exists = std::any_of(header.tensors.begin(), header.tensors.end(), [&](const GgufTensor & tensor) {
            return is_block_weight(tensor.name, module) && tensor.shape.size() == 2;
        });
        if (exists) {
            modules.push_back(module);
        }
    }
    return modules;
}

Result<std::vector<std::string>> resolve_targets(const std::vector<std::string> & named, const std::vector<std::string> & available) {
    std::vector<std::string> wanted = named;
    const auto leave_out = [&](const std::string & name) { wanted.erase(std::remove(wanted.begin(), wanted.end(), name), wanted.end()); };
    const bool is_fused = contains(available, "attn_qkv") && !contains(available, "attn_q");
    if (is_fused && contains(wanted, "attn_q") && contains(wanted, "attn_k") && contains(wanted, "attn_v")) {
        leave_out("attn_q");
        leave_out("attn_k");
        leave_out("attn_v");
        wanted.push_back("attn_qkv");
    }
    if (!contains(available, "ffn_gate") && contains(wanted, "ffn_up")) {
        leave_out("ffn_gate");
    }
    for (const std::string & name : wanted) {
        if (!contains(available, name)) {
            return Error("adapter.targetUnknown", "The model has no weights called " + name + " that an adapter could target; it has " + listed(available) + ".")
                .with("target", name).with("available", listed(available));
        }
    }
    if (wanted.empty()) {
        return Error("adapter.targetUnknown", "No weights are named for the adapter to target; the model has " + listed(available) + ".")
            .with("target", nullptr).with("available", listed(available));
    }
    std::vector<std::string> modules;
    std::copy_if(available.begin(), available.end(), std::back_inserter(modules), [&](const std::string & name) { return contains(wanted, name); });
    return modules;
}

} // namespace luthier
