// The lists behind `untrainableReason` and `targetModules`.
#include "luthier/architectures.hpp"

#include "ggml.h"

#include <algorithm>
#include <array>
#include <set>

namespace luthier {

namespace {

// An architecture belongs here once the gradient test passes for it (test/gradients.test.ts) and every
// operation of its graph has a rule in vjp_rules.cpp.
constexpr std::array trainable_architectures = { "llama", "qwen2", "qwen3" };

// A gradient flows through a frozen weight by a product with its transpose, which frozen_weights in
// vjp_rules.cpp makes from these types.
constexpr std::array trainable_types = { GGML_TYPE_F32, GGML_TYPE_F16, GGML_TYPE_BF16 };

constexpr std::array linear_weights = { "attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down" };

bool is_block_weight(const std::string & tensor, const std::string & module) {
    const std::string ending = "." + module + ".weight";
    return tensor.rfind("blk.", 0) == 0 && tensor.size() > ending.size() &&
           tensor.compare(tensor.size() - ending.size(), ending.size(), ending) == 0;
}

} // namespace

std::optional<std::string> untrainable_reason(const GgufHeader & header) {
    const auto found = header.strings.find("general.architecture");
    const std::string architecture = found == header.strings.end() ? "" : found->second;
    const auto is_same = [&](const char * name) { return architecture == name; };
    if (std::none_of(trainable_architectures.begin(), trainable_architectures.end(), is_same)) {
        return "Models of the architecture " + architecture + " cannot be trained by this version (llama, qwen2 and qwen3 can).";
    }
    const auto experts = header.numbers.find(architecture + ".expert_count");
    if (experts != header.numbers.end() && experts->second > 0) {
        return "Mixture-of-experts models cannot be trained by this version.";
    }
    if (header.tensors.empty()) {
        return "The file holds a vocabulary only, no weights.";
    }
    std::set<std::string> types;
    for (const GgufTensor & tensor : header.tensors) {
        const bool is_supported = std::any_of(trainable_types.begin(), trainable_types.end(),
                                              [&](ggml_type type) { return uint32_t(type) == tensor.type; });
        if (!is_supported) {
            types.insert(ggml_type_name(ggml_type(tensor.type)));
        }
        if (tensor.name.find("attn_qkv") != std::string::npos) {
            return "The model fuses query, key and value into one weight, which this version cannot train.";
        }
    }
    if (!types.empty()) {
        return "Weights of type " + *types.begin() + " cannot be trained by this version: choose an F16, BF16 or F32 file of the model.";
    }
    return std::nullopt;
}

std::vector<std::string> target_modules(const GgufHeader & header) {
    std::vector<std::string> modules;
    for (const char * module : linear_weights) {
        const bool exists = std::any_of(header.tensors.begin(), header.tensors.end(), [&](const GgufTensor & tensor) {
            return is_block_weight(tensor.name, module) && tensor.shape.size() == 2;
        });
        if (exists) {
            modules.push_back(module);
        }
    }
    return modules;
}

} // namespace luthier
