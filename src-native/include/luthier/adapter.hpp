// A LoRA adapter: pairs of small matrices A [in, rank] and B [rank, out] beside frozen weights.
#pragma once

#include "luthier/model.hpp"
#include "luthier/result.hpp"

#include "ggml-cpp.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

struct llama_adapter_lora;

namespace luthier {

struct AdapterOptions {
    int32_t rank = 8;
    double alpha = 16;
    bool rs_lora = false;
    std::vector<std::string> target_modules;
    std::optional<int32_t> last_layers;
    uint64_t seed = 0;
    std::optional<std::string> initial_adapter;
};

// A parameter and the place where its gradient accumulates; both float32, of one shape.
struct Parameter {
    std::string name; // GGUF name, `blk.0.attn_q.weight.lora_a`
    ggml_tensor * value;
    ggml_tensor * gradient;

    size_t count() const { return size_t(ggml_nelements(value)); }
};

class Adapter {
  public:
    // Errors: `adapter.targetUnknown`, and with an initial adapter those of read_adapter_file.
    static Result<std::unique_ptr<Adapter>> create(const Model & model, const AdapterOptions & options);
    ~Adapter();

    // In the model's order: layer by layer, A before B.
    const std::vector<Parameter> & parameters() const { return parameters_; }
    llama_adapter_lora & lora() { return *lora_; }
    // The alpha that gives the scale alpha/rank, whatever the options said.
    float alpha() const;
    void clear_gradients();

    std::vector<float> read(const ggml_tensor * tensor) const;
    void write(ggml_tensor * tensor, const std::vector<float> & values);

    // Writes a GGUF that llama_adapter_lora_init accepts; no time, id or path in it. Returns its bytes.
    // Error: `file.writeFailed`.
    Result<double> save(const std::string & path) const;

  private:
    Adapter();
    void allocate(const std::vector<std::string> & weights, const Model & model, int32_t rank);
    void initialize(uint64_t seed);

    std::string architecture_;
    std::unique_ptr<llama_adapter_lora> lora_;
    ggml_context_ptr context_;
    ggml_backend_buffer_ptr buffer_;
    std::vector<Parameter> parameters_;
};

struct AdapterTensor {
    std::string name;
    std::vector<uint64_t> shape;
    std::vector<float> values;
};

struct AdapterFile {
    float alpha = 0;
    std::vector<AdapterTensor> tensors;
};

// Reads an adapter made for this model. Errors: `adapter.notFound`, `adapter.notGguf`, `adapter.damaged`,
// `adapter.notAnAdapter`, `adapter.wrongModel`, `adapter.shapeMismatch`.
Result<AdapterFile> read_adapter_file(const std::string & path, const Model & model);

// Writes bytes to a temporary name, syncs and renames, so that the name never holds half a file.
// Error: `file.writeFailed`.
Status write_file_atomically(const std::string & path, const std::vector<uint8_t> & bytes);

} // namespace luthier
