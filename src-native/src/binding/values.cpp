// The conversions of values.hpp.
#include "values.hpp"

#include <cmath>
#include <cstring>

namespace luthier::binding {

void check(napi_env env, napi_status status) {
    if (status == napi_ok) {
        return;
    }
    bool is_pending = false;
    napi_is_exception_pending(env, &is_pending);
    if (!is_pending) {
        const napi_extended_error_info * info = nullptr;
        napi_get_last_error_info(env, &info);
        napi_throw_error(env, nullptr, info && info->error_message ? info->error_message : "Node-API failed");
    }
    throw PendingException{};
}

namespace {

void expect_type(napi_env env, napi_value value, napi_valuetype expected, const char * what, const char * type_name) {
    napi_valuetype type;
    check(env, napi_typeof(env, value, &type));
    if (type != expected) {
        throw TypeMistake{ std::string(what) + " must be a " + type_name };
    }
}

template <typename T> std::vector<T> get_typed_array(napi_env env, napi_value value, napi_typedarray_type expected, const char * what, const char * type_name) {
    bool is_typed_array = false;
    check(env, napi_is_typedarray(env, value, &is_typed_array));
    napi_typedarray_type type = napi_int8_array;
    size_t count = 0;
    void * data = nullptr;
    if (is_typed_array) {
        check(env, napi_get_typedarray_info(env, value, &type, &count, &data, nullptr, nullptr));
    }
    if (!is_typed_array || type != expected) {
        throw TypeMistake{ std::string(what) + " must be a " + type_name };
    }
    const T * first = static_cast<const T *>(data);
    return count == 0 ? std::vector<T>() : std::vector<T>(first, first + count);
}

} // namespace

std::string get_string(napi_env env, napi_value value, const char * what) {
    expect_type(env, value, napi_string, what, "string");
    size_t length = 0;
    check(env, napi_get_value_string_utf8(env, value, nullptr, 0, &length));
    std::string text(length + 1, '\0');
    check(env, napi_get_value_string_utf8(env, value, text.data(), text.size(), &length));
    text.resize(length);
    return text;
}

bool get_bool(napi_env env, napi_value value, const char * what) {
    expect_type(env, value, napi_boolean, what, "boolean");
    bool result = false;
    check(env, napi_get_value_bool(env, value, &result));
    return result;
}

double get_number(napi_env env, napi_value value, const char * what) {
    expect_type(env, value, napi_number, what, "number");
    double result = 0;
    check(env, napi_get_value_double(env, value, &result));
    if (!std::isfinite(result)) {
        throw TypeMistake{ std::string(what) + " must be finite" };
    }
    return result;
}

int64_t get_integer(napi_env env, napi_value value, int64_t low, int64_t high, const char * what) {
    const double number = get_number(env, value, what);
    if (number != std::floor(number) || number < double(low) || number > double(high)) {
        throw TypeMistake{ std::string(what) + " must be an integer from " + std::to_string(low) + " to " + std::to_string(high) };
    }
    return int64_t(number);
}

napi_value get_property(napi_env env, napi_value object, const char * name) {
    napi_valuetype type;
    check(env, napi_typeof(env, object, &type));
    if (type != napi_object) {
        throw TypeMistake{ std::string("an object with ") + name + " is missing" };
    }
    napi_value value;
    check(env, napi_get_named_property(env, object, name, &value));
    return value;
}

bool is_null(napi_env env, napi_value value) {
    napi_valuetype type;
    check(env, napi_typeof(env, value, &type));
    return type == napi_null;
}

bool is_absent(napi_env env, napi_value value) {
    napi_valuetype type;
    check(env, napi_typeof(env, value, &type));
    return type == napi_undefined || type == napi_null;
}

std::vector<napi_value> get_array(napi_env env, napi_value value, const char * what) {
    bool is_array = false;
    check(env, napi_is_array(env, value, &is_array));
    if (!is_array) {
        throw TypeMistake{ std::string(what) + " must be an array" };
    }
    uint32_t count = 0;
    check(env, napi_get_array_length(env, value, &count));
    std::vector<napi_value> items(count);
    for (uint32_t i = 0; i < count; ++i) {
        check(env, napi_get_element(env, value, i, &items[i]));
    }
    return items;
}

std::vector<int32_t> get_int32_array(napi_env env, napi_value value, const char * what) {
    return get_typed_array<int32_t>(env, value, napi_int32_array, what, "Int32Array");
}

std::vector<float> get_float32_array(napi_env env, napi_value value, const char * what) {
    return get_typed_array<float>(env, value, napi_float32_array, what, "Float32Array");
}

napi_value make_undefined(napi_env env) {
    napi_value value;
    check(env, napi_get_undefined(env, &value));
    return value;
}

napi_value make_null(napi_env env) {
    napi_value value;
    check(env, napi_get_null(env, &value));
    return value;
}

napi_value make_bool(napi_env env, bool boolean) {
    napi_value value;
    check(env, napi_get_boolean(env, boolean, &value));
    return value;
}

napi_value make_number(napi_env env, double number) {
    napi_value value;
    check(env, napi_create_double(env, number, &value));
    return value;
}

napi_value make_string(napi_env env, const std::string & text) {
    napi_value value;
    check(env, napi_create_string_utf8(env, text.data(), text.size(), &value));
    return value;
}

napi_value make_string_or_null(napi_env env, const std::optional<std::string> & text) {
    return text ? make_string(env, *text) : make_null(env);
}

napi_value make_number_or_null(napi_env env, const std::optional<int32_t> & number) {
    return number ? make_number(env, *number) : make_null(env);
}

napi_value make_object(napi_env env) {
    napi_value value;
    check(env, napi_create_object(env, &value));
    return value;
}

napi_value make_typed_array(napi_env env, napi_typedarray_type type, const void * source, size_t count, size_t element_bytes) {
    void * data = nullptr;
    napi_value buffer;
    check(env, napi_create_arraybuffer(env, count * element_bytes, &data, &buffer));
    if (count > 0) {
        std::memcpy(data, source, count * element_bytes);
    }
    napi_value value;
    check(env, napi_create_typedarray(env, type, count, buffer, 0, &value));
    return value;
}

void set(napi_env env, napi_value object, const char * name, napi_value value) {
    check(env, napi_set_named_property(env, object, name, value));
}

napi_value make_success(napi_env env, napi_value value) {
    const napi_value result = make_object(env);
    set(env, result, "ok", make_bool(env, true));
    set(env, result, "value", value);
    return result;
}

napi_value make_failure(napi_env env, const Error & error) {
    const napi_value details = make_object(env);
    for (const auto & [name, fact] : error.details) {
        napi_value value = make_null(env);
        if (const bool * boolean = std::get_if<bool>(&fact)) {
            value = make_bool(env, *boolean);
        } else if (const double * number = std::get_if<double>(&fact)) {
            value = make_number(env, *number);
        } else if (const std::string * text = std::get_if<std::string>(&fact)) {
            value = make_string(env, *text);
        }
        set(env, details, name.c_str(), value);
    }
    const napi_value description = make_object(env);
    set(env, description, "code", make_string(env, error.code));
    set(env, description, "message", make_string(env, error.message));
    set(env, description, "details", details);
    const napi_value result = make_object(env);
    set(env, result, "ok", make_bool(env, false));
    set(env, result, "error", description);
    return result;
}

} // namespace luthier::binding
