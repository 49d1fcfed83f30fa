// Compiles and renders chat templates as common_chat_template does (common/chat.h, common/chat.cpp).
#include "luthier/chat_template.hpp"

#include "jinja/lexer.h"
#include "jinja/parser.h"
#include "jinja/runtime.h"
#include "json.h"

#include <algorithm>
#include <ctime>

namespace luthier {

namespace {

// The parser and the engine recurse once per level; deeper input would overflow the stack.
constexpr int max_nesting = 200;

size_t line_of(const std::string & source, size_t position) {
    return 1 + size_t(std::count(source.begin(), source.begin() + std::ptrdiff_t(std::min(position, source.size())), '\n'));
}

Error syntax_error(const std::string & reason, const std::string & source, size_t position) {
    const size_t line = line_of(source, position);
    return Error("template.syntax", "The chat template has a syntax error in line " + std::to_string(line) + ": " + reason + ".")
        .with("line", double(line)).with("reason", reason);
}

// Position of the first token nested too deeply, or npos. Counts open brackets, open blocks and runs of
// prefix operators, which are what the parser recurses on.
size_t find_deep_nesting(const jinja::lexer_result & lexed) {
    int brackets = 0, blocks = 0, prefixes = 0;
    const auto & tokens = lexed.tokens;
    for (size_t i = 0; i < tokens.size(); ++i) {
        const jinja::token & token = tokens[i];
        const bool opens = token.t == jinja::token::open_paren || token.t == jinja::token::open_square_bracket ||
                           token.t == jinja::token::open_curly_bracket;
        const bool closes = token.t == jinja::token::close_paren || token.t == jinja::token::close_square_bracket ||
                            token.t == jinja::token::close_curly_bracket;
        brackets = opens ? brackets + 1 : closes ? std::max(0, brackets - 1) : brackets;
        const bool is_prefix = token.t == jinja::token::additive_binary_operator || token.value == "not" || token.value == "if" ||
                               token.value == "else" || token.value == "elif";
        prefixes = is_prefix ? prefixes + 1 : token.t == jinja::token::close_statement || token.t == jinja::token::close_expression ? 0 : prefixes;
        if (i > 0 && tokens[i - 1].t == jinja::token::open_statement) {
            const bool ends = token.value.rfind("end", 0) == 0;
            const bool begins = token.value == "if" || token.value == "for" || token.value == "macro" || token.value == "call" ||
                                token.value == "filter" || token.value == "elif";
            blocks = ends ? std::max(0, blocks - 1) : begins ? blocks + 1 : blocks;
        }
        if (brackets > max_nesting || blocks > 4 * max_nesting || prefixes > max_nesting) {
            return token.pos;
        }
    }
    return std::string::npos;
}

int json_depth(const std::string & json) {
    int depth = 0, deepest = 0;
    bool in_text = false;
    for (size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (in_text) {
            i += c == '\\';
            in_text = c != '"';
        } else if (c == '"') {
            in_text = true;
        } else if (c == '{' || c == '[') {
            deepest = std::max(deepest, ++depth);
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return deepest;
}

std::string format_time(const std::string & format, int64_t now) {
    const std::time_t seconds = std::time_t(now);
    std::tm parts = {};
#ifdef _WIN32
    gmtime_s(&parts, &seconds);
#else
    gmtime_r(&seconds, &parts);
#endif
    char text[256];
    const size_t length = std::strftime(text, sizeof(text), format.c_str(), &parts);
    if (length == 0 && !format.empty()) {
        throw std::runtime_error("strftime_now: the format is too long");
    }
    return std::string(text, length);
}

// The engine wraps messages as "While executing … at line 3, column 7 in source: … Error: words".
std::string last_words(const std::string & message) {
    const size_t found = message.rfind("\nError: ");
    return found == std::string::npos ? message : message.substr(found + 8);
}

Error failed(const std::string & message) {
    const std::string mark = " at line ";
    const size_t found = message.find(mark);
    const double line = found == std::string::npos ? 0 : std::atof(message.c_str() + found + mark.size());
    const std::string reason = last_words(message);
    const std::string place = line > 0 ? " in line " + std::to_string(int(line)) : "";
    Error error("template.failed", "The chat template failed" + place + ": " + reason + ".");
    return line > 0 ? std::move(error).with("line", line).with("reason", reason)
                    : std::move(error).with("line", nullptr).with("reason", reason);
}

} // namespace

struct ChatTemplate::Program {
    jinja::program parsed;
    std::string source;
};

ChatTemplate::ChatTemplate(std::unique_ptr<Program> program) : program_(std::move(program)) {}
ChatTemplate::~ChatTemplate() = default;

Result<std::shared_ptr<ChatTemplate>> ChatTemplate::compile(const std::string & source) {
    try {
        // The lexer's defaults are the ones common_chat_template uses: lstrip_blocks and trim_blocks.
        jinja::lexer lexer;
        const jinja::lexer_result lexed = lexer.tokenize(source);
        if (const size_t position = find_deep_nesting(lexed); position != std::string::npos) {
            return syntax_error("it is nested too deeply", lexed.source, position);
        }
        auto program = std::make_unique<Program>();
        program->parsed = jinja::parse_from_tokens(lexed);
        program->source = lexed.source;
        return std::shared_ptr<ChatTemplate>(new ChatTemplate(std::move(program)));
    } catch (const jinja::lexer_exception & failure) {
        return syntax_error(failure.reason, source, failure.pos);
    } catch (const jinja::parser_exception & failure) {
        return syntax_error(failure.reason, source, failure.pos);
    } catch (const std::exception & failure) {
        return Error("template.syntax", std::string("The chat template has a syntax error: ") + failure.what() + ".")
            .with("line", nullptr).with("reason", failure.what());
    }
}

Result<std::string> ChatTemplate::render(const std::string & context_json, int64_t now) const {
    if (json_depth(context_json) > max_nesting) {
        return Error("template.failed", "The context is nested too deeply.").with("line", nullptr).with("reason", "nesting");
    }
    std::optional<std::string> refusal;
    try {
        jinja::context context(program_->source);
        context.current_time = std::time_t(now);
        jinja::global_from_json(context, common_json::parse(context_json), false);

        // Two functions of the engine replaced: the template's own words are kept as they are, and the
        // time is printed in UTC, not in the time zone of the machine.
        context.set_val("raise_exception", jinja::mk_val<jinja::value_func>("raise_exception", [&refusal](const jinja::func_args & args) -> jinja::value {
            refusal = args.count() > 0 ? args.get_pos(0)->as_string().str() : std::string();
            throw jinja::raised_exception(*refusal);
        }));
        context.set_val("strftime_now", jinja::mk_val<jinja::value_func>("strftime_now", [now](const jinja::func_args & args) -> jinja::value {
            args.ensure_vals<jinja::value_string>();
            return jinja::mk_val<jinja::value_string>(format_time(args.get_pos(0)->as_string().str(), now));
        }));

        jinja::runtime runtime(context);
        const jinja::value_array results = runtime.execute(program_->parsed);
        return jinja::runtime::gather_string_parts(results)->as_string().str();
    } catch (const std::exception & failure) {
        if (refusal) {
            return Error("template.refused", "The chat template refuses this conversation: " + *refusal).with("reason", *refusal);
        }
        return failed(failure.what());
    } catch (...) {
        return failed("unknown failure");
    }
}

} // namespace luthier
