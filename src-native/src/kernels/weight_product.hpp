// Products with a frozen weight, in both directions, with what LoRA adds to them.
#pragma once

#include "lanes.hpp"

#include "ggml.h"

#include <cstddef>
#include <cstdint>

namespace luthier::kernels {

// Rows of activations, one per token; float32, or bfloat16 where `half` is set.
struct Rows {
    const void * data;
    ptrdiff_t stride; // elements between tokens
    bool half;
};

// forward:  out[t, n] = addend[t, n] + Σ_k x[t, k] w[n, k] + scale · Σ_r low[t, r] b[n, r]
// backward: out[t, k] = addend[t, k] + Σ_n x[t, n] w[n, k] + scale · Σ_r low[t, r] a[r, k]
struct WeightProduct {
    const ggml_tensor * weight; // w [k, n] of any type that ggml can widen
    bool backward;
    int64_t tokens;
    Rows x; // bfloat16 rows round the weight to bfloat16 too; float32 rows keep it exact
    // null where no adapter is
    const float * low;             // [rank] per token, contiguous
    const ggml_tensor * low_weight; // b [rank, n] or a [k, rank], float32
    float low_scale;
    const float * addend; // null for none; `out` itself is allowed
    ptrdiff_t addend_stride;
    float * out;
    ptrdiff_t out_stride;
};

// One thread's share; every element is summed in the same order for any number of threads.
void multiply_by_weight(const WeightProduct & product, int thread, int threads);

} // namespace luthier::kernels
