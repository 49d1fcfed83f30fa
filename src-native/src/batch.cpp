// Everything about a micro-batch that could make the graph abort or train nonsense is refused here.
#include "luthier/batch.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace luthier {

namespace {

Error bad_shape(const std::string & what) {
    return Error("batch.shape", "The batch is malformed: " + what + ".").with("reason", what);
}

std::string place_of(int32_t row, int32_t column) {
    return "row " + std::to_string(row) + ", place " + std::to_string(column);
}

// Sequences of a row are contiguous, count their positions from 0 by ones, and padding comes last.
Problem check_row(const MicroBatch & batch, int32_t row, const BatchLimits & limits) {
    std::set<int32_t> seen;
    int32_t previous_sequence = padding_sequence;
    int32_t previous_position = -1;
    bool in_padding = false;
    for (int32_t column = 0; column < batch.length; ++column) {
        const size_t i = size_t(row) * size_t(batch.length) + size_t(column);
        const int32_t token = batch.input_ids[i], label = batch.labels[i];
        const int32_t sequence = batch.sequence_ids[i], position = batch.position_ids[i];
        const std::string place = place_of(row, column);
        if (token < 0 || token >= limits.vocabulary_size) {
            return Error("batch.tokenOutOfRange", "Token " + std::to_string(token) + " in " + place + " is not in the vocabulary of " +
                                                      std::to_string(limits.vocabulary_size) + " tokens.")
                .with("token", token).with("row", row).with("place", column).with("vocabularySize", limits.vocabulary_size);
        }
        if (label != ignored_label && (label != token || sequence == padding_sequence)) {
            return Error("batch.labelMismatch", "The label in " + place + " is " + std::to_string(label) + ", which is neither the token there (" +
                                                    std::to_string(token) + ") nor -100" + (sequence == padding_sequence ? ", as padding must be." : "."))
                .with("label", label).with("token", token).with("row", row).with("place", column);
        }
        if (sequence == padding_sequence) {
            in_padding = true;
            continue;
        }
        if (sequence < 0 || in_padding) {
            return bad_shape(in_padding ? "a token follows padding in " + place : "sequence " + std::to_string(sequence) + " in " + place);
        }
        const bool starts = column == 0 || sequence != previous_sequence;
        if (starts && !seen.insert(sequence).second) {
            return bad_shape("sequence " + std::to_string(sequence) + " is in two pieces in " + place);
        }
        const int32_t expected = starts ? 0 : previous_position + 1;
        if (position != expected) {
            return bad_shape("position " + std::to_string(position) + " in " + place + ", expected " + std::to_string(expected));
        }
        if (limits.context_length > 0 && position >= limits.context_length) {
            return Error("batch.tooLong", "A sequence in row " + std::to_string(row) + " is longer than the model's context of " +
                                              std::to_string(limits.context_length) + " tokens.")
                .with("row", row).with("contextLength", limits.context_length);
        }
        previous_sequence = sequence;
        previous_position = position;
    }
    return std::nullopt;
}

} // namespace

Problem check_batch(const MicroBatch & batch, const BatchLimits & limits) {
    constexpr int64_t most_tokens = 1 << 20; // far beyond any memory: the attention mask alone is length² floats
    if (batch.batch_size < 1 || batch.length < 1) {
        return bad_shape(std::to_string(batch.batch_size) + " rows of " + std::to_string(batch.length) + " tokens");
    }
    if (int64_t(batch.batch_size) * batch.length > most_tokens) {
        return Error("batch.tooLong", "The batch holds " + std::to_string(int64_t(batch.batch_size) * batch.length) + " tokens, at most " +
                                          std::to_string(most_tokens) + " are possible.")
            .with("tokens", double(batch.batch_size) * batch.length).with("most", double(most_tokens));
    }
    const std::pair<const char *, const std::vector<int32_t> *> arrays[] = {
        { "inputIds", &batch.input_ids }, { "labels", &batch.labels },
        { "positionIds", &batch.position_ids }, { "sequenceIds", &batch.sequence_ids },
    };
    for (const auto & [name, array] : arrays) {
        if (array->size() != batch.tokens()) {
            return bad_shape(std::string(name) + " has " + std::to_string(array->size()) + " elements, expected " + std::to_string(batch.tokens()));
        }
    }
    for (int32_t row = 0; row < batch.batch_size; ++row) {
        if (Problem problem = check_row(batch, row, limits)) {
            return problem;
        }
    }
    return std::nullopt;
}

MicroBatch pad_to_multiple(const MicroBatch & batch, int32_t multiple) {
    const int32_t length = (batch.length + multiple - 1) / multiple * multiple;
    MicroBatch padded;
    padded.batch_size = batch.batch_size;
    padded.length = length;
    const auto pad = [&](const std::vector<int32_t> & values, int32_t filler) {
        std::vector<int32_t> wider(padded.tokens(), filler);
        for (int32_t row = 0; row < batch.batch_size; ++row) {
            const auto start = values.begin() + std::ptrdiff_t(row) * batch.length;
            std::copy(start, start + batch.length, wider.begin() + std::ptrdiff_t(row) * length);
        }
        return wider;
    };
    padded.input_ids = pad(batch.input_ids, 0);
    padded.labels = pad(batch.labels, ignored_label);
    padded.position_ids = pad(batch.position_ids, 0);
    padded.sequence_ids = pad(batch.sequence_ids, padding_sequence);
    return padded;
}

TrainedRows find_trained_rows(const MicroBatch & batch) {
    TrainedRows rows;
    for (int32_t row = 0; row < batch.batch_size; ++row) {
        for (int32_t column = 1; column < batch.length; ++column) {
            const size_t i = size_t(row) * size_t(batch.length) + size_t(column);
            const bool is_same_sequence = batch.sequence_ids[i] == batch.sequence_ids[i - 1];
            if (batch.labels[i] != ignored_label && is_same_sequence) {
                rows.places.push_back(int32_t(i) - 1);
                rows.targets.push_back(batch.labels[i]);
            }
        }
    }
    return rows;
}

} // namespace luthier
