// What a model's header alone tells: for lists of files that nobody opens.
#include "luthier/architectures.hpp"
#include "luthier/model.hpp"

#include "ggml.h"

#include <algorithm>
#include <cstdint>
#include <map>

namespace luthier {

namespace {

std::string upper_case(std::string text) {
    for (char & c : text) {
        c = (c >= 'a' && c <= 'z') ? char(c - 'a' + 'A') : c;
    }
    return text;
}

} // namespace

ModelFacts describe_header(const GgufHeader & header) {
    ModelFacts facts;
    const auto text = [&](const char * key) -> std::optional<std::string> {
        const auto found = header.strings.find(key);
        return found == header.strings.end() ? std::nullopt : std::optional<std::string>(found->second);
    };
    facts.architecture = text("general.architecture").value_or("");
    facts.name = text("general.name");
    const auto context = header.numbers.find(facts.architecture + ".context_length");
    facts.context_length = context == header.numbers.end() ? 0 : int32_t(std::min(std::max(context->second, 0.0), double(INT32_MAX)));

    std::map<uint32_t, double> bytes_by_type;
    for (const GgufTensor & tensor : header.tensors) {
        double elements = 1;
        for (const uint64_t extent : tensor.shape) {
            elements *= double(extent);
        }
        facts.parameters += elements;
        facts.weight_bytes += double(tensor.bytes);
        bytes_by_type[tensor.type] += double(tensor.bytes);
    }
    double most = -1;
    for (const auto & [type, bytes] : bytes_by_type) {
        if (bytes > most) {
            most = bytes;
            facts.quantization = upper_case(ggml_type_name(ggml_type(type)));
        }
    }
    facts.untrainable_reason = untrainable_reason(header);
    return facts;
}

Result<ModelFacts> inspect_model(const std::string & path) {
    const Result<GgufHeader> header = read_gguf_header(path, "model");
    if (!header.ok()) {
        return header.error();
    }
    const auto type = header.value().strings.find("general.type");
    const bool claims_model = type == header.value().strings.end() || type->second == "model";
    if (claims_model) {
        if (Problem problem = check_model_hyperparameters(header.value())) {
            return *problem;
        }
    }
    return describe_header(header.value());
}

} // namespace luthier
