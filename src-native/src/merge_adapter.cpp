// Streams a base model into a new GGUF, adding the adapter's product to the weights that it targets.
#include "luthier/merge_adapter.hpp"

#include "luthier/gguf_check.hpp"

#include "ggml.h"
#include "gguf.h"
#include "llama.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

namespace luthier {

namespace {

struct GgufDeleter {
    void operator()(gguf_context * gguf) const { gguf_free(gguf); }
};
struct GgmlDeleter {
    void operator()(ggml_context * context) const { ggml_free(context); }
};

// Metadata and the tensors' shapes; no data.
struct GgufFile {
    std::unique_ptr<gguf_context, GgufDeleter> gguf;
    std::unique_ptr<ggml_context, GgmlDeleter> tensors;
};

GgufFile open_gguf(const std::string & path) {
    GgufFile file;
    ggml_context * tensors = nullptr;
    const gguf_init_params params = { /*.no_alloc =*/ true, /*.ctx =*/ &tensors };
    file.gguf.reset(gguf_init_from_file(path.c_str(), params));
    file.tensors.reset(tensors);
    return file;
}

struct Factors {
    int64_t inputs = 0, rank = 0, outputs = 0;
    std::vector<float> a, b; // a[rank][inputs], b[outputs][rank]
};

constexpr size_t suffix_length = 7; // of ".lora_a" and ".lora_b"

Result<std::map<std::string, Factors>> read_factors(const std::string & path, const GgufHeader & header) {
    std::map<std::string, Factors> factors;
    std::ifstream file(std::filesystem::u8path(path), std::ios::binary);
    for (const GgufTensor & tensor : header.tensors) {
        const std::string suffix = tensor.name.size() > suffix_length ? tensor.name.substr(tensor.name.size() - suffix_length) : "";
        const bool is_a = suffix == ".lora_a";
        const bool is_float = tensor.type == GGML_TYPE_F32 || tensor.type == GGML_TYPE_F16 || tensor.type == GGML_TYPE_BF16;
        if ((!is_a && suffix != ".lora_b") || tensor.shape.size() != 2 || !is_float) {
            return Error("adapter.notAnAdapter", "The adapter holds " + tensor.name + ", which is no LoRA matrix.").with("tensor", tensor.name);
        }
        std::vector<uint8_t> bytes(tensor.bytes);
        file.seekg(std::streamoff(tensor.offset));
        if (!file.read(reinterpret_cast<char *>(bytes.data()), std::streamsize(bytes.size()))) {
            return Error("adapter.damaged", path + " is damaged: " + tensor.name + " cannot be read.").with("tensor", tensor.name);
        }
        std::vector<float> values(tensor.shape[0] * tensor.shape[1]);
        if (tensor.type == GGML_TYPE_F32) {
            std::memcpy(values.data(), bytes.data(), bytes.size());
        } else {
            ggml_get_type_traits(ggml_type(tensor.type))->to_float(bytes.data(), values.data(), int64_t(values.size()));
        }
        Factors & own = factors[tensor.name.substr(0, tensor.name.size() - suffix_length)];
        (is_a ? own.inputs : own.outputs) = int64_t(tensor.shape[is_a ? 0 : 1]);
        const int64_t rank = int64_t(tensor.shape[is_a ? 1 : 0]);
        if (own.rank != 0 && own.rank != rank) {
            return Error("adapter.shapeMismatch", "The two matrices of " + tensor.name + " have different ranks.").with("tensor", tensor.name);
        }
        own.rank = rank;
        (is_a ? own.a : own.b) = std::move(values);
    }
    return factors;
}

Problem check_factors(const std::map<std::string, Factors> & factors, const GgufHeader & adapter, const GgufHeader & model) {
    const auto text = [](const GgufHeader & header, const char * key) {
        const auto found = header.strings.find(key);
        return found == header.strings.end() ? std::string() : found->second;
    };
    const std::string own = text(adapter, "general.architecture"), base = text(model, "general.architecture");
    if (own != base) {
        return Error("adapter.wrongModel", "The adapter is for the architecture " + own + ", the model is " + base + ".");
    }
    std::map<std::string, const GgufTensor *> weights;
    for (const GgufTensor & tensor : model.tensors) {
        weights[tensor.name] = &tensor;
    }
    for (const auto & [name, factor] : factors) {
        const auto found = weights.find(name);
        if (found == weights.end()) {
            return Error("adapter.wrongModel", "The adapter targets " + name + ", which the model does not have.").with("tensor", name);
        }
        const std::vector<uint64_t> & shape = found->second->shape;
        if (shape.size() != 2 || factor.a.empty() || factor.b.empty() || int64_t(shape[0]) != factor.inputs || int64_t(shape[1]) != factor.outputs) {
            return Error("adapter.shapeMismatch", "The adapter's matrices for " + name + " do not fit the model.").with("tensor", name);
        }
    }
    return std::nullopt;
}

// What the tensor becomes. Vectors keep their type: llama.cpp expects them in float32.
ggml_type output_type(const ggml_tensor * tensor, const std::string & weight_type) {
    if (weight_type == "KEEP" || ggml_n_dims(tensor) < 2) {
        return tensor->type;
    }
    return weight_type == "F32" ? GGML_TYPE_F32 : weight_type == "F16" ? GGML_TYPE_F16 : GGML_TYPE_BF16;
}

constexpr int64_t chunk_values = 1 << 20;

// Row by row: as float32, with the product added where there is one, in the new type.
class RowWriter {
  public:
    RowWriter(std::ifstream & in, std::ofstream & out) : in_(in), out_(out) {}

