// Checks a GGUF's header against the file's size before llama.cpp parses it.
#pragma once

#include "luthier/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace luthier {

struct GgufTensor {
    std::string name;
    uint32_t type = 0;
    std::vector<uint64_t> shape; // ggml order, shape[0] contiguous
    uint64_t offset = 0;         // of its data, from the start of the file
    uint64_t bytes = 0;
};

struct GgufHeader {
    std::map<std::string, std::string> strings;     // string values by key
    std::map<std::string, double> numbers;          // integer, float and bool values by key
    std::map<std::string, uint64_t> array_lengths;  // number of elements by key
    std::vector<GgufTensor> tensors;
};

// Reads the header. Every count, length and offset is bounded by the file's size before it is used, so
// that a hostile file costs neither memory nor time. `subject` starts the codes: "model" gives
// `model.notFound`, `model.notGguf`, `model.damaged`.
Result<GgufHeader> read_gguf_header(const std::string & path, const std::string & subject);

// Hyperparameters on which llama.cpp asserts or divides, for a file that is a model.
Problem check_model_hyperparameters(const GgufHeader & header);

} // namespace luthier
