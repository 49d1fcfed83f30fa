// What this build can train: one list of architectures, one of weight types, one of target modules.
#pragma once

#include "luthier/gguf_check.hpp"

#include <optional>
#include <string>
#include <vector>

namespace luthier {

// Null where the model can be trained, otherwise the reason in one sentence.
std::optional<std::string> untrainable_reason(const GgufHeader & header);

// Linear weights of a block that exist in the model and can carry an adapter, such as `attn_q`.
std::vector<std::string> target_modules(const GgufHeader & header);

} // namespace luthier
