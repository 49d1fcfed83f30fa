// Reads a GGUF header with every length bounded by the file (format: ggml/docs/gguf.md, gguf.cpp).
#include "luthier/gguf_check.hpp"

#include "ggml.h"

#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <unordered_set>

namespace luthier {

namespace {

constexpr uint64_t max_key_bytes = 65535;          // the GGUF specification's limit
constexpr uint64_t max_alignment = 1 << 20;
constexpr uint64_t min_entry_bytes = 8 + 4 + 1;    // key length, type, smallest value
constexpr uint64_t min_tensor_bytes = 8 + 4 + 8 + 4 + 8;

enum ValueType : uint32_t {
    type_uint8, type_int8, type_uint16, type_int16, type_uint32, type_int32, type_float32, type_bool,
    type_string, type_array, type_uint64, type_int64, type_float64, type_count
};

// Bytes of a scalar; 0 for strings and arrays.
uint64_t scalar_bytes(uint32_t type) {
    constexpr uint64_t bytes[type_count] = { 1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8 };
    return type < type_count ? bytes[type] : 0;
}

struct Damaged {
    std::string what;
};

std::string shown(const std::string & text) {
    std::string out = "'";
    for (const char c : text.substr(0, 64)) {
        out += (c >= 32 && c < 127) ? c : '?';
    }
    return out + "'";
}

class HeaderReader {
  public:
    // `file` stands at `position`
    HeaderReader(std::ifstream & file, uint64_t position, uint64_t size)
        : file_(file), size_(size), position_(position) {}

    uint64_t left() const { return size_ - position_; }
    uint64_t position() const { return position_; }

    void bytes(void * out, uint64_t count, const char * what) {
        if (count > left() || !file_.read(static_cast<char *>(out), std::streamsize(count))) {
            throw Damaged{ std::string("the file ends inside ") + what };
        }
        position_ += count;
    }
    void skip(uint64_t count, const char * what) {
        if (count > left()) {
            throw Damaged{ std::string("the file ends inside ") + what };
        }
        // seekg throws the stream's buffer away, which costs more than reading on
        constexpr uint64_t buffered = 4096;
        if (count > buffered) {
            file_.seekg(std::streamoff(count), std::ios::cur);
        } else {
            file_.ignore(std::streamsize(count));
        }
        position_ += count;
    }
    template <typename T> T number(const char * what) {
        T value;
        bytes(&value, sizeof(value), what);
        return value;
    }
    std::string string(uint64_t limit, const char * what) {
        const uint64_t length = number<uint64_t>(what);
        if (length > limit || length > left()) {
            throw Damaged{ std::string("impossible length of ") + what + ": " + std::to_string(length) };
        }
        std::string value(length, '\0');
        bytes(value.data(), length, what);
        return value;
    }

