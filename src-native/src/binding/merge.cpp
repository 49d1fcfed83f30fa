// The functions `mergeAdapter`, `quantizeModel` and `quantizationTypes` of binding.d.ts.
#include "async.hpp"

#include "luthier/backend.hpp"
#include "luthier/merge_adapter.hpp"

namespace luthier::binding {

namespace {

std::function<napi_value(napi_env, uint64_t &)> as_bytes() {
    return [](napi_env env, uint64_t & bytes) {
        const napi_value object = make_object(env);
        set(env, object, "bytes", make_number(env, double(bytes)));
        return object;
    };
}

napi_value merge(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const napi_value given = arguments.at(env, 0);
        const auto text = [&](const char * name) { return get_string(env, get_property(env, given, name), name); };
        const MergeOptions options = { text("modelPath"), text("adapterPath"), text("outputPath"), text("weightType"), text("baseName"), text("adapterName") };
        return run_async<uint64_t>(env, "mergeAdapter", [options] { return merge_adapter(options); }, as_bytes());
    });
}

napi_value quantize(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const std::string input = get_string(env, arguments.at(env, 0), "inputPath");
        const std::string output = get_string(env, arguments.at(env, 1), "outputPath");
        const std::string type = get_string(env, arguments.at(env, 2), "type");
        return run_async<uint64_t>(env, "quantizeModel", [=]() -> Result<uint64_t> {
            const Status started = start_backend();
            return started.ok() ? quantize_model(input, output, type) : Result<uint64_t>(started.error());
        }, as_bytes());
    });
}

napi_value quantizations(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments &) {
        return make_array(env, quantization_types(), [&](const std::string & name) { return make_string(env, name); });
    });
}

} // namespace

void define_merge(napi_env env, napi_value exports) {
    const napi_property_descriptor properties[] = {
        method("mergeAdapter", merge, napi_enumerable),
        method("quantizeModel", quantize, napi_enumerable),
        method("quantizationTypes", quantizations, napi_enumerable),
    };
    check(env, napi_define_properties(env, exports, std::size(properties), properties));
}

} // namespace luthier::binding
