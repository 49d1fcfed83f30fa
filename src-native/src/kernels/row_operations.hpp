// What is done to activations row by row, each in one pass with its gradient: norm, gated unit, cross entropy, LoRA.
#pragma once

#include "weight_product.hpp"

namespace luthier::kernels {

// A place for results, float32 or bfloat16.
struct RowsOut {
    void * data;
    ptrdiff_t stride;
    bool half;
};

// y = x, rounded
struct Rounded {
    int64_t width, tokens;
    const float * x;
};
void round_rows(const Rounded & rounded, RowsOut y, int thread, int threads);

// y = w ⊙ x / √(mean(x²) + ε)
struct Norm {
    int64_t width, tokens;
    float epsilon;
    const float * weight;
    const float * x; // [width, tokens]
};
void normalize(const Norm & norm, RowsOut y, int thread, int threads);
// dx = addend + (g − x · Σ(g ⊙ x) / (n · rms²)) / rms with g = w ⊙ dy; addend may be null.
void normalize_backward(const Norm & norm, const float * dy, const float * addend, float * dx, int thread, int threads);

// y = f(gate) ⊙ up with f(g) = g·σ(z): silu with z = g, or the GELU of the tanh formula with
// z = 2√(2/π)(g + 0.044715g³)
struct GatedUnit {
    int64_t width, tokens;
    const float * gate;
    const float * up;
    bool is_gelu = false;
};
void gated_unit(const GatedUnit & glu, RowsOut y, int thread, int threads);
void gated_unit_backward(const GatedUnit & glu, const float * dy, RowsOut d_gate, RowsOut d_up, int thread, int threads);

// Replaces a row of logits by the gradient of weight · −log softmax(logits)[target]; bfloat16 gradients take
// the first half of the row's memory.
struct CrossEntropy {
    int64_t vocabulary, tokens;
    float * logits;
    bool half;
    bool with_gradient;
    const int32_t * targets;
    const float * weights;
    float * losses;
};
void cross_entropy(const CrossEntropy & loss, int thread, int threads);

// low[t, r] = scale · Σ_k x[t, k] a(r, k); `a` holds r's elements in a row, or, turned, those of k.
struct LowProjection {
    int64_t tokens, width, rank;
    Rows x;
    const float * a;
    bool turned; // a[k · rank + r] instead of a[r · width + k]
    float scale;
    float * low;
};
void project(const LowProjection & projection, int thread, int threads);

// d(r, k) = scale · Σ_t low[t, r] x[t, k], laid out like `a` above.
struct LowGradient {
    int64_t tokens, width, rank;
    const float * low;
    Rows x;
    bool turned;
    float scale;
    float * d;
};
void low_gradient(const LowGradient & gradient, int thread, int threads);

// out[h] = Σ over the `group` heads that share key-value head h, per token.
struct GroupSum {
    int64_t width, heads, group, tokens;
    const float * in;
    float * out;
};
void sum_groups(const GroupSum & sum, int thread, int threads);

} // namespace luthier::kernels
