// The class `Model` of binding.d.ts.
#include "async.hpp"

#include "model_class.hpp"

#include <mutex>

namespace luthier::binding {

namespace {

napi_value make_info(napi_env env, const ModelInfo & info) {
    const napi_value object = make_object(env);
    set(env, object, "architecture", make_string(env, info.architecture));
    set(env, object, "name", make_string_or_null(env, info.name));
    set(env, object, "parameters", make_number(env, info.parameters));
    set(env, object, "quantization", make_string(env, info.quantization));
    set(env, object, "vocabularyOnly", make_bool(env, info.vocabulary_only));
    set(env, object, "vocabularySize", make_number(env, info.vocabulary_size));
    set(env, object, "contextLength", make_number(env, info.context_length));
    set(env, object, "embeddingLength", make_number(env, info.embedding_length));
    set(env, object, "feedForwardLength", make_number(env, info.feed_forward_length));
    set(env, object, "headLength", make_number(env, info.head_length));
    set(env, object, "layers", make_number(env, info.layers));
    set(env, object, "heads", make_number(env, info.heads));
    set(env, object, "keyValueHeads", make_number(env, info.key_value_heads));
    set(env, object, "weightBytes", make_number(env, info.weight_bytes));
    set(env, object, "chatTemplate", make_string_or_null(env, info.chat_template));
    set(env, object, "bosId", make_number_or_null(env, info.bos_id));
    set(env, object, "eosId", make_number_or_null(env, info.eos_id));
    set(env, object, "padId", make_number_or_null(env, info.pad_id));
    set(env, object, "addBos", make_bool(env, info.add_bos));
    set(env, object, "addEos", make_bool(env, info.add_eos));
    set(env, object, "endOfGenerationIds", make_array(env, info.end_of_generation_ids, [&](int32_t id) { return make_number(env, id); }));
    set(env, object, "untrainableReason", make_string_or_null(env, info.untrainable_reason));
    set(env, object, "targetModules", make_array(env, info.target_modules, [&](const std::string & name) { return make_string(env, name); }));
    return object;
}

napi_value make_model(napi_env env, std::shared_ptr<Model> model) {
    const napi_value facts = make_info(env, model->info());
    const napi_value instance = wrap<Model>(env, classes(env).model, std::move(model));
    set(env, instance, "info", facts);
    return instance;
}

// Models by number, for the other threads of this process. Whoever opened a model keeps it alive, not this list.
struct SharedModels {
    std::mutex mutex;
    std::vector<std::weak_ptr<Model>> models;
};

SharedModels & shared_models() {
    static SharedModels shared;
    return shared;
}

napi_value share(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const auto model = unwrap<Model>(env, arguments.self);
        SharedModels & shared = shared_models();
        const std::lock_guard<std::mutex> lock(shared.mutex);
        for (size_t i = 0; i < shared.models.size(); ++i) {
            if (shared.models[i].lock() == model) {
                return make_number(env, double(i));
            }
        }
        shared.models.push_back(model);
        return make_number(env, double(shared.models.size() - 1));
    });
}

napi_value open_shared(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const int64_t number = get_integer(env, arguments.at(env, 0), 0, INT32_MAX, "number");
        SharedModels & shared = shared_models();
        std::shared_ptr<Model> model;
        {
            const std::lock_guard<std::mutex> lock(shared.mutex);
            model = size_t(number) < shared.models.size() ? shared.models[size_t(number)].lock() : nullptr;
        }
        if (!model) {
            return make_failure(env, Error("model.notShared", "No open model has the number " + std::to_string(number) + ".").with("number", double(number)));
        }
        return make_success(env, make_model(env, std::move(model)));
    });
}

napi_value open(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const std::string path = get_string(env, arguments.at(env, 0), "path");
        const napi_value options = arguments.at(env, 1);
        const bool vocabulary_only = get_bool(env, get_property(env, options, "vocabularyOnly"), "vocabularyOnly");
        const napi_value device_value = get_property(env, options, "device");
        std::optional<std::string> device;
        if (!is_absent(env, device_value)) {
            device = get_string(env, device_value, "device");
        }
        return run_async<std::shared_ptr<Model>>(
            env, "luthier:Model.open", [=] { return Model::open(path, vocabulary_only, device); },
            [](napi_env env, std::shared_ptr<Model> & model) { return make_model(env, std::move(model)); });
    });
}