    void copy(uint64_t bytes) {
        std::vector<char> buffer(std::min<uint64_t>(bytes, 1 << 22));
        for (uint64_t left = bytes; left > 0 && in_ && out_;) {
            const uint64_t part = std::min<uint64_t>(left, buffer.size());
            in_.read(buffer.data(), std::streamsize(part));
            out_.write(buffer.data(), std::streamsize(part));
            left -= part;
        }
    }

    void convert(const ggml_tensor * tensor, ggml_type to, const Factors * factors, float scale) {
        const int64_t columns = tensor->ne[0];
        const int64_t rows = ggml_nelements(tensor) / columns;
        const int64_t rows_at_once = std::max<int64_t>(1, chunk_values / columns);
        std::vector<uint8_t> source(ggml_row_size(tensor->type, columns) * size_t(rows_at_once));
        std::vector<uint8_t> target(ggml_row_size(to, columns) * size_t(rows_at_once));
        std::vector<float> values(size_t(columns * rows_at_once));
        for (int64_t first = 0; first < rows && in_ && out_; first += rows_at_once) {
            const int64_t count = std::min(rows_at_once, rows - first);
            const size_t bytes = ggml_row_size(tensor->type, columns) * size_t(count);
            in_.read(reinterpret_cast<char *>(source.data()), std::streamsize(bytes));
            if (tensor->type == GGML_TYPE_F32) {
                std::memcpy(values.data(), source.data(), bytes);
            } else {
                ggml_get_type_traits(tensor->type)->to_float(source.data(), values.data(), columns * count);
            }
            if (factors) {
                add_product(values, *factors, scale, first, count);
            }
            const size_t written = ggml_quantize_chunk(to, values.data(), target.data(), 0, count, columns, nullptr);
            out_.write(reinterpret_cast<const char *>(target.data()), std::streamsize(written));
        }
    }

  private:
    static void add_product(std::vector<float> & values, const Factors & factors, float scale, int64_t first, int64_t count) {
        for (int64_t row = 0; row < count; ++row) {
            float * const w = values.data() + row * factors.inputs;
            for (int64_t r = 0; r < factors.rank; ++r) {
                const float weight = scale * factors.b[size_t((first + row) * factors.rank + r)];
                const float * const a = factors.a.data() + r * factors.inputs;
                for (int64_t i = 0; i < factors.inputs; ++i) {
                    w[i] += weight * a[i];
                }
            }
        }
    }

