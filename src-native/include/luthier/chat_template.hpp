// A chat template in llama.cpp's own Jinja engine (common/jinja), the one that will serve the model.
#pragma once

#include "luthier/result.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace luthier {

class ChatTemplate {
  public:
    // Error: `template.syntax` with the line where it is known.
    static Result<std::shared_ptr<ChatTemplate>> compile(const std::string & source);
    ~ChatTemplate();

    // Renders with the members of a JSON object as globals. `now`: seconds since 1970, printed in UTC by
    // `strftime_now`. Errors: `template.refused`, `template.failed`.
    Result<std::string> render(const std::string & context_json, int64_t now) const;

  private:
    struct Program;
    explicit ChatTemplate(std::unique_ptr<Program> program);
    std::unique_ptr<Program> program_;
};

} // namespace luthier
