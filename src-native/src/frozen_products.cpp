// Dequantizes frozen weights slice by slice, for the products of the forward and of the reverse pass.
#include "luthier/frozen_products.hpp"

#include <algorithm>

namespace luthier {

namespace {

int64_t rows_per_slice(const ggml_tensor * weight, int64_t slice_bytes) {
    return std::max<int64_t>(1, slice_bytes / (weight->ne[0] * int64_t(sizeof(float))));
}

// Rows [first, first + rows) of a quantized weight as float32. GPUs do not copy K-quants to float32, but pick
// rows of them.
ggml_tensor * dequantized_rows(ggml_context * context, const ReverseOptions & options, ggml_tensor * weight, int64_t first, int64_t rows) {
    ggml_tensor * part = ggml_view_2d(context, weight, weight->ne[0], rows, weight->nb[1], size_t(first) * weight->nb[1]);
    ggml_tensor * copy = ggml_cast(context, part, GGML_TYPE_F32);
    if (has_kernel(options, copy)) {
        return copy;
    }
    ggml_tensor * numbers = ggml_arange(context, float(first), float(first + rows), 1);
    return ggml_get_rows(context, weight, ggml_cast(context, numbers, GGML_TYPE_I32));
}

// Calls use(first, rows) for each slice of the weight's rows.
template <typename Use> void for_each_slice(const ggml_tensor * weight, int64_t slice_bytes, Use use) {
    const int64_t step = rows_per_slice(weight, slice_bytes);
    for (int64_t first = 0; first < weight->ne[1]; first += step) {
        use(first, std::min(step, weight->ne[1] - first));
    }
}

// dx = Σ over the slices of wᵀ dy, where a slice takes its rows of w and the same rows of dy
ggml_tensor * sliced_gradient_of_input(ggml_context * context, const ReverseOptions & options, ggml_tensor * w, ggml_tensor * dy) {
    ggml_tensor * sum = nullptr;
    for_each_slice(w, options.slice_bytes, [&](int64_t first, int64_t rows) {
        ggml_tensor * turned = ggml_cont(context, ggml_transpose(context, dequantized_rows(context, options, w, first, rows)));
        ggml_tensor * part = dy;
        if (rows < dy->ne[0]) {
            part = ggml_cont(context, ggml_view_2d(context, dy, rows, dy->ne[1], dy->nb[1], size_t(first) * dy->nb[0]));
        }
        ggml_tensor * product = ggml_mul_mat(context, turned, part);
        sum = sum ? ggml_add(context, sum, product) : product;
    });
    return sum;
}

// Joins the slices' results along the rows of w; pairwise, so that each element is copied log₂(slices) times.
ggml_tensor * joined(ggml_context * context, const std::vector<ggml_tensor *> & parts, size_t first, size_t last) {
    if (last - first == 1) {
        return parts[first];
    }
    const size_t middle = first + (last - first) / 2;
    return ggml_concat(context, joined(context, parts, first, middle), joined(context, parts, middle, last), 0);
}

// y = mul_mat(w, x) becomes a product with float32, or the last concatenation of several.
void widen_product(ggml_context * context, ggml_tensor * node, const ReverseOptions & options) {
    ggml_tensor * w = node->src[0];
    ggml_tensor * x = node->src[1];
    if (slice_count(w, options.slice_bytes) == 1) {
        node->src[0] = dequantized_rows(context, options, w, 0, w->ne[1]);
        return;
    }
    std::vector<ggml_tensor *> parts;
    for_each_slice(w, options.slice_bytes, [&](int64_t first, int64_t rows) {
        parts.push_back(ggml_mul_mat(context, dequantized_rows(context, options, w, first, rows), x));
    });
    const ggml_tensor * whole = joined(context, parts, 0, parts.size());
    node->op = whole->op;
    std::copy(std::begin(whole->op_params), std::end(whole->op_params), std::begin(node->op_params));
    std::copy(std::begin(whole->src), std::end(whole->src), std::begin(node->src));
}

} // namespace

int64_t slice_count(const ggml_tensor * weight, int64_t slice_bytes) {
    const int64_t step = rows_per_slice(weight, slice_bytes);
    return ggml_is_quantized(weight->type) ? (weight->ne[1] + step - 1) / step : 0;
}

ggml_tensor * product_gradient_of_input(ReversePass & pass, ggml_tensor * w, ggml_tensor * dy) {
    ggml_tensor * full = pass.contiguous(dy);
    return ggml_is_quantized(w->type) ? sliced_gradient_of_input(pass.context(), pass.options(), w, full)
                                      : ggml_mul_mat(pass.context(), pass.transposed_weight(w), full);
}

ggml_cgraph * widen_quantized_products(ggml_context * context, ggml_cgraph * graph, const ReverseOptions & options) {
    ggml_cgraph * widened = ggml_new_graph_custom(context, size_t(ggml_graph_size(graph)), false);
    for (int i = 0; i < ggml_graph_n_nodes(graph); ++i) {
        ggml_tensor * node = ggml_graph_node(graph, i);
        if (node->op == GGML_OP_MUL_MAT && node->src[0]->op == GGML_OP_NONE && ggml_is_quantized(node->src[0]->type)) {
            widen_product(context, node, options);
        }
        ggml_build_forward_expand(widened, node); // what the node now reads comes before it
    }
    return widened;
}

} // namespace luthier