napi_value tokenize(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const auto model = unwrap<Model>(env, arguments.self);
        const std::string text = get_string(env, arguments.at(env, 0), "text");
        const napi_value options = arguments.at(env, 1);
        const bool add_special = get_bool(env, get_property(env, options, "addSpecial"), "addSpecial");
        const bool parse_special = get_bool(env, get_property(env, options, "parseSpecial"), "parseSpecial");
        const std::vector<int32_t> ids = model->tokenize(text, add_special, parse_special);
        return make_typed_array(env, napi_int32_array, ids.data(), ids.size(), sizeof(int32_t));
    });
}

napi_value pieces(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const auto model = unwrap<Model>(env, arguments.self);
        const std::vector<int32_t> ids = get_int32_array(env, arguments.at(env, 0), "ids");
        return make_result(env, model->pieces(ids.data(), ids.size()), [&](const Pieces & pieces) {
            const napi_value object = make_object(env);
            set(env, object, "bytes", make_typed_array(env, napi_uint8_array, pieces.bytes.data(), pieces.bytes.size(), 1));
            set(env, object, "offsets", make_typed_array(env, napi_uint32_array, pieces.offsets.data(), pieces.offsets.size(), sizeof(uint32_t)));
            return object;
        });
    });
}

// Triples of start and end, in UTF-16 units of the text, and token → fragments in bytes of its UTF-8.
std::vector<TextFragment> get_fragments(const std::string & text, const std::vector<int32_t> & cells) {
    std::vector<TextFragment> fragments;
    fragments.reserve(cells.size() / 3);
    size_t byte = 0;
    int32_t unit = 0;
    const auto byte_at = [&](int32_t wanted) {
        while (unit < wanted && byte < text.size()) {
            const auto lead = static_cast<unsigned char>(text[byte]);
            byte += lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
            unit += lead < 0xf0 ? 1 : 2;
        }
        if (unit != wanted) {
            throw TypeMistake{ "fragments must ascend and begin and end at characters of the text" };
        }
        return uint32_t(byte);
    };
    for (size_t i = 0; i + 2 < cells.size(); i += 3) {
        const uint32_t start = byte_at(cells[i]);
        const uint32_t end = byte_at(cells[i + 1]);
        fragments.push_back({ start, end, cells[i + 2] });
    }
    return fragments;
}

napi_value place_tokens(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const auto model = unwrap<Model>(env, arguments.self);
        const std::string text = get_string(env, arguments.at(env, 0), "text");
        const std::vector<TextFragment> fragments = get_fragments(text, get_int32_array(env, arguments.at(env, 1), "fragments"));
        const std::optional<PlacedTokens> placed = model->place_tokens(text, fragments);
        if (!placed) {
            return make_null(env);
        }
        const napi_value object = make_object(env);
        set(env, object, "inputIds", make_typed_array(env, napi_int32_array, placed->ids.data(), placed->ids.size(), sizeof(int32_t)));
        set(env, object, "starts", make_typed_array(env, napi_uint32_array, placed->starts.data(), placed->starts.size(), sizeof(uint32_t)));
        set(env, object, "ends", make_typed_array(env, napi_uint32_array, placed->ends.data(), placed->ends.size(), sizeof(uint32_t)));
        return object;
    });
}

napi_value detokenize(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const auto model = unwrap<Model>(env, arguments.self);
        const std::vector<int32_t> ids = get_int32_array(env, arguments.at(env, 0), "ids");
        return make_result(env, model->detokenize(ids.data(), ids.size()), [&](const std::string & text) { return make_string(env, text); });
    });
}

napi_value special_tokens(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const auto model = unwrap<Model>(env, arguments.self);
        return make_array(env, model->special_tokens(), [&](const SpecialToken & token) {
            const napi_value object = make_object(env);
            set(env, object, "id", make_number(env, token.id));
            set(env, object, "text", make_string(env, token.text));
            set(env, object, "kind", make_string(env, token.kind));
            set(env, object, "stripsLeft", make_bool(env, token.strips_left));
            set(env, object, "stripsRight", make_bool(env, token.strips_right));
            return object;
        });
    });
}

} // namespace

void define_model(napi_env env, napi_value exports) {
    const napi_property_descriptor properties[] = {
        method("open", open, static_method),
        method("openShared", open_shared, static_method),
        method("share", share),
        method("tokenize", tokenize),
        method("pieces", pieces),
        method("placeTokens", place_tokens),
        method("detokenize", detokenize),
        method("specialTokens", special_tokens),
        method("dispose", dispose<Model>),
    };
    napi_value constructor;
    check(env, napi_define_class(env, "Model", NAPI_AUTO_LENGTH, construct<Model>, nullptr, std::size(properties), properties, &constructor));
    check(env, napi_create_reference(env, constructor, 1, &classes(env).model));
    set(env, exports, "Model", constructor);
}

} // namespace luthier::binding
