// Rules for matrix products.
#include "vjp_rules.hpp"

#include "luthier/frozen_products.hpp"

namespace luthier {

namespace {

// The group of query heads that share one key-value head is summed over, together with the rows:
// [n, rows, heads, streams] → [rows · group, n, kv_heads · streams].  ggml's mul_mat repeats operand 0 such
// that head h reads kv head h / group, so the group runs faster than the kv head.
ggml_tensor * fold_group_into_rows(ReversePass & pass, ggml_tensor * tensor, int64_t group) {
    ggml_context * context = pass.context();
    ggml_tensor * full = pass.contiguous(tensor);
    const int64_t n = full->ne[0], rows = full->ne[1], heads = full->ne[2] / group * full->ne[3];
    ggml_tensor * split = ggml_reshape_4d(context, full, n, rows, group, heads);
    ggml_tensor * turned = ggml_cont(context, ggml_permute(context, split, 2, 0, 1, 3)); // [rows, group, n, heads]
    return ggml_reshape_3d(context, turned, rows * group, n, heads);
}

// dw_kn = Σ_t x_kt dy_nt = mul_mat(xᵀ, dyᵀ)
ggml_tensor * product_gradient_of_weight(ReversePass & pass, ggml_tensor * w, ggml_tensor * x, ggml_tensor * dy) {
    ggml_context * context = pass.context();
    const int64_t group = x->ne[2] / w->ne[2];
    if (x->ne[3] != w->ne[3]) {
        throw NoRule{ "MUL_MAT that repeats operand 0 over the streams" };
    }
    if (group == 1) {
        return ggml_mul_mat(context, pass.transposed(x), pass.transposed(dy));
    }
    ggml_tensor * sum = ggml_mul_mat(context, fold_group_into_rows(pass, x, group), fold_group_into_rows(pass, dy, group));
    return ggml_reshape_4d(context, sum, w->ne[0], w->ne[1], w->ne[2], w->ne[3]);
}

} // namespace

// y = mul_mat(w, x):  dx_kt = Σ_n w_kn dy_nt = mul_mat(wᵀ, dy),  dw as above
void vjp_mul_mat(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    ggml_tensor * w = node->src[0];
    ggml_tensor * x = node->src[1];
    if (pass.needs_gradient(x)) {
        const bool is_frozen = w->op == GGML_OP_NONE && !pass.needs_gradient(w);
        pass.add_gradient(x, is_frozen ? product_gradient_of_input(pass, w, dy)
                                       : ggml_mul_mat(pass.context(), pass.transposed(w), pass.contiguous(dy)));
    }
    if (pass.needs_gradient(w)) {
        pass.add_gradient(w, product_gradient_of_weight(pass, w, x, dy));
    }
}

} // namespace luthier
