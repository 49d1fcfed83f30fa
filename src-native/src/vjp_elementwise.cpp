// Rules for operations that work element by element, activations among them.
#include "vjp_rules.hpp"

#include "luthier/training_noise.hpp"

namespace luthier {

namespace {

// What a rule needs of an activation f at x.
struct Activation {
    ggml_tensor * value;    // f(x)
    ggml_tensor * gradient; // dy ⊙ f'(x)
};

// silu(x) = x·σ(x)
Activation silu_at(ggml_context * context, ggml_tensor * x, ggml_tensor * dy) {
    return { ggml_silu(context, x), ggml_silu_back(context, dy, x) };
}

// gelu(x) = x·s with s = σ(z), z = x·(c + a·x²), which is ½x(1 + tanh(√(2/π)(x + 0.044715x³))):
// gelu'(x) = s + x·s·(1 − s)·(c + 3a·x²)
Activation gelu_at(ggml_context * context, ggml_tensor * x, ggml_tensor * dy) {
    constexpr float c = 1.5957691216057308f; // 2√(2/π)
    constexpr float a = c * 0.044715f;
    ggml_tensor * square = ggml_sqr(context, x);
    ggml_tensor * s = ggml_sigmoid(context, ggml_mul(context, ggml_scale_bias(context, square, a, c), x));
    ggml_tensor * value = ggml_mul(context, x, s);
    ggml_tensor * slope = ggml_mul(context, ggml_scale_bias(context, square, 3 * a, c), value);
    slope = ggml_add(context, ggml_mul(context, ggml_scale_bias(context, s, -1, 1), slope), s);
    return { value, ggml_mul(context, slope, dy) };
}

// relu(x) = x where x > 0, else 0
Activation relu_at(ggml_context * context, ggml_tensor * x, ggml_tensor * dy) {
    return { ggml_relu(context, x), ggml_mul(context, ggml_step(context, x), dy) };
}

} // namespace

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

// y = m ⊙ x / (1 − p), m 0 or 1:  dx = m ⊙ dy / (1 − p)
void vjp_dropout(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    if (!is_dropout(node)) {
        throw NoRule{ "MAP_CUSTOM1" };
    }
    if (pass.needs_gradient(node->src[0])) {
        pass.add_gradient(node->src[0], dropout_gradient(pass.context(), node, pass.contiguous(dy)));
    }
}

// y = x²:  dx = 2x ⊙ dy
void vjp_square(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    ggml_context * context = pass.context();
    pass.add_gradient(node->src[0], ggml_scale(context, ggml_mul(context, dy, node->src[0]), 2));
}

void vjp_unary(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    ggml_context * context = pass.context();
    ggml_tensor * x = node->src[0];
    ggml_tensor * full = pass.contiguous(dy);
    switch (ggml_get_unary_op(node)) {
        case GGML_UNARY_OP_SILU: return pass.add_gradient(x, silu_at(context, x, full).gradient);
        case GGML_UNARY_OP_GELU: return pass.add_gradient(x, gelu_at(context, x, full).gradient);
        case GGML_UNARY_OP_RELU: return pass.add_gradient(x, relu_at(context, x, full).gradient);
        case GGML_UNARY_OP_TANH: // tanh' = 1 − tanh²
            return pass.add_gradient(x, ggml_mul(context, ggml_scale_bias(context, ggml_sqr(context, node), -1, 1), full));
        default: throw NoRule{ ggml_unary_op_name(ggml_get_unary_op(node)) };
    }
}

// y = f(g) ⊙ u:  dg = dy ⊙ u ⊙ f'(g),  du = dy ⊙ f(g).  Where there is one source x, its rows hold g and u one
// after the other.
void vjp_glu(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    ggml_context * context = pass.context();
    const ggml_glu_op kind = ggml_get_glu_op(node);
    dy = pass.contiguous(dy);
    const auto activation_at = [&](ggml_tensor * g, ggml_tensor * dg) {
        switch (kind) {
            case GGML_GLU_OP_SWIGLU: return silu_at(context, g, dg);
            case GGML_GLU_OP_GEGLU:  return gelu_at(context, g, dg);
            case GGML_GLU_OP_REGLU:  return relu_at(context, g, dg);
            default: throw NoRule{ std::string("GLU ") + ggml_glu_op_name(kind) };
        }
    };
    ggml_tensor * g = node->src[0];
    ggml_tensor * u = node->src[1];
    if (u) {
        const Activation f = activation_at(g, ggml_mul(context, dy, u));
        if (pass.needs_gradient(g)) {
            pass.add_gradient(g, f.gradient);
        }
        if (pass.needs_gradient(u)) {
            pass.add_gradient(u, ggml_mul(context, f.value, dy));
        }
        return;
    }
    const bool is_swapped = node->op_params[1] != 0;
    ggml_tensor * x = node->src[0];
    const auto half = [&](bool second) {
        const size_t offset = second ? size_t(node->ne[0]) * x->nb[0] : 0;
        return ggml_cont(context, ggml_view_4d(context, x, node->ne[0], x->ne[1], x->ne[2], x->ne[3], x->nb[1], x->nb[2], x->nb[3], offset));
    };
    g = half(is_swapped);
    u = half(!is_swapped);
    const Activation f = activation_at(g, ggml_mul(context, dy, u));
    ggml_tensor * du = ggml_mul(context, f.value, dy);
    pass.add_gradient(x, is_swapped ? ggml_concat(context, du, f.gradient, 0) : ggml_concat(context, f.gradient, du, 0));
}

} // namespace luthier
