// One rule per operation: the vector-Jacobian product, given dy, the gradient of the operation's result.
//
// ggml's shapes: ne[0] is contiguous. mul_mat(w [k, n], x [k, t]) = y [n, t] with y_nt = Σ_k w_kn x_kt.
#include "luthier/reverse_pass.hpp"

#include <cstring>

namespace luthier {

namespace {

float float_parameter(const ggml_tensor * node, int index) {
    float value;
    std::memcpy(&value, node->op_params + index, sizeof(value));
    return value;
}

// y = a + b, where b may be a frozen bias that is repeated over the rows:  da = dy,  db = dy
void vjp_add(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    if (pass.needs_gradient(node->src[0])) {
        pass.add_gradient(node->src[0], dy);
    }
    if (pass.needs_gradient(node->src[1])) {
        if (!ggml_are_same_shape(node, node->src[1])) {
            throw NoRule{ "ADD that repeats a trained tensor" };
        }
        pass.add_gradient(node->src[1], dy);
    }
}

// y = a ⊙ b, where b may be a frozen norm weight that is repeated over the rows:  da = dy ⊙ b,  db = dy ⊙ a
void vjp_mul(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    ggml_tensor * a = node->src[0];
    ggml_tensor * b = node->src[1];
    if (pass.needs_gradient(a)) {
        pass.add_gradient(a, ggml_mul(pass.context(), dy, b));
    }
    if (pass.needs_gradient(b)) {
        if (!ggml_are_same_shape(a, b)) {
            throw NoRule{ "MUL that repeats a trained tensor" };
        }
        pass.add_gradient(b, ggml_mul(pass.context(), dy, a));
    }
}

// y = s·a + c:  da = s·dy
void vjp_scale(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    pass.add_gradient(node->src[0], ggml_scale(pass.context(), dy, float_parameter(node, 0)));
}

// y = x / rms(x), rms(x) = √(mean(x²) + ε):  dx = (dy − x · Σ(dy ⊙ x) / (n · rms²)) / rms
void vjp_rms_norm(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    const float epsilon = float_parameter(node, 0);
    pass.add_gradient(node->src[0], ggml_rms_norm_back(pass.context(), pass.contiguous(dy), node->src[0], epsilon));
}

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

// y holds the elements of x in the same order:  dx holds those of dy
void vjp_reshape(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    const ggml_tensor * x = node->src[0];
    const bool covers_all = ggml_nelements(node) == ggml_nelements(x) && node->view_offs == 0;
    const bool keeps_order = node->op == GGML_OP_CONT || (ggml_is_contiguous(node) && ggml_is_contiguous(x));
    if (!covers_all || !keeps_order) {
        throw NoRule{ "VIEW of a part of a tensor" };
    }
    pass.add_gradient(node->src[0], ggml_reshape_4d(pass.context(), pass.contiguous(dy), x->ne[0], x->ne[1], x->ne[2], x->ne[3]));
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

// y_i = x_{rows_i}:  dx_{rows_i} += dy_i, the other rows are zero
void vjp_get_rows(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    pass.add_gradient(node->src[0], ggml_get_rows_back(pass.context(), pass.contiguous(dy), node->src[1], node->src[0]));
}

// y = softmax(s·x + mask) along ne[0]:  dx = s · y ⊙ (dy − Σ(dy ⊙ y))
// The result may take dy's memory but not y's (ggml_compute_forward_soft_max_ext_back_f32 copies dy first);
// ggml-alloc tries the sources in order, and dy is read here only.
void vjp_soft_max(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    const float scale = float_parameter(node, 0), max_bias = float_parameter(node, 1);
    if (max_bias != 0.0f || node->src[2]) {
        throw NoRule{ "SOFT_MAX with position bias or sinks" };
    }
    pass.add_gradient(node->src[0], ggml_soft_max_ext_back(pass.context(), pass.contiguous(dy), node, scale, max_bias));
}

// y rotates pairs of x by angles that grow with the position:  dx rotates dy back
void vjp_rope(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    const int32_t * p = node->op_params; // laid out by ggml_rope_impl
    pass.add_gradient(node->src[0],
                      ggml_rope_ext_back(pass.context(), pass.contiguous(dy), node->src[1], node->src[2], p[1], p[2], p[4], float_parameter(node, 5),
                                         float_parameter(node, 6), float_parameter(node, 7), float_parameter(node, 8), float_parameter(node, 9),
                                         float_parameter(node, 10)));
}

// y = silu(g) ⊙ u, silu(g) = g·σ(g):  dg = dy ⊙ u ⊙ silu'(g),  du = dy ⊙ silu(g)
void vjp_swiglu(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    ggml_context * context = pass.context();
    ggml_tensor * g = node->src[0];
    ggml_tensor * u = node->src[1];
    if (ggml_get_glu_op(node) != GGML_GLU_OP_SWIGLU || !u) {
        throw NoRule{ std::string("GLU ") + ggml_glu_op_name(ggml_get_glu_op(node)) };
    }
    if (pass.needs_gradient(g)) {
        pass.add_gradient(g, ggml_silu_back(context, ggml_mul(context, dy, u), g));
    }
    if (pass.needs_gradient(u)) {
        pass.add_gradient(u, ggml_mul(context, ggml_silu(context, g), dy));
    }
}

} // namespace

ggml_tensor * product_gradient_of_input(ReversePass & pass, ggml_tensor * w, ggml_tensor * dy) {
    return ggml_mul_mat(pass.context(), pass.transposed_weight(w), pass.contiguous(dy));
}

void apply_vjp_rule(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    switch (node->op) {
        case GGML_OP_ADD:       return vjp_add(pass, node, dy);
        case GGML_OP_MUL:       return vjp_mul(pass, node, dy);
        case GGML_OP_SCALE:     return vjp_scale(pass, node, dy);
        case GGML_OP_RMS_NORM:  return vjp_rms_norm(pass, node, dy);
        case GGML_OP_MUL_MAT:   return vjp_mul_mat(pass, node, dy);
        case GGML_OP_CONT:
        case GGML_OP_RESHAPE:
        case GGML_OP_VIEW:      return vjp_reshape(pass, node, dy);
        case GGML_OP_PERMUTE:   return vjp_permute(pass, node, dy);
        case GGML_OP_TRANSPOSE: return vjp_transpose(pass, node, dy);
        case GGML_OP_GET_ROWS:  return vjp_get_rows(pass, node, dy);
        case GGML_OP_SOFT_MAX:  return vjp_soft_max(pass, node, dy);
        case GGML_OP_ROPE:      return vjp_rope(pass, node, dy);
        case GGML_OP_GLU:       return vjp_swiglu(pass, node, dy);
        default:                throw NoRule{ ggml_op_name(node->op) };
    }
}

} // namespace luthier
