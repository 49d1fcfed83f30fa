// The fused operations that stand in a forward graph; each names its sources in order.
#pragma once

#include "luthier/fused_operations.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace luthier {

// y = W x + s·B u + addend; sources: x, W, u, B, addend, of which the last three may be null. An addend of
// one row is a bias.
struct Product : FusedOperation {
    explicit Product(float scale = 0) : scale(scale) {}
    float scale;

    void compute(ggml_tensor * y, int thread, int threads) const override;
    void differentiate(ReversePass & pass, ggml_tensor * y, ggml_tensor * dy) const override;
};

// u = A x; sources: x, A
struct Projection : FusedOperation {
    void compute(ggml_tensor * low, int thread, int threads) const override;
    void differentiate(ReversePass & pass, ggml_tensor * low, ggml_tensor * d_low) const override;
};

// y = x as bfloat16; source: x
struct Rounding : FusedOperation {
    void compute(ggml_tensor * y, int thread, int threads) const override;
    void differentiate(ReversePass & pass, ggml_tensor * y, ggml_tensor * dy) const override;
};

// sources: x, weight
struct Norm : FusedOperation {
    explicit Norm(float epsilon) : epsilon(epsilon) {}
    float epsilon;

    void compute(ggml_tensor * y, int thread, int threads) const override;
    void differentiate(ReversePass & pass, ggml_tensor * y, ggml_tensor * dy) const override;
    bool is_cheap() const override { return true; }
};

// sources: gate, up
struct GatedUnit : FusedOperation {
    explicit GatedUnit(bool is_gelu) : is_gelu(is_gelu) {}
    bool is_gelu; // silu otherwise

    void compute(ggml_tensor * y, int thread, int threads) const override;
    void differentiate(ReversePass & pass, ggml_tensor * y, ggml_tensor * dy) const override;
    bool is_cheap() const override { return true; }
};

// sources: q, k, v [width, heads, tokens, rows], first keys [tokens · rows], and log sums
// [heads, tokens · rows], which the forward pass writes for the reverse pass
struct Attention : FusedOperation {
    Attention(float scale, float cap) : scale(scale), cap(cap) {}
    float scale;
    float cap; // soft cap on the scores; 0 for none

    void compute(ggml_tensor * y, int thread, int threads) const override;
    void differentiate(ReversePass & pass, ggml_tensor * y, ggml_tensor * dy) const override;
};

} // namespace luthier
