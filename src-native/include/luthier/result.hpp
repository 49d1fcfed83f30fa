// Expected failures as values: a code, a sentence and the facts. The binding turns them into `Result`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace luthier {

using Fact = std::variant<std::nullptr_t, bool, double, std::string>;

struct Error {
    std::string code;    // stable, dotted: `model.notGguf`
    std::string message; // one sentence with the facts
    std::vector<std::pair<std::string, Fact>> details;

    Error(std::string code, std::string message) : code(std::move(code)), message(std::move(message)) {}

    Error && with(const char * name, std::string value) && {
        details.emplace_back(name, std::move(value));
        return std::move(*this);
    }
    Error && with(const char * name, double value) && {
        details.emplace_back(name, value);
        return std::move(*this);
    }
    Error && with(const char * name, std::nullptr_t) && {
        details.emplace_back(name, nullptr);
        return std::move(*this);
    }
};

// Either a value or an error. `ok()` must be asked before `value()`.
template <typename T> class Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return state_.index() == 0; }
    T & value() { return std::get<0>(state_); }
    const T & value() const { return std::get<0>(state_); }
    const Error & error() const { return std::get<1>(state_); }

  private:
    std::variant<T, Error> state_;
};

struct Nothing {};
using Status = Result<Nothing>;
using Problem = std::optional<Error>; // for checks: empty means "all is well"

} // namespace luthier
