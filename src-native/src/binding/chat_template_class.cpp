// The class `ChatTemplate` of binding.d.ts.
#include "classes.hpp"

#include "luthier/chat_template.hpp"

namespace luthier::binding {

template <> struct ClassTraits<ChatTemplate> {
    static constexpr const char * name = "ChatTemplate";
    static constexpr napi_type_tag tag = { 0x6c7574686965722dull, 0x74656d706c617465ull };
};

namespace {

napi_value compile(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const std::string source = get_string(env, arguments.at(env, 0), "source");
        return make_result(env, ChatTemplate::compile(source), [&](const std::shared_ptr<ChatTemplate> & compiled) {
            return wrap<ChatTemplate>(env, classes(env).chat_template, compiled);
        });
    });
}

napi_value render(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const auto compiled = unwrap<ChatTemplate>(env, arguments.self);
        const std::string context = get_string(env, arguments.at(env, 0), "contextJson");
        constexpr double latest = 253402300799.0; // the last second of the year 9999
        const double now = get_number(env, get_property(env, arguments.at(env, 1), "now"), "now");
        if (now < 0 || now > latest) {
            throw TypeMistake{ "now must be seconds since 1970" };
        }
        return make_result(env, compiled->render(context, int64_t(now)), [&](const std::string & text) { return make_string(env, text); });
    });
}

} // namespace

void define_chat_template(napi_env env, napi_value exports) {
    const napi_property_descriptor properties[] = {
        method("compile", compile, static_method),
        method("render", render),
        method("dispose", dispose<ChatTemplate>),
    };
    napi_value constructor;
    check(env, napi_define_class(env, "ChatTemplate", NAPI_AUTO_LENGTH, construct<ChatTemplate>, nullptr, std::size(properties), properties, &constructor));
    check(env, napi_create_reference(env, constructor, 1, &classes(env).chat_template));
    set(env, exports, "ChatTemplate", constructor);
}

} // namespace luthier::binding
