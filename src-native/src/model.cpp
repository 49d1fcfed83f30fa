// Opens a GGUF through llama.cpp and answers for its facts and its tokenizer.
#include "luthier/model.hpp"

#include "luthier/architectures.hpp"
#include "luthier/backend.hpp"

#include "llama-model.h"

#include <algorithm>
#include <cstring>

namespace luthier {

namespace {

std::optional<int32_t> known_id(llama_token id) {
    return id == LLAMA_TOKEN_NULL ? std::nullopt : std::optional<int32_t>(id);
}

} // namespace

Result<std::shared_ptr<Model>> Model::open(const std::string & path, bool vocabulary_only, const std::optional<std::string> & device_name) {
    if (const Status started = start_backend(); !started.ok()) {
        return started.error();
    }
    const Result<ggml_backend_dev_t> device = device_name ? find_device(*device_name) : Result<ggml_backend_dev_t>(cpu_device());
    if (!device.ok()) {
        return device.error();
    }
    Result<GgufHeader> header = read_gguf_header(path, "model");
    if (!header.ok()) {
        return header.error();
    }
    const auto general_type = header.value().strings.find("general.type");
    if (general_type != header.value().strings.end() && general_type->second != "model") {
        return Error("model.loadFailed", path + " is not a model but of type " + general_type->second + ".")
            .with("path", path).with("type", general_type->second);
    }
    if (Problem problem = check_model_hyperparameters(header.value())) {
        return *problem;
    }
    if (header.value().tensors.empty() && !vocabulary_only) {
        return Error("model.loadFailed", path + " holds a vocabulary only, no weights.").with("path", path);
    }

    llama_model_params params = llama_model_default_params();
    params.vocab_only = vocabulary_only;
    const bool is_on_gpu = !is_cpu(device.value());
    ggml_backend_dev_t devices[] = { is_on_gpu ? device.value() : nullptr, nullptr };
    params.devices = devices;
    params.n_gpu_layers = is_on_gpu ? INT32_MAX : 0;
    params.split_mode = LLAMA_SPLIT_MODE_NONE;
    // Weights repacked for faster products cannot be transposed, which the gradient needs.
    params.use_extra_bufts = false;
    auto model = std::make_shared<Model>();
    model->device_ = device.value();
    if (is_on_gpu && !vocabulary_only) {
        double weight_bytes = 0;
        for (const GgufTensor & tensor : header.value().tensors) {
            weight_bytes += double(tensor.bytes);
        }
        if (Problem problem = check_device_memory(device.value(), weight_bytes, "the weights of the model")) {
            return *problem;
        }
    }
    forget_errors();
    try {
        model->model_.reset(llama_model_load_from_file(path.c_str(), params));
    } catch (const std::exception & failure) {
        return Error("model.loadFailed", "llama.cpp could not load " + path + ": " + failure.what() + ".").with("path", path);
    }
    if (!model->model_) {
        const std::string reason = model_failure();
        return Error("model.loadFailed", "llama.cpp could not load " + path + ": " + (reason.empty() ? "its log names the reason" : reason) + ".")
            .with("path", path);
    }
    if (llama_vocab_type(llama_model_get_vocab(model->model_.get())) == LLAMA_VOCAB_TYPE_NONE) {
        // every question to such a vocabulary aborts (llama_vocab::is_eog asserts)
        return Error("model.loadFailed", path + " holds no vocabulary.").with("path", path);
    }
    model->header_ = std::move(header.value());
    model->vocabulary_ = llama_model_get_vocab(model->model_.get());
    model->info_.vocabulary_only = vocabulary_only;
    model->describe();
    return model;
}

void Model::describe() {
    static_cast<ModelFacts &>(info_) = describe_header(header_);
    const auto chat_template = header_.strings.find("tokenizer.chat_template");
    if (chat_template != header_.strings.end()) {
        info_.chat_template = chat_template->second;
    }
    const auto number = [&](const char * key) {
        const auto found = header_.numbers.find(info_.architecture + "." + key);
        return found == header_.numbers.end() ? 0 : int32_t(found->second);
    };
    info_.embedding_length = number("embedding_length");
    info_.feed_forward_length = number("feed_forward_length");
    info_.layers = number("block_count");
    info_.heads = number("attention.head_count");
    info_.key_value_heads = number("attention.head_count_kv");
    if (info_.key_value_heads == 0) {
        info_.key_value_heads = info_.heads; // the GGUF key is optional, as in llama_model_base::load_hparams
    }

    info_.head_length = number("attention.key_length");
    if (info_.head_length == 0 && info_.heads > 0) {
        info_.head_length = info_.embedding_length / info_.heads; // optional likewise
    }

    info_.vocabulary_size = llama_vocab_n_tokens(vocabulary_);
    // For byte-pair vocabularies llama.cpp assumes token 11 where the file names none (llama_vocab::impl::load).
    const bool guesses_bos = llama_vocab_type(vocabulary_) == LLAMA_VOCAB_TYPE_BPE && header_.numbers.count("tokenizer.ggml.bos_token_id") == 0;
    info_.bos_id = guesses_bos ? std::nullopt : known_id(llama_vocab_bos(vocabulary_));
    info_.eos_id = known_id(llama_vocab_eos(vocabulary_));
    info_.pad_id = known_id(llama_vocab_pad(vocabulary_));
    info_.add_bos = llama_vocab_get_add_bos(vocabulary_);
    info_.add_eos = llama_vocab_get_add_eos(vocabulary_);
    for (int32_t id = 0; id < info_.vocabulary_size; ++id) {
        if (llama_vocab_is_eog(vocabulary_, id)) {
            info_.end_of_generation_ids.push_back(id);
        }
    }
    info_.target_modules = target_modules(header_);
}

const ggml_tensor * Model::weight(const std::string & name) const {
    return model_->get_tensor(name.c_str());
}

std::vector<int32_t> Model::tokenize(const std::string & text, bool add_special, bool parse_special) const {
    // llama_vocab::impl::tokenize aborts where it is to add a token that the vocabulary does not name.
    const bool can_add = (!info_.add_bos || info_.bos_id) && (!info_.add_eos || info_.eos_id);
    add_special = add_special && can_add;
    // A token covers at least one byte, apart from BOS, EOS and the space some vocabularies put in front.
    std::vector<int32_t> ids(text.size() + 8);
    int32_t count = llama_tokenize(vocabulary_, text.data(), int32_t(text.size()), ids.data(), int32_t(ids.size()), add_special, parse_special);
    if (count < 0 && count != INT32_MIN) {
        ids.resize(size_t(-count));
        count = llama_tokenize(vocabulary_, text.data(), int32_t(text.size()), ids.data(), int32_t(ids.size()), add_special, parse_special);
    }
    ids.resize(size_t(std::max(count, 0)));
    return ids;
}

Problem Model::check_ids(const int32_t * ids, size_t count) const {
    for (size_t i = 0; i < count; ++i) {
        if (ids[i] < 0 || ids[i] >= info_.vocabulary_size) {
            return Error("tokens.outOfRange", "Token " + std::to_string(ids[i]) + " at place " + std::to_string(i) +
                                                  " is not in the vocabulary of " + std::to_string(info_.vocabulary_size) + " tokens.")
                .with("token", double(ids[i])).with("index", double(i)).with("vocabularySize", double(info_.vocabulary_size));
        }
    }
    return std::nullopt;
}

Result<Pieces> Model::pieces(const int32_t * ids, size_t count) const {
    if (Problem problem = check_ids(ids, count)) {
        return *problem;
    }
    Pieces pieces;
    pieces.offsets.reserve(count + 1);
    pieces.offsets.push_back(0);
    for (size_t i = 0; i < count; ++i) {
        append_piece(ids[i], pieces.bytes);
        pieces.offsets.push_back(uint32_t(pieces.bytes.size()));
    }
    return pieces;
}

void Model::append_piece(int32_t id, std::string & bytes) const {
    char buffer[64];
    const int32_t length = llama_token_to_piece(vocabulary_, id, buffer, int32_t(sizeof(buffer)), 0, true);
    if (length >= 0) {
        bytes.append(buffer, size_t(length));
        return;
    }
    const size_t before = bytes.size();
    bytes.resize(before + size_t(-length));
    llama_token_to_piece(vocabulary_, id, bytes.data() + before, -length, 0, true);
}

std::optional<PlacedTokens> Model::place_tokens(const std::string & text, const std::vector<TextFragment> & fragments) const {
    PlacedTokens placed;
    std::vector<int32_t> ids;
    std::string spelled;
    std::vector<uint32_t> offsets;
    // Between messages templates print the same few bytes again and again: what they came to is kept.
    constexpr size_t longest_kept = 8;
    std::string kept;
    uint32_t kept_start = 0;
    size_t kept_first = 0, kept_count = 0;
    const auto repeat = [&](uint32_t start) {
        for (size_t i = kept_first; i < kept_first + kept_count; ++i) {
            placed.ids.push_back(int32_t(placed.ids[i]));
            placed.starts.push_back(uint32_t(placed.starts[i] - kept_start + start));
            placed.ends.push_back(uint32_t(placed.ends[i] - kept_start + start));
        }
    };
    for (const TextFragment & fragment : fragments) {
        if (fragment.token >= 0) {
            placed.ids.push_back(fragment.token);
            placed.starts.push_back(fragment.start);
            placed.ends.push_back(fragment.end);
            continue;
        }
        const int32_t length = int32_t(fragment.end - fragment.start);
        const char * own = text.data() + fragment.start;
        if (!kept.empty() && kept.compare(0, kept.size(), own, size_t(length)) == 0) {
            repeat(fragment.start);
            continue;
        }
        ids.resize(size_t(length) + 8);
        int32_t count = llama_tokenize(vocabulary_, own, length, ids.data(), int32_t(ids.size()), false, false);
        if (count < 0 && count != INT32_MIN) {
            ids.resize(size_t(-count));
            count = llama_tokenize(vocabulary_, own, length, ids.data(), int32_t(ids.size()), false, false);
        }
        spelled.clear();
        offsets.assign(1, 0);
        for (int32_t i = 0; i < count; ++i) {
            if (ids[size_t(i)] < 0 || ids[size_t(i)] >= info_.vocabulary_size) {
                return std::nullopt;
            }
            append_piece(ids[size_t(i)], spelled);
            offsets.push_back(uint32_t(spelled.size()));
        }
        const uint32_t space = spelled.size() == size_t(length) + 1 && spelled[0] == ' ' ? 1 : 0;
        if (spelled.size() != size_t(length) + space || std::memcmp(spelled.data() + space, own, size_t(length)) != 0) {
            return std::nullopt;
        }
        if (size_t(length) <= longest_kept) {
            kept.assign(own, size_t(length));
            kept_start = fragment.start;
            kept_first = placed.ids.size();
            kept_count = size_t(std::max(count, 0));
        }
        for (int32_t i = 0; i < count; ++i) {
            placed.ids.push_back(ids[size_t(i)]);
            placed.starts.push_back(fragment.start + std::max(offsets[size_t(i)], space) - space);
            placed.ends.push_back(fragment.start + std::max(offsets[size_t(i) + 1], space) - space);
        }
    }
    return placed;
}

Result<std::string> Model::detokenize(const int32_t * ids, size_t count) const {
    if (Problem problem = check_ids(ids, count)) {
        return *problem;
    }
    std::string text(count * 8 + 64, '\0');
    int32_t length = llama_detokenize(vocabulary_, ids, int32_t(count), text.data(), int32_t(text.size()), false, true);
    if (length < 0) {
        text.resize(size_t(-length));
        length = llama_detokenize(vocabulary_, ids, int32_t(count), text.data(), int32_t(text.size()), false, true);
    }
    text.resize(size_t(std::max(length, 0)));
    return text;
}

std::vector<SpecialToken> Model::special_tokens() const {
    std::vector<SpecialToken> tokens;
    for (int32_t id = 0; id < info_.vocabulary_size; ++id) {
        const int attributes = llama_vocab_get_attr(vocabulary_, id);
        // the same three kinds that llama.cpp's tokenizer_st_partition looks for
        const char * kind = (attributes & LLAMA_TOKEN_ATTR_CONTROL)        ? "control"
                            : (attributes & LLAMA_TOKEN_ATTR_USER_DEFINED) ? "user-defined"
                            : (attributes & LLAMA_TOKEN_ATTR_UNKNOWN)      ? "unknown"
                                                                           : nullptr;
        if (kind) {
            tokens.push_back({ id, llama_vocab_get_text(vocabulary_, id), kind,
                               (attributes & LLAMA_TOKEN_ATTR_LSTRIP) != 0, (attributes & LLAMA_TOKEN_ATTR_RSTRIP) != 0 });
        }
    }
    return tokens;
}

} // namespace luthier
