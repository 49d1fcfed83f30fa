// A micro-batch of token rows, its checks, and the rows of logits that it trains.
#pragma once

#include "luthier/result.hpp"

#include <cstdint>
#include <vector>

namespace luthier {

// Row-major [batch_size, length]; padding has sequence −1, label −100 and stands at a row's end.
struct MicroBatch {
    int32_t batch_size = 0;
    int32_t length = 0;
    std::vector<int32_t> input_ids, labels, position_ids, sequence_ids;

    size_t tokens() const { return size_t(batch_size) * size_t(length); }
};

constexpr int32_t ignored_label = -100; // PyTorch's ignore_index
constexpr int32_t padding_sequence = -1;

struct BatchLimits {
    int32_t vocabulary_size;
    int32_t context_length;
};

// Errors: `batch.shape`, `batch.tokenOutOfRange`, `batch.labelMismatch`, `batch.tooLong`.
Problem check_batch(const MicroBatch & batch, const BatchLimits & limits);

// The same rows with padding added until their length is a multiple: products over the tokens then fill
// whole vector registers, and batches of similar length share a graph.
MicroBatch pad_to_multiple(const MicroBatch & batch, int32_t multiple);

// The logits at place i predict the token at i + 1 of the same sequence:
//   tokens [<user> hi <asst> yo <end>], labels [-100 -100 -100 yo <end>]  →  places {2, 3}, targets {yo, <end>}
struct TrainedRows {
    std::vector<int32_t> places; // flat indices into the batch, ascending
    std::vector<int32_t> targets;
};
TrainedRows find_trained_rows(const MicroBatch & batch);

} // namespace luthier