  private:
    std::ifstream & file_;
    uint64_t size_;
    uint64_t position_;
};

double read_scalar(HeaderReader & reader, uint32_t type) {
    switch (type) {
        case type_uint8:   return reader.number<uint8_t>("a value");
        case type_int8:    return reader.number<int8_t>("a value");
        case type_uint16:  return reader.number<uint16_t>("a value");
        case type_int16:   return reader.number<int16_t>("a value");
        case type_uint32:  return reader.number<uint32_t>("a value");
        case type_int32:   return reader.number<int32_t>("a value");
        case type_float32: return reader.number<float>("a value");
        case type_bool:    return reader.number<uint8_t>("a value") != 0;
        case type_uint64:  return double(reader.number<uint64_t>("a value"));
        case type_int64:   return double(reader.number<int64_t>("a value"));
        default:           return reader.number<double>("a value");
    }
}

// llama_vocab::impl::load aborts on a vocabulary that holds a token twice; other texts are skipped.
void read_texts(HeaderReader & reader, const std::string & key, uint64_t count) {
    const bool is_vocabulary = key == "tokenizer.ggml.tokens";
    std::unordered_set<std::string> tokens;
    for (uint64_t i = 0; i < count; ++i) {
        if (!is_vocabulary) {
            reader.skip(reader.number<uint64_t>("a text"), "a text");
            continue;
        }
        std::string token = reader.string(max_key_bytes, "a token");
        if (token.empty()) {
            continue; // renamed there
        }
        if (const auto [place, is_new] = tokens.insert(std::move(token)); !is_new) {
            throw Damaged{ "the vocabulary holds the token " + shown(*place) + " twice" };
        }
    }
}

void read_entry(HeaderReader & reader, std::set<std::string> & seen, GgufHeader & header) {
    const std::string key = reader.string(max_key_bytes, "a key");
    if (key.empty() || !seen.insert(key).second) {
        throw Damaged{ "the key " + shown(key) + (key.empty() ? " is empty" : " stands twice") };
    }
    const uint32_t type = reader.number<uint32_t>("a value's type");
    if (type == type_string) {
        header.strings[key] = reader.string(reader.left(), "a text");
    } else if (type == type_array) {
        const uint32_t element = reader.number<uint32_t>("an array's type");
        const uint64_t count = reader.number<uint64_t>("an array's length");
        if (element >= type_count || element == type_array) {
            throw Damaged{ "the array " + shown(key) + " has unknown type " + std::to_string(element) };
        }
        const uint64_t element_bytes = element == type_string ? 8 : scalar_bytes(element);
        if (count > reader.left() / element_bytes) {
            throw Damaged{ "the array " + shown(key) + " claims " + std::to_string(count) + " elements, more than the file holds" };
        }
        if (element == type_string) {
            read_texts(reader, key, count);
        } else {
            reader.skip(count * element_bytes, "an array");
        }
        header.array_lengths[key] = count;
    } else if (type < type_count) {
        header.numbers[key] = read_scalar(reader, type);
    } else {
        throw Damaged{ "the key " + shown(key) + " has unknown type " + std::to_string(type) };
    }
}

void read_tensor(HeaderReader & reader, std::set<std::string> & seen, GgufHeader & header) {
    GgufTensor tensor;
    tensor.name = reader.string(GGML_MAX_NAME - 1, "a tensor name");
    if (!seen.insert(tensor.name).second) {
        throw Damaged{ "the tensor " + shown(tensor.name) + " stands twice" };
    }
    const uint32_t dimensions = reader.number<uint32_t>("a tensor's shape");
    if (dimensions < 1 || dimensions > GGML_MAX_DIMS) {
        throw Damaged{ "the tensor " + shown(tensor.name) + " has " + std::to_string(dimensions) + " dimensions" };
    }
    uint64_t elements = 1;
    for (uint32_t i = 0; i < dimensions; ++i) {
        const uint64_t extent = reader.number<uint64_t>("a tensor's shape");
        if (extent == 0 || extent > uint64_t(INT64_MAX) / elements) {
            throw Damaged{ "the tensor " + shown(tensor.name) + " has an impossible extent " + std::to_string(extent) };
        }
        elements *= extent;
        tensor.shape.push_back(extent);
    }
    tensor.type = reader.number<uint32_t>("a tensor's type");
    const auto type = ggml_type(tensor.type);
    if (tensor.type >= GGML_TYPE_COUNT || ggml_type_size(type) == 0 || ggml_blck_size(type) == 0) {
        throw Damaged{ "the tensor " + shown(tensor.name) + " has unknown type " + std::to_string(tensor.type) };
    }
    if (tensor.shape[0] % uint64_t(ggml_blck_size(type)) != 0) {
        throw Damaged{ "the tensor " + shown(tensor.name) + " has rows that are no multiple of its block size" };
    }
    tensor.offset = reader.number<uint64_t>("a tensor's offset"); // from the start of the data, for now
    const uint64_t blocks = elements / uint64_t(ggml_blck_size(type));
    if (blocks > uint64_t(INT64_MAX) / ggml_type_size(type)) {
        throw Damaged{ "the tensor " + shown(tensor.name) + " is larger than any file" };
    }
    tensor.bytes = blocks * ggml_type_size(type);
    header.tensors.push_back(std::move(tensor));
}

GgufHeader read_body(HeaderReader & reader, uint64_t file_bytes) {
    GgufHeader header;
    const uint64_t tensor_count = reader.number<uint64_t>("the header");
    const uint64_t entry_count = reader.number<uint64_t>("the header");
    if (entry_count > reader.left() / min_entry_bytes || tensor_count > reader.left() / min_tensor_bytes) {
        throw Damaged{ "it claims " + std::to_string(entry_count) + " entries and " + std::to_string(tensor_count) +
                       " tensors, more than its " + std::to_string(file_bytes) + " bytes can hold" };
    }
    std::set<std::string> keys;
    for (uint64_t i = 0; i < entry_count; ++i) {
        read_entry(reader, keys, header);
    }
    std::set<std::string> names;
    for (uint64_t i = 0; i < tensor_count; ++i) {
        read_tensor(reader, names, header);
    }

    const auto found = header.numbers.find("general.alignment");
    const double alignment_value = found == header.numbers.end() ? 32 : found->second;
    if (!(alignment_value >= 1 && alignment_value <= double(max_alignment))) {
        throw Damaged{ "general.alignment is impossible" };
    }
    const auto alignment = uint64_t(alignment_value);
    if ((alignment & (alignment - 1)) != 0) {
        throw Damaged{ "general.alignment = " + std::to_string(alignment) + " is no power of two" };
    }
    const uint64_t data_start = (reader.position() + alignment - 1) / alignment * alignment;
    for (GgufTensor & tensor : header.tensors) {
        const bool fits = data_start <= file_bytes && tensor.offset <= file_bytes - data_start &&
                          tensor.bytes <= file_bytes - data_start - tensor.offset;
        if (!fits || tensor.offset % alignment != 0) {
            throw Damaged{ "the data of tensor " + shown(tensor.name) +
                           (fits ? " is misaligned" : " lies outside the file (is the download complete?)") };
        }
        tensor.offset += data_start;
    }
    return header;
}

} // namespace

Result<GgufHeader> read_gguf_header(const std::string & path, const std::string & subject) {
    std::error_code failure;
    const auto place = std::filesystem::u8path(path);
    const auto status = std::filesystem::status(place, failure);
    if (failure || !std::filesystem::exists(status)) {
        return Error(subject + ".notFound", "There is no file at " + path + ".").with("path", path);
    }
    const uint64_t size = std::filesystem::is_regular_file(status) ? std::filesystem::file_size(place, failure) : 0;
    std::ifstream file(place, std::ios::binary);
    char magic[4] = {};
    if (!std::filesystem::is_regular_file(status) || !file.read(magic, 4) || std::memcmp(magic, "GGUF", 4) != 0) {
        return Error(subject + ".notGguf", path + " is not a GGUF file: it does not begin with the letters GGUF.")
            .with("path", path).with("bytes", double(size));
    }
    try {
        HeaderReader reader(file, sizeof(magic), size);
        const uint32_t version = reader.number<uint32_t>("the header");
        if (version != 2 && version != 3) {
            throw Damaged{ "GGUF version " + std::to_string(version) + " is unknown (2 and 3 are supported; byte order may be foreign)" };
        }
        return read_body(reader, size);
    } catch (const Damaged & damaged) {
        return Error(subject + ".damaged", path + " is damaged: " + damaged.what + ".")
            .with("path", path).with("reason", damaged.what);
    }
}

} // namespace luthier
