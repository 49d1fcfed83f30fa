// Conversions between JavaScript values and C++ ones, over plain node_api.h.
#pragma once

#include "luthier/result.hpp"

#include <node_api.h>

#include <optional>
#include <string>
#include <vector>

namespace luthier::binding {

// Thrown where the caller breaks the types of binding.d.ts; becomes a JavaScript TypeError.
struct TypeMistake {
    std::string message;
};

// Thrown where Node-API itself failed and left a pending exception.
struct PendingException {};

void check(napi_env env, napi_status status);

// JavaScript → C++; throw TypeMistake naming `what`.
std::string get_string(napi_env env, napi_value value, const char * what);
bool get_bool(napi_env env, napi_value value, const char * what);
double get_number(napi_env env, napi_value value, const char * what);
int64_t get_integer(napi_env env, napi_value value, int64_t low, int64_t high, const char * what);
napi_value get_property(napi_env env, napi_value object, const char * name);
bool is_null(napi_env env, napi_value value);
bool is_absent(napi_env env, napi_value value); // undefined or null
std::vector<napi_value> get_array(napi_env env, napi_value value, const char * what);
std::vector<int32_t> get_int32_array(napi_env env, napi_value value, const char * what);
std::vector<float> get_float32_array(napi_env env, napi_value value, const char * what);

// C++ → JavaScript
napi_value make_undefined(napi_env env);
napi_value make_null(napi_env env);
napi_value make_bool(napi_env env, bool value);
napi_value make_number(napi_env env, double value);
napi_value make_string(napi_env env, const std::string & value);
napi_value make_string_or_null(napi_env env, const std::optional<std::string> & value);
napi_value make_number_or_null(napi_env env, const std::optional<int32_t> & value);
napi_value make_object(napi_env env);
napi_value make_typed_array(napi_env env, napi_typedarray_type type, const void * data, size_t count, size_t element_bytes);
void set(napi_env env, napi_value object, const char * name, napi_value value);

template <typename T, typename Make> napi_value make_array(napi_env env, const std::vector<T> & items, Make && make) {
    napi_value array;
    check(env, napi_create_array_with_length(env, items.size(), &array));
    for (size_t i = 0; i < items.size(); ++i) {
        check(env, napi_set_element(env, array, uint32_t(i), make(items[i])));
    }
    return array;
}

// { ok: true, value } and { ok: false, error }
napi_value make_success(napi_env env, napi_value value);
napi_value make_failure(napi_env env, const Error & error);

template <typename T, typename Make> napi_value make_result(napi_env env, const Result<T> & result, Make && make) {
    return result.ok() ? make_success(env, make(result.value())) : make_failure(env, result.error());
}

} // namespace luthier::binding
