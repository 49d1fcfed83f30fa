// Rules for operations that mix the elements of a row: norms, softmax, rotation.
#include "vjp_rules.hpp"

namespace luthier {

namespace {

// dx of y = x / √(mean(x²) + ε), given dy
ggml_tensor * gradient_of_rms_norm(ReversePass & pass, ggml_tensor * x, ggml_tensor * dy, float epsilon) {
    ggml_context * context = pass.context();
    return pass.kernel_or(ggml_rms_norm_back(context, dy, x, epsilon), [&] {
        const float share = 1.0f / float(x->ne[0]);
        ggml_tensor * y = ggml_rms_norm(context, x, epsilon);
        ggml_tensor * rms = ggml_sqrt(context, ggml_scale_bias(context, ggml_sum_rows(context, ggml_sqr(context, x)), share, epsilon));
        ggml_tensor * along = ggml_scale(context, ggml_sum_rows(context, ggml_mul(context, dy, y)), share);
        return ggml_div(context, ggml_sub(context, dy, ggml_mul(context, y, along)), rms);
    });
}

} // namespace

// y = x / rms(x), rms(x) = √(mean(x²) + ε):  dx = (dy − x · Σ(dy ⊙ x) / (n · rms²)) / rms
void vjp_rms_norm(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    const float epsilon = float_parameter(node, 0);
    pass.add_gradient(node->src[0], gradient_of_rms_norm(pass, node->src[0], pass.contiguous(dy), epsilon));
}

// y = c / √(mean(c²) + ε) with c = x − mean(x):  dx = dc − mean(dc), dc as for rms(c)
void vjp_norm(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    ggml_context * context = pass.context();
    ggml_tensor * x = node->src[0];
    ggml_tensor * centred = ggml_sub(context, x, ggml_mean(context, x));
    ggml_tensor * dc = gradient_of_rms_norm(pass, centred, pass.contiguous(dy), float_parameter(node, 0));
    pass.add_gradient(x, ggml_sub(context, dc, ggml_mean(context, dc)));
}

// y = softmax(s·x + mask) along ne[0]:  dx = s · y ⊙ (dy − Σ(dy ⊙ y))
// The result may take dy's memory but not y's (ggml_compute_forward_soft_max_ext_back_f32 copies dy first);
// ggml-alloc tries the sources in order, and dy is read here only.
void vjp_soft_max(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    const float scale = float_parameter(node, 0), max_bias = float_parameter(node, 1);
    if (max_bias != 0.0f || node->src[2]) {
        throw NoRule{ "SOFT_MAX with position bias or sinks" };
    }
    ggml_context * context = pass.context();
    ggml_tensor * full = pass.contiguous(dy);
    pass.add_gradient(node->src[0], pass.kernel_or(ggml_soft_max_ext_back(context, full, node, scale, max_bias), [&] {
        ggml_tensor * along = ggml_sum_rows(context, ggml_mul(context, full, node));
        return ggml_scale(context, ggml_mul(context, ggml_sub(context, full, along), node), scale);
    }));
}

// y rotates pairs of x by angles that grow with the position:  dx rotates dy back
void vjp_rope(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    const int32_t * p = node->op_params; // laid out by ggml_rope_impl
    pass.add_gradient(node->src[0],
                      ggml_rope_ext_back(pass.context(), pass.contiguous(dy), node->src[1], node->src[2], p[1], p[2], p[4], float_parameter(node, 5),
                                         float_parameter(node, 6), float_parameter(node, 7), float_parameter(node, 8), float_parameter(node, 9),
                                         float_parameter(node, 10)));
}

} // namespace luthier
