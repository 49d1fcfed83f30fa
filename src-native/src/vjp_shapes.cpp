// Rules for operations that move elements: views, permutations, rows.
#include "vjp_rules.hpp"

#include <optional>

namespace luthier {

namespace {

// y is elements [first, first + length) of each row of x, perhaps cut into more axes, as the query is of a fused
// query, key and value. Returns length, or nothing where y is another part of x.
std::optional<int64_t> length_of_row_part(const ggml_tensor * y, const ggml_tensor * x) {
    if (!ggml_is_contiguous(x) || x->ne[2] * x->ne[3] != 1) {
        return std::nullopt;
    }
    int64_t length = 1;
    int axis = 0;
    for (; axis < GGML_MAX_DIMS && y->nb[axis] == size_t(length) * x->nb[0] && length * y->ne[axis] <= x->ne[0]; ++axis) {
        length *= y->ne[axis];
    }
    const bool takes_every_row = axis < GGML_MAX_DIMS && y->nb[axis] == x->nb[1] && ggml_nelements(y) == length * x->ne[1] && y->ne[axis] == x->ne[1];
    const bool stays_in_row = y->view_offs + size_t(length) * x->nb[0] <= x->nb[1];
    return takes_every_row && stays_in_row ? std::optional(length) : std::nullopt;
}

} // namespace

// y holds the elements of x in the same order, or a part of each row:  dx holds those of dy, and zeros
void vjp_reshape(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    ggml_context * context = pass.context();
    ggml_tensor * x = node->src[0];
    const bool keeps_order = ggml_is_contiguous(node) && ggml_is_contiguous(x) && node->view_offs == x->view_offs;
    if (ggml_nelements(node) == ggml_nelements(x) && (node->op == GGML_OP_CONT || keeps_order)) {
        return pass.add_gradient(x, ggml_reshape_4d(context, pass.contiguous(dy), x->ne[0], x->ne[1], x->ne[2], x->ne[3]));
    }
    const std::optional<int64_t> length = node->op == GGML_OP_VIEW ? length_of_row_part(node, x) : std::nullopt;
    if (!length || x->view_src) {
        throw NoRule{ "VIEW of a part of a tensor" };
    }
    const int64_t first = int64_t(node->view_offs / x->nb[0]);
    ggml_tensor * part = ggml_reshape_2d(context, pass.contiguous(dy), *length, x->ne[1]);
    pass.add_gradient(x, ggml_pad_ext(context, part, int(first), int(x->ne[0] - first - *length), 0, 0, 0, 0, 0, 0));
}

// y moves axis i of x to axis p_i:  dx moves it back
void vjp_permute(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    int inverse[GGML_MAX_DIMS];
    for (int i = 0; i < GGML_MAX_DIMS; ++i) {
        inverse[node->op_params[i]] = i;
    }
    pass.add_gradient(node->src[0], ggml_permute(pass.context(), dy, inverse[0], inverse[1], inverse[2], inverse[3]));
}

void vjp_transpose(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    pass.add_gradient(node->src[0], ggml_transpose(pass.context(), dy));
}

// y_i = x_{rows_i}:  dx_{rows_i} += dy_i, the other rows are zero. llama.cpp picks the output rows so, each once.
void vjp_get_rows(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    ggml_context * context = pass.context();
    ggml_tensor * x = node->src[0];
    ggml_tensor * full = pass.contiguous(dy);
    pass.add_gradient(x, pass.kernel_or(ggml_get_rows_back(context, full, node->src[1], x), [&] {
        return ggml_set_rows(context, ggml_fill(context, x, 0), full, node->src[1]);
    }));
}

} // namespace luthier
