// Merges a LoRA adapter into its base model, as one GGUF, and quantizes such a file.
#pragma once

#include "luthier/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace luthier {

struct MergeOptions {
    std::string model_path, adapter_path, output_path;
    // F32, F16 or BF16 for matrices; KEEP leaves each as it is in the base
    std::string weight_type;
    // recorded in the file
    std::string base_name, adapter_name;
};

// W + (alpha / rank) · B · A in float32 for each weight that the adapter targets, tensor by tensor and a few
// rows at a time; everything else and all metadata are kept. Errors: those of both headers,
// `adapter.notAnAdapter`, `adapter.wrongModel`, `adapter.shapeMismatch`, `merge.unsupported`, `file.writeFailed`.
Result<uint64_t> merge_adapter(const MergeOptions & options);

// Names that `quantize_model` takes: llama.cpp's types that need no importance matrix.
std::vector<std::string> quantization_types();

// Errors: `quantization.unknown`, `quantization.failed`.
Result<uint64_t> quantize_model(const std::string & input_path, const std::string & output_path, const std::string & type);

} // namespace luthier
