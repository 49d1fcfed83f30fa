// Products with the frozen weights of the base model, exact for quantized weights.
#pragma once

#include "luthier/reverse_pass.hpp"

namespace luthier {

// dL/dx of y = mul_mat(w, x) for a frozen weight w, given dy; shaped [rows of x, rows of dy].
ggml_tensor * product_gradient_of_input(ReversePass & pass, ggml_tensor * w, ggml_tensor * dy);

// ggml's processor and its GPUs round the other operand of a product with quantized weights to 8 bits. Returns
// the graph with each such product computed on the weights as float32 instead, `slice_bytes` at a time, so that
// no more of the base is ever held in that form.
ggml_cgraph * widen_quantized_products(ggml_context * context, ggml_cgraph * graph, const ReverseOptions & options);

// How many slices a product with the weight is computed in; 0 where the weight is not quantized.
int64_t slice_count(const ggml_tensor * weight, int64_t slice_bytes);

// Most nodes that one product with a quantized weight, its repetition and its gradient add for each slice.
constexpr size_t nodes_per_slice = 16;

} // namespace luthier
