// Causal attention within the sequences of a row, and its gradient, without a matrix of all pairs of tokens.
#pragma once

#include "lanes.hpp"

#include <cstddef>
#include <cstdint>

namespace luthier::kernels {

// float32 vectors of one head, for every token: element d of head h, token t, row b lies at
// data[d + h·head + t·token + b·row].
template <typename T> struct Heads {
    T * data;
    ptrdiff_t head, token, row;

    T * at(int64_t h, int64_t t, int64_t b) const { return data + offset(h, t, b); }
    ptrdiff_t offset(int64_t h, int64_t t, int64_t b) const { return h * head + t * token + b * row; }
};

// The same without a type: float32 or bfloat16.
template <> struct Heads<void> {
    void * data;
    ptrdiff_t head, token, row;

    ptrdiff_t offset(int64_t h, int64_t t, int64_t b) const { return h * head + t * token + b * row; }
};

struct AttentionShape {
    int64_t width;                 // elements of a head's vector, the same for q, k and v
    int64_t heads, key_value_heads; // query head h reads key-value head h / (heads / key_value_heads)
    int64_t tokens, rows;
    float scale;
    // [tokens, rows]: query i of a row sees the keys first_key[i] … i. It never decreases, is i itself where a
    // sequence starts and i + 1 for padding, whose output is zero. A sliding window is a later first key.
    const int32_t * first_key;
    float cap = 0; // a soft cap on the scores, c·tanh(q_i·k_j / c) in place of q_i·k_j; 0 for none
};

// out = Σ_j softmax_j(scale · q_i·k_j) v_j; log_sums [heads, tokens, rows] = log Σ_j exp(scale · q_i·k_j), with the
// scores capped where the shape says so.
// `out` holds float32 or, with `half`, bfloat16 (the strides count its elements).
struct AttentionForward {
    AttentionShape shape;
    Heads<const float> q, k, v;
    Heads<void> out;
    bool half;
    float * log_sums;
};

// The gradients dk and dv are one per query head; those that share a key-value head remain to be added.
struct AttentionBackward {
    AttentionShape shape;
    Heads<const float> q, k, v;
    Heads<void> out;
    bool half;
    const float * log_sums;
    Heads<const float> d_out;
    Heads<float> dq, dk, dv;
};

// One thread's share; the result is the same for any number of threads.
void attend(const AttentionForward & work, int thread, int threads);
void attend_backward(const AttentionBackward & work, int thread, int threads);

} // namespace luthier::kernels
