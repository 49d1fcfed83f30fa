// What this build can train: one list of architectures, one of weight types, one of target modules.
#pragma once

#include "luthier/gguf_check.hpp"
#include "luthier/result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace luthier {

// Names as in `general.architecture`; the gradient tests hold a case for each (test/gradients.test.ts).
std::vector<std::string> trainable_architectures();

// Names of weight types as ggml has them, such as `q4_K`; the gradient tests hold a weight of each.
std::vector<std::string> trainable_weight_types();

// Null where the model can be trained, otherwise the reason in one sentence.
std::optional<std::string> untrainable_reason(const GgufHeader & header);

// Linear weights of a block that exist in the model and can carry an adapter, such as `attn_q`.
std::vector<std::string> target_modules(const GgufHeader & header);

// The modules to adapt, in the order of `available`, for the names that a recipe gives. Where a model fuses
// query, key and value, the three names together mean the fused weight; ffn_gate beside ffn_up is left out
// where the model has no such weight (it has no gate, or fuses it into ffn_up).
// Error: `adapter.targetUnknown`, with the available modules.
Result<std::vector<std::string>> resolve_targets(const std::vector<std::string> & named, const std::vector<std::string> & available);

} // namespace luthier
