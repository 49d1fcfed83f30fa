// Wrapping of core objects in JavaScript classes, and the guard around every callback.
#pragma once

#include "values.hpp"

#include <array>
#include <memory>

namespace luthier::binding {

// The classes of one environment (main thread or worker); lives as its instance data.
struct Classes {
    napi_ref model = nullptr;
    napi_ref chat_template = nullptr;
    napi_ref trainer = nullptr;
};
Classes & classes(napi_env env);

// What a JavaScript object of class T holds: the core object, null once disposed. Work under way holds
// its own share, so disposing never frees memory that a worker thread still uses.
template <typename T> struct Handle {
    std::shared_ptr<T> object;
};

// Names and type tags, specialised beside each class.
template <typename T> struct ClassTraits;

struct Arguments {
    napi_value self = nullptr;
    std::array<napi_value, 4> values{};
    size_t count = 0;

    napi_value at(napi_env env, size_t index) const { return index < count ? values[index] : make_undefined(env); }
};
Arguments get_arguments(napi_env env, napi_callback_info info);

// Runs a callback's body; C++ exceptions become JavaScript ones.
template <typename Body> napi_value guarded(napi_env env, napi_callback_info info, Body && body) {
    try {
        return body(get_arguments(env, info));
    } catch (const TypeMistake & mistake) {
        napi_throw_type_error(env, nullptr, mistake.message.c_str());
    } catch (const PendingException &) {
    } catch (const std::bad_alloc &) {
        napi_throw_error(env, "ERR_OUT_OF_MEMORY", "out of memory");
    } catch (const std::exception & failure) {
        napi_throw_error(env, nullptr, failure.what());
    }
    return nullptr;
}

// A JavaScript object of class T around a core object.
template <typename T> napi_value wrap(napi_env env, napi_ref constructor_ref, std::shared_ptr<T> object) {
    auto handle = std::make_unique<Handle<T>>(Handle<T>{ std::move(object) });
    napi_value constructor, external, instance;
    check(env, napi_get_reference_value(env, constructor_ref, &constructor));
    check(env, napi_create_external(env, handle.get(), nullptr, nullptr, &external));
    check(env, napi_new_instance(env, constructor, 1, &external, &instance));
    check(env, napi_wrap(env, instance, handle.get(), [](napi_env, void * data, void *) { delete static_cast<Handle<T> *>(data); }, nullptr, nullptr));
    handle.release();
    check(env, napi_type_tag_object(env, instance, &ClassTraits<T>::tag));
    return instance;
}

template <typename T> Handle<T> & handle_of(napi_env env, napi_value value) {
    napi_valuetype type;
    check(env, napi_typeof(env, value, &type));
    bool is_tagged = false;
    if (type == napi_object) {
        check(env, napi_check_object_type_tag(env, value, &ClassTraits<T>::tag, &is_tagged));
    }
    if (!is_tagged) {
        throw TypeMistake{ std::string("expected a ") + ClassTraits<T>::name };
    }
    void * data = nullptr;
    check(env, napi_unwrap(env, value, &data));
    return *static_cast<Handle<T> *>(data);
}

// The core object behind a JavaScript one; throws where it is of another class or disposed.
template <typename T> std::shared_ptr<T> unwrap(napi_env env, napi_value value) {
    const Handle<T> & handle = handle_of<T>(env, value);
    if (!handle.object) {
        throw TypeMistake{ std::string("this ") + ClassTraits<T>::name + " is disposed" };
    }
    return handle.object;
}

template <typename T> napi_value dispose(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        handle_of<T>(env, arguments.self).object.reset();
        return make_undefined(env);
    });
}

// Only this addon makes instances: `new Model()` in JavaScript throws.
template <typename T> napi_value construct(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        napi_valuetype type = napi_undefined;
        check(env, napi_typeof(env, arguments.at(env, 0), &type));
        if (type != napi_external) {
            throw TypeMistake{ std::string(ClassTraits<T>::name) + " has no public constructor" };
        }
        return arguments.self;
    });
}

inline napi_property_descriptor method(const char * name, napi_callback callback, napi_property_attributes attributes = napi_default_method) {
    return { name, nullptr, callback, nullptr, nullptr, nullptr, attributes, nullptr };
}
constexpr auto static_method = napi_property_attributes(napi_static | napi_default_method);

void define_model(napi_env env, napi_value exports);
void define_chat_template(napi_env env, napi_value exports);
void define_trainer(napi_env env, napi_value exports);
void define_merge(napi_env env, napi_value exports);
void define_functions(napi_env env, napi_value exports);

} // namespace luthier::binding