    std::ifstream & in_;
    std::ofstream & out_;
};

Error write_failed(const std::string & path) {
    return Error("file.writeFailed", path + " could not be written: " + std::strerror(errno) + ".").with("path", path);
}

void describe(gguf_context * gguf, const MergeOptions & options) {
    if (options.weight_type != "KEEP") {
        const llama_ftype type = options.weight_type == "F32" ? LLAMA_FTYPE_ALL_F32 : options.weight_type == "F16" ? LLAMA_FTYPE_MOSTLY_F16 : LLAMA_FTYPE_MOSTLY_BF16;
        gguf_set_val_u32(gguf, "general.file_type", uint32_t(type));
    }
    gguf_set_val_str(gguf, "general.finetune", options.adapter_name.c_str());
    gguf_set_val_u32(gguf, "general.base_model.count", 1);
    gguf_set_val_str(gguf, "general.base_model.0.name", options.base_name.c_str());
}

} // namespace

Result<uint64_t> merge_adapter(const MergeOptions & options) {
    const Result<GgufHeader> model = read_gguf_header(options.model_path, "model");
    if (!model.ok()) {
        return model.error();
    }
    const Result<GgufHeader> adapter = read_gguf_header(options.adapter_path, "adapter");
    if (!adapter.ok()) {
        return adapter.error();
    }
    const auto parts = model.value().numbers.find("split.count");
    if (parts != model.value().numbers.end() && parts->second > 1) {
        return Error("merge.unsupported", "The model is split over several files.").with("parts", parts->second);
    }
    const Result<std::map<std::string, Factors>> factors = read_factors(options.adapter_path, adapter.value());
    if (!factors.ok()) {
        return factors.error();
    }
    if (Problem problem = check_factors(factors.value(), adapter.value(), model.value())) {
        return *problem;
    }
    // llama_adapter_lora_weight::get_scale takes alpha 0 for "scale 1"
    const auto found_alpha = adapter.value().numbers.find("adapter.lora.alpha");
    const float alpha = found_alpha == adapter.value().numbers.end() ? 0.0f : float(found_alpha->second);

    const GgufFile base = open_gguf(options.model_path);
    if (!base.gguf) {
        return Error("model.damaged", options.model_path + " cannot be read.").with("path", options.model_path);
    }
    const std::unique_ptr<gguf_context, GgufDeleter> merged(gguf_init_empty());
    gguf_set_kv(merged.get(), base.gguf.get());
    describe(merged.get(), options);
    const int64_t count = gguf_get_n_tensors(base.gguf.get());
    for (int64_t i = 0; i < count; ++i) {
        const char * const name = gguf_get_tensor_name(base.gguf.get(), i);
        const ggml_tensor * const tensor = ggml_get_tensor(base.tensors.get(), name);
        const ggml_type to = output_type(tensor, options.weight_type);
        const bool is_changed = to != tensor->type || factors.value().count(name) > 0;
        if (is_changed && (ggml_quantize_requires_imatrix(to) || (tensor->type != GGML_TYPE_F32 && !ggml_get_type_traits(tensor->type)->to_float))) {
            return Error("merge.unsupported", std::string("The weight ") + name + " is of type " + ggml_type_name(tensor->type) + ", which cannot be kept.")
                .with("tensor", name).with("type", ggml_type_name(tensor->type));
        }
        gguf_add_tensor(merged.get(), tensor);
        gguf_set_tensor_type(merged.get(), name, to);
    }

    std::ifstream in(std::filesystem::u8path(options.model_path), std::ios::binary);
    std::ofstream out(std::filesystem::u8path(options.output_path), std::ios::binary | std::ios::trunc);
    std::vector<char> metadata(gguf_get_meta_size(merged.get()));
    gguf_get_meta_data(merged.get(), metadata.data());
    out.write(metadata.data(), std::streamsize(metadata.size()));
    const uint64_t data_start = metadata.size();
    RowWriter writer(in, out);
    for (int64_t i = 0; i < count; ++i) {
        const char * const name = gguf_get_tensor_name(base.gguf.get(), i);
        const ggml_tensor * const tensor = ggml_get_tensor(base.tensors.get(), name);
        const ggml_type to = output_type(tensor, options.weight_type);
        const uint64_t start = data_start + gguf_get_tensor_offset(merged.get(), i);
        const std::string padding(size_t(start - uint64_t(out.tellp())), '\0');
        out.write(padding.data(), std::streamsize(padding.size()));
        in.seekg(std::streamoff(gguf_get_data_offset(base.gguf.get()) + gguf_get_tensor_offset(base.gguf.get(), i)));
        const auto factor = factors.value().find(name);
        if (factor != factors.value().end()) {
            writer.convert(tensor, to, &factor->second, alpha == 0 ? 1.0f : alpha / float(factor->second.rank));
        } else if (to != tensor->type) {
            writer.convert(tensor, to, nullptr, 0);
        } else {
            writer.copy(ggml_nbytes(tensor));
        }
        if (!in) {
            return Error("model.damaged", options.model_path + " ends inside " + name + ".").with("path", options.model_path);
        }
        if (!out) {
            return write_failed(options.output_path);
        }
    }
    // the last tensor is padded as well (gguf.cpp expects it)
    const uint64_t alignment = gguf_get_alignment(merged.get());
    const std::string padding(size_t((alignment - uint64_t(out.tellp()) % alignment) % alignment), '\0');
    out.write(padding.data(), std::streamsize(padding.size()));
    const uint64_t bytes = uint64_t(out.tellp());
    out.close();
    if (!out) {
        return write_failed(options.output_path);
    }
    return bytes;
}

namespace {

// llama.cpp's types for whole models but those that need an importance matrix.
const std::pair<const char *, llama_ftype> quantizations[] = {
    { "Q8_0", LLAMA_FTYPE_MOSTLY_Q8_0 },     { "Q6_K", LLAMA_FTYPE_MOSTLY_Q6_K },     { "Q5_K_M", LLAMA_FTYPE_MOSTLY_Q5_K_M },
    { "Q5_K_S", LLAMA_FTYPE_MOSTLY_Q5_K_S }, { "Q5_1", LLAMA_FTYPE_MOSTLY_Q5_1 },     { "Q5_0", LLAMA_FTYPE_MOSTLY_Q5_0 },
    { "Q4_K_M", LLAMA_FTYPE_MOSTLY_Q4_K_M }, { "Q4_K_S", LLAMA_FTYPE_MOSTLY_Q4_K_S }, { "Q4_1", LLAMA_FTYPE_MOSTLY_Q4_1 },
    { "Q4_0", LLAMA_FTYPE_MOSTLY_Q4_0 },     { "IQ4_NL", LLAMA_FTYPE_MOSTLY_IQ4_NL }, { "IQ4_XS", LLAMA_FTYPE_MOSTLY_IQ4_XS },
    { "Q3_K_L", LLAMA_FTYPE_MOSTLY_Q3_K_L }, { "Q3_K_M", LLAMA_FTYPE_MOSTLY_Q3_K_M }, { "Q3_K_S", LLAMA_FTYPE_MOSTLY_Q3_K_S },
    { "IQ3_M", LLAMA_FTYPE_MOSTLY_IQ3_M },   { "IQ3_S", LLAMA_FTYPE_MOSTLY_IQ3_S },   { "Q2_K", LLAMA_FTYPE_MOSTLY_Q2_K },
};

} // namespace

std::vector<std::string> quantization_types() {
    std::vector<std::string> names;
    for (const auto & [name, type] : quantizations) {
        names.push_back(name);
    }
    return names;
}

Result<uint64_t> quantize_model(const std::string & input_path, const std::string & output_path, const std::string & type) {
    for (const auto & [name, ftype] : quantizations) {
        if (type != name) {
            continue;
        }
        llama_model_quantize_params params = llama_model_quantize_default_params();
        params.ftype = ftype;
        params.allow_requantize = true;
        if (llama_model_quantize(input_path.c_str(), output_path.c_str(), &params) != 0) {
            return Error("quantization.failed", "llama.cpp could not quantize the merged model to " + type + ".").with("type", type);
        }
        return uint64_t(std::filesystem::file_size(std::filesystem::u8path(output_path)));
    }
    return Error("quantization.unknown", "There is no quantization " + type + ".").with("type", type);
}

} // namespace luthier
