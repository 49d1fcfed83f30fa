// Registers the addon: its classes and its free functions.
#include "classes.hpp"

#include "luthier/architectures.hpp"
#include "luthier/backend.hpp"
#include "luthier/model.hpp"

namespace luthier::binding {

Classes & classes(napi_env env) {
    void * data = nullptr;
    check(env, napi_get_instance_data(env, &data));
    return *static_cast<Classes *>(data);
}

Arguments get_arguments(napi_env env, napi_callback_info info) {
    Arguments arguments;
    size_t count = arguments.values.size();
    check(env, napi_get_cb_info(env, info, &count, arguments.values.data(), &arguments.self, nullptr));
    arguments.count = std::min(count, arguments.values.size());
    return arguments;
}

namespace {

napi_value version(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments &) {
        const napi_value object = make_object(env);
        set(env, object, "addon", make_string(env, LUTHIER_ADDON_VERSION));
        set(env, object, "llamaCpp", make_string(env, LUTHIER_LLAMA_RELEASE));
        set(env, object, "buildHash", make_string(env, LUTHIER_BUILD_HASH));
        set(env, object, "compiler", make_string(env, LUTHIER_COMPILER));
        set(env, object, "cpuFeatures", make_array(env, cpu_features(), [&](const std::string & name) { return make_string(env, name); }));
        return object;
    });
}

napi_value trainable(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments &) {
        const auto text = [&](const std::string & name) { return make_string(env, name); };
        const napi_value object = make_object(env);
        set(env, object, "architectures", make_array(env, trainable_architectures(), text));
        set(env, object, "weightTypes", make_array(env, trainable_weight_types(), text));
        return object;
    });
}

napi_value inspect(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const std::string path = get_string(env, arguments.at(env, 0), "path");
        return make_result(env, inspect_model(path), [&](const ModelFacts & facts) {
            const napi_value object = make_object(env);
            set(env, object, "architecture", make_string(env, facts.architecture));
            set(env, object, "name", make_string_or_null(env, facts.name));
            set(env, object, "parameters", make_number(env, facts.parameters));
            set(env, object, "quantization", make_string(env, facts.quantization));
            set(env, object, "contextLength", make_number(env, facts.context_length));
            set(env, object, "untrainableReason", make_string_or_null(env, facts.untrainable_reason));
            return object;
        });
    });
}

napi_value load_backend_module(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const std::string path = get_string(env, arguments.at(env, 0), "path");
        return make_result(env, load_backend(path), [&](const std::string & name) { return make_string(env, name); });
    });
}

napi_value devices(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments &) {
        return make_array(env, list_devices(), [&](const DeviceInfo & device) {
            const napi_value object = make_object(env);
            set(env, object, "name", make_string(env, device.name));
            set(env, object, "description", make_string(env, device.description));
            set(env, object, "backend", make_string(env, device.backend));
            set(env, object, "kind", make_string(env, device.kind));
            set(env, object, "driver", make_string_or_null(env, device.driver));
            set(env, object, "isSoftware", make_bool(env, device.is_software));
            set(env, object, "memoryTotalBytes", make_number(env, device.memory_total_bytes));
            set(env, object, "memoryFreeBytes", make_number(env, device.memory_free_bytes));
            return object;
        });
    });
}

napi_value set_level(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const std::string name = get_string(env, arguments.at(env, 0), "level");
        const std::pair<const char *, LogLevel> levels[] = {
            { "debug", LogLevel::debug }, { "info", LogLevel::info }, { "warn", LogLevel::warn },
            { "error", LogLevel::error }, { "none", LogLevel::none },
        };
        for (const auto & [known, level] : levels) {
            if (name == known) {
                set_log_level(level);
                return make_undefined(env);
            }
        }
        throw TypeMistake{ "level must be debug, info, warn, error or none" };
    });
}

} // namespace

void define_functions(napi_env env, napi_value exports) {
    const napi_property_descriptor properties[] = {
        method("version", version, napi_enumerable),
        method("trainable", trainable, napi_enumerable),
        method("inspectModel", inspect, napi_enumerable),
        method("loadBackend", load_backend_module, napi_enumerable),
        method("devices", devices, napi_enumerable),
        method("setLogLevel", set_level, napi_enumerable),
    };
    check(env, napi_define_properties(env, exports, std::size(properties), properties));
}

} // namespace luthier::binding

NAPI_MODULE_INIT() {
    using namespace luthier::binding;
    auto held = std::make_unique<Classes>();
    if (napi_set_instance_data(env, held.get(), [](napi_env, void * data, void *) { delete static_cast<Classes *>(data); }, nullptr) != napi_ok) {
        return nullptr;
    }
    held.release();
    try {
        define_functions(env, exports);
        define_model(env, exports);
        define_chat_template(env, exports);
        define_trainer(env, exports);
        define_merge(env, exports);
    } catch (const PendingException &) {
        return nullptr;
    }
    return exports;
}
