// What the matrix products of a graph need so that GPUs compute them right.
#pragma once

#include "ggml.h"

namespace luthier {

// Asks for sums in float32: GPUs would add up products with float16 weights in float16. Returns the graph with a
// contiguous copy in place of each operand whose matrices have room between them, some rows of each: ggml's Vulkan
// products (ggml_vk_mul_mat_q_f16) read the second matrix where the first ends, whatever its stride says, and
// their result is wrong without a word. `context` has room for one more graph of this size.
ggml_cgraph * prepare_products_for_gpu(ggml_context * context, ggml_cgraph * graph);

} // namespace luthier
