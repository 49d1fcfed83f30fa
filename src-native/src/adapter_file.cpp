// Reads an adapter GGUF with every fact checked against the model, and writes files atomically.
#include "luthier/adapter.hpp"

#include "luthier/gguf_check.hpp"

#include "ggml.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#ifdef _WIN32
#include <io.h>
#else
#include <fcntl.h>
#include <unistd.h>
#endif

namespace luthier {

namespace {

constexpr size_t suffix_length = 7; // of ".lora_a" and ".lora_b"

std::string text_of(const GgufHeader & header, const char * key) {
    const auto found = header.strings.find(key);
    return found == header.strings.end() ? "" : found->second;
}

Problem check_kind(const GgufHeader & header, const std::string & path) {
    const std::string general = text_of(header, "general.type");
    const std::string kind = text_of(header, "adapter.type");
    if (general != "adapter" || kind != "lora") {
        const std::string found = general.empty() ? "nothing" : general == "adapter" ? "an adapter of kind " + kind : general;
        return Error("adapter.notAnAdapter", path + " is no LoRA adapter: it says it is " + found + ".").with("path", path).with("type", general);
    }
    return std::nullopt;
}

int layer_of(const std::string & name) {
    return name.rfind("blk.", 0) == 0 ? std::atoi(name.c_str() + 4) : -1;
}

Problem check_model(const GgufHeader & header, const Model & model) {
    const std::string architecture = text_of(header, "general.architecture");
    if (architecture != model.info().architecture) {
        return Error("adapter.wrongModel", "The adapter is for the architecture " + architecture + ", the model is " + model.info().architecture + ".")
            .with("adapterArchitecture", architecture).with("modelArchitecture", model.info().architecture);
    }
    int layers = 0;
    for (const GgufTensor & tensor : header.tensors) {
        layers = std::max(layers, layer_of(tensor.name) + 1);
    }
    if (layers > model.info().layers) {
        return Error("adapter.wrongModel", "The adapter has " + std::to_string(layers) + " layers, the model " + std::to_string(model.info().layers) + ".")
            .with("adapterLayers", layers).with("modelLayers", model.info().layers);
    }
    return std::nullopt;
}

Problem check_tensor(const GgufTensor & tensor, const Model & model) {
    const std::string suffix = tensor.name.size() > suffix_length ? tensor.name.substr(tensor.name.size() - suffix_length) : "";
    const bool is_a = suffix == ".lora_a";
    if (!is_a && suffix != ".lora_b") {
        return Error("adapter.notAnAdapter", "The adapter holds " + tensor.name + ", which is no LoRA matrix.").with("tensor", tensor.name);
    }
    const std::string weight_name = tensor.name.substr(0, tensor.name.size() - suffix_length);
    const ggml_tensor * weight = model.weight(weight_name);
    if (!weight) {
        return Error("adapter.wrongModel", "The adapter targets " + weight_name + ", which the model does not have.").with("tensor", tensor.name);
    }
    const uint64_t expected = uint64_t(is_a ? weight->ne[0] : weight->ne[1]);
    const bool is_matrix = tensor.shape.size() == 2;
    if (!is_matrix || tensor.shape[is_a ? 0 : 1] != expected) {
        return Error("adapter.shapeMismatch", "The adapter's " + tensor.name + " does not fit the model: expected " + std::to_string(expected) +
                                                  (is_a ? " columns" : " rows") + (is_matrix ? ", found " + std::to_string(tensor.shape[is_a ? 0 : 1]) : "") + ".")
            .with("tensor", tensor.name).with("expected", double(expected));
    }
    if (tensor.type != GGML_TYPE_F32 && tensor.type != GGML_TYPE_F16 && tensor.type != GGML_TYPE_BF16) {
        return Error("adapter.notAnAdapter", "The adapter's " + tensor.name + " is of type " + ggml_type_name(ggml_type(tensor.type)) + ", not float.")
            .with("tensor", tensor.name);
    }
    return std::nullopt;
}

std::vector<float> read_values(std::ifstream & file, const GgufTensor & tensor) {
    std::vector<uint8_t> bytes(tensor.bytes);
    file.seekg(std::streamoff(tensor.offset));
    file.read(reinterpret_cast<char *>(bytes.data()), std::streamsize(bytes.size()));
    std::vector<float> values(tensor.shape[0] * tensor.shape[1]);
    if (tensor.type == GGML_TYPE_F32) {
        std::memcpy(values.data(), bytes.data(), bytes.size());
    } else {
        ggml_get_type_traits(ggml_type(tensor.type))->to_float(bytes.data(), values.data(), int64_t(values.size()));
    }
    return values;
}

} // namespace

Result<AdapterFile> read_adapter_file(const std::string & path, const Model & model) {
    const Result<GgufHeader> read = read_gguf_header(path, "adapter");
    if (!read.ok()) {
        return read.error();
    }
    const GgufHeader & header = read.value();
    if (Problem problem = check_kind(header, path)) {
        return *problem;
    }
    if (Problem problem = check_model(header, model)) {
        return *problem;
    }
    AdapterFile adapter;
    const auto alpha = header.numbers.find("adapter.lora.alpha");
    adapter.alpha = alpha == header.numbers.end() ? 0.0f : float(alpha->second);
    std::ifstream file(std::filesystem::u8path(path), std::ios::binary);
    for (const GgufTensor & tensor : header.tensors) {
        if (Problem problem = check_tensor(tensor, model)) {
            return *problem;
        }
        std::vector<float> values = read_values(file, tensor);
        for (const float value : values) {
            if (!file || !std::isfinite(value)) {
                return Error("adapter.damaged", path + " is damaged: " + tensor.name + " holds values that are no numbers.").with("tensor", tensor.name);
            }
        }
        adapter.tensors.push_back({ tensor.name, tensor.shape, std::move(values) });
    }
    return adapter;
}

Status write_file_atomically(const std::string & path, const std::vector<uint8_t> & bytes) {
    const auto target = std::filesystem::u8path(path);
    auto temporary = target;
    temporary += ".partial";
    const auto failed = [&](const std::string & reason) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        return Error("file.writeFailed", path + " could not be written: " + reason + ".").with("path", path).with("reason", reason);
    };
#ifdef _WIN32
    std::FILE * file = _wfopen(temporary.c_str(), L"wb");
#else
    std::FILE * file = std::fopen(temporary.c_str(), "wb");
#endif
    if (!file) {
        return failed(std::strerror(errno));
    }
    bool is_written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size() && std::fflush(file) == 0;
#ifdef _WIN32
    is_written = is_written && _commit(_fileno(file)) == 0;
#else
    is_written = is_written && fsync(fileno(file)) == 0;
#endif
    const int write_error = errno;
    is_written = std::fclose(file) == 0 && is_written;
    if (!is_written) {
        return failed(std::strerror(write_error));
    }
    std::error_code failure;
    std::filesystem::rename(temporary, target, failure);
    if (failure) {
        return failed(failure.message());
    }
#ifndef _WIN32
    // the new name must survive a power cut too
    const auto folder = target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
    if (const int handle = open(folder.c_str(), O_RDONLY); handle >= 0) {
        fsync(handle);
        close(handle);
    }
#endif
    return Nothing{};
}

} // namespace luthier
