// A GGUF model: its facts, its tokenizer and its frozen weights.
#pragma once

#include "luthier/device.hpp"
#include "luthier/gguf_check.hpp"
#include "luthier/result.hpp"

#include "llama-cpp.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

struct ggml_tensor;

namespace luthier {

// What the header alone tells.
struct ModelFacts {
    std::string architecture;
    std::optional<std::string> name;
    double parameters = 0;
    std::string quantization; // type of most weight bytes
    double weight_bytes = 0;
    int32_t context_length = 0;
    std::optional<std::string> untrainable_reason;
};

ModelFacts describe_header(const GgufHeader & header);

// The facts of a file that llama.cpp never sees. Errors: `model.notFound`, `model.notGguf`, `model.damaged`.
Result<ModelFacts> inspect_model(const std::string & path);

struct ModelInfo : ModelFacts {
    bool vocabulary_only = false;
    int32_t vocabulary_size = 0;
    int32_t embedding_length = 0;
    int32_t feed_forward_length = 0;
    int32_t head_length = 0; // elements of one head of K
    int32_t layers = 0;
    int32_t heads = 0;
    int32_t key_value_heads = 0;
    std::optional<std::string> chat_template;
    std::optional<int32_t> bos_id, eos_id, pad_id;
    bool add_bos = false, add_eos = false;
    std::vector<int32_t> end_of_generation_ids;
    std::vector<std::string> target_modules;
};

struct SpecialToken {
    int32_t id;
    std::string text;
    const char * kind; // "control", "user-defined", "unknown"
    bool strips_left, strips_right;
};

struct Pieces {
    std::string bytes;             // all pieces, one after the other
    std::vector<uint32_t> offsets; // ids.size() + 1; piece i is bytes[offsets[i] .. offsets[i+1])
};

// A part of a text, in bytes: a token that it spells, or plain text where `token` is -1.
struct TextFragment {
    uint32_t start, end;
    int32_t token;
};

struct PlacedTokens {
    std::vector<int32_t> ids;
    std::vector<uint32_t> starts, ends; // bytes of the text; token i is starts[i] .. ends[i]
};

class Model {
  public:
    // `device` names where the weights go; none: the processor, where they stay as they are on disk.
    // Errors: `model.notFound`, `model.notGguf`, `model.damaged`, `model.loadFailed`, `backend.loadFailed`,
    // `device.notFound`, `device.outOfMemory`.
    static Result<std::shared_ptr<Model>> open(const std::string & path, bool vocabulary_only, const std::optional<std::string> & device = std::nullopt);

    const ModelInfo & info() const { return info_; }
    const GgufHeader & header() const { return header_; }
    llama_model & llama() const { return *model_; }
    ggml_backend_dev_t device() const { return device_; }
    // A frozen weight by its GGUF name, or null.
    const ggml_tensor * weight(const std::string & name) const;

    std::vector<int32_t> tokenize(const std::string & text, bool add_special, bool parse_special) const;
    // The tokens of each fragment, tokenized on its own without special tokens, with their places. Fragments ascend and
    // lie in the text. None where the tokens of a fragment do not spell it; a space that SentencePiece puts in front of
    // it takes no room.
    std::optional<PlacedTokens> place_tokens(const std::string & text, const std::vector<TextFragment> & fragments) const;
    // Error: `tokens.outOfRange`.
    Result<Pieces> pieces(const int32_t * ids, size_t count) const;
    Result<std::string> detokenize(const int32_t * ids, size_t count) const;
    std::vector<SpecialToken> special_tokens() const;

  private:
    Problem check_ids(const int32_t * ids, size_t count) const;
    void describe();
    // The piece of a token that is in the vocabulary, put behind `bytes`.
    void append_piece(int32_t id, std::string & bytes) const;

    GgufHeader header_;
    ggml_backend_dev_t device_ = nullptr;
    llama_model_ptr model_;
    const llama_vocab * vocabulary_ = nullptr;
    ModelInfo info_;
};

} // namespace luthier
