// Creates, initializes and saves a LoRA adapter (Hu et al., 2021; initialization as in PEFT's LoraLayer).
#include "luthier/adapter.hpp"

#include "luthier/architectures.hpp"
#include "luthier/random.hpp"

#include "gguf.h"
#include "llama-adapter.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

namespace luthier {

namespace {

// Weights to adapt, in order: for layer 1 of two and attn_q → { "blk.1.attn_q.weight" }.
Result<std::vector<std::string>> target_weights(const Model & model, const AdapterOptions & options) {
    const Result<std::vector<std::string>> modules = resolve_targets(options.target_modules, model.info().target_modules);
    if (!modules.ok()) {
        return modules.error();
    }
    const int32_t layers = model.info().layers;
    const int32_t first = options.last_layers ? std::max(0, layers - *options.last_layers) : 0;
    std::vector<std::string> weights;
    for (int32_t layer = first; layer < layers; ++layer) {
        for (const std::string & module : modules.value()) {
            const std::string name = "blk." + std::to_string(layer) + "." + module + ".weight";
            if (model.weight(name)) {
                weights.push_back(name);
            }
        }
    }
    if (weights.empty()) {
        return Error("adapter.targetUnknown", "The adapter would target no weight: it covers none of the model's layers.").with("target", nullptr);
    }
    return weights;
}

Error options_mismatch(const char * what, const std::string & in_file, const std::string & in_options) {
    return Error("adapter.optionsMismatch", std::string("The adapter's ") + what + " is " + in_file + ", the recipe's " + in_options + ".")
        .with("option", what).with("adapter", in_file).with("recipe", in_options);
}

} // namespace

Adapter::Adapter() = default;
Adapter::~Adapter() = default;

Result<std::unique_ptr<Adapter>> Adapter::create(const Model & model, const AdapterOptions & options) {
    const Result<std::vector<std::string>> weights = target_weights(model, options);
    if (!weights.ok()) {
        return weights.error();
    }
    std::unique_ptr<Adapter> adapter(new Adapter());
    adapter->architecture_ = model.info().architecture;
    adapter->allocate(weights.value(), model, options.rank);
    if (!adapter->buffer_) {
        return Error("trainer.outOfMemory", "The memory of this machine does not suffice for the adapter.");
    }
    // rsLoRA (Kalajdzievski, 2023) scales by alpha/√rank; as (alpha·√rank)/rank any loader understands it
    adapter->lora_->alpha = float(options.rs_lora ? options.alpha * std::sqrt(double(options.rank)) : options.alpha);
    adapter->initialize(options.seed);
    if (!options.initial_adapter) {
        return adapter;
    }

    const Result<AdapterFile> file = read_adapter_file(*options.initial_adapter, model);
    if (!file.ok()) {
        return file.error();
    }
    std::map<std::string, const AdapterTensor *> tensors;
    for (const AdapterTensor & tensor : file.value().tensors) {
        tensors[tensor.name] = &tensor;
    }
    // llama_adapter_lora_weight::get_scale takes alpha 0 for "scale 1"
    const float file_alpha = file.value().alpha == 0 ? float(options.rank) : file.value().alpha;
    if (std::fabs(file_alpha - adapter->lora_->alpha) > 1e-4f * std::fabs(file_alpha)) {
        return options_mismatch("alpha", std::to_string(file_alpha), std::to_string(adapter->lora_->alpha));
    }
    if (tensors.size() != adapter->parameters_.size()) {
        return options_mismatch("number of targeted weights", std::to_string(tensors.size() / 2), std::to_string(adapter->parameters_.size() / 2));
    }
    for (const Parameter & parameter : adapter->parameters_) {
        const auto found = tensors.find(parameter.name);
        if (found == tensors.end()) {
            return options_mismatch("choice of targets", "without " + parameter.name, "with it");
        }
        const AdapterTensor & tensor = *found->second;
        if (tensor.shape[0] != uint64_t(parameter.value->ne[0]) || tensor.shape[1] != uint64_t(parameter.value->ne[1])) {
            return Error("adapter.shapeMismatch", "The adapter's " + parameter.name + " is " + std::to_string(tensor.shape[0]) + " × " +
                                                      std::to_string(tensor.shape[1]) + ", expected " + std::to_string(parameter.value->ne[0]) + " × " +
                                                      std::to_string(parameter.value->ne[1]) + " (is the rank the same?).")
                .with("tensor", parameter.name);
        }
        adapter->write(parameter.value, tensor.values);
    }
    return adapter;
}

void Adapter::allocate(const std::vector<std::string> & weights, const Model & model, int32_t rank) {
    lora_ = std::make_unique<llama_adapter_lora>(&model.llama());
    const size_t tensors = weights.size() * 4;
    context_.reset(ggml_init({ tensors * ggml_tensor_overhead(), nullptr, true }));
    const auto add = [&](const std::string & name, int64_t columns, int64_t rows) {
        ggml_tensor * value = ggml_new_tensor_2d(context_.get(), GGML_TYPE_F32, columns, rows);
        ggml_tensor * gradient = ggml_new_tensor_2d(context_.get(), GGML_TYPE_F32, columns, rows);
        ggml_set_name(value, name.c_str());
        ggml_format_name(gradient, "d %s", name.c_str());
        parameters_.push_back({ name, value, gradient });
        return value;
    };
    for (const std::string & name : weights) {
        const ggml_tensor * weight = model.weight(name);
        ggml_tensor * a = add(name + ".lora_a", weight->ne[0], rank);
        ggml_tensor * b = add(name + ".lora_b", rank, weight->ne[1]);
        lora_->ab_map[name] = llama_adapter_lora_weight(a, b);
    }
    buffer_.reset(ggml_backend_alloc_ctx_tensors_from_buft(context_.get(), ggml_backend_dev_buffer_type(model.device())));
    if (buffer_) {
        ggml_backend_buffer_clear(buffer_.get(), 0);
    }
}

// torch.nn.init.kaiming_uniform_(A, a=√5): gain = √(2/(1+5)), bound = √3·gain/√fan_in = 1/√fan_in. B is
// zero, so that the adapter starts as the identity.
void Adapter::initialize(uint64_t seed) {
    for (const Parameter & parameter : parameters_) {
        const bool is_a = parameter.name.back() == 'a';
        if (!is_a) {
            continue;
        }
        RandomStream random(seed, parameter.name);
        const float bound = 1.0f / std::sqrt(float(parameter.value->ne[0]));
        std::vector<float> values(parameter.count());
        for (float & value : values) {
            value = random.uniform(bound);
        }
        write(parameter.value, values);
    }
}

float Adapter::alpha() const {
    return lora_->alpha;
}

void Adapter::clear_gradients() {
    for (const Parameter & parameter : parameters_) {
        ggml_backend_tensor_memset(parameter.gradient, 0, 0, ggml_nbytes(parameter.gradient));
    }
}

std::vector<float> Adapter::read(const ggml_tensor * tensor) const {
    std::vector<float> values(size_t(ggml_nelements(tensor)));
    ggml_backend_tensor_get(tensor, values.data(), 0, ggml_nbytes(tensor));
    return values;
}

void Adapter::write(ggml_tensor * tensor, const std::vector<float> & values) {
    ggml_backend_tensor_set(tensor, values.data(), 0, ggml_nbytes(tensor));
}

Result<double> Adapter::save(const std::string & path) const {
    // The four keys that llama_adapter_lora_init_impl reads; it accepts no adapter without them.
    const gguf_context_ptr file(gguf_init_empty());
    gguf_set_val_str(file.get(), "general.type", "adapter");
    gguf_set_val_str(file.get(), "general.architecture", architecture_.c_str());
    gguf_set_val_str(file.get(), "adapter.type", "lora");
    gguf_set_val_f32(file.get(), "adapter.lora.alpha", alpha());
    for (const Parameter & parameter : parameters_) {
        gguf_add_tensor(file.get(), parameter.value);
    }
    std::vector<uint8_t> bytes(gguf_get_meta_size(file.get()));
    gguf_get_meta_data(file.get(), bytes.data());
    const size_t alignment = gguf_get_alignment(file.get());
    for (const Parameter & parameter : parameters_) {
        const size_t start = bytes.size();
        bytes.resize(start + ggml_nbytes(parameter.value));
        ggml_backend_tensor_get(parameter.value, bytes.data() + start, 0, ggml_nbytes(parameter.value));
        bytes.resize((bytes.size() + alignment - 1) / alignment * alignment);
    }
    if (const Status written = write_file_atomically(path, bytes); !written.ok()) {
        return written.error();
    }
    return double(bytes.size());
}

} // namespace luthier
