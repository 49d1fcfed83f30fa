// Rules for operations that mix the elements of a row: norms, softmax, rotation.
#include "vjp_rules.hpp"

namespace luthier {

// y = x / rms(x), rms(x) = √(mean(x²) + ε):  dx = (dy − x · Σ(dy ⊙ x) / (n · rms²)) / rms
void vjp_rms_norm(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    const float epsilon = float_parameter(node, 0);
    pass.add_gradient(node->src[0], ggml_rms_norm_back(pass.context(), pass.contiguous(dy), node->src[0], epsilon));
}

// y = c / √(mean(c²) + ε) with c = x − mean(x):  dx = dc − mean(dc), dc as for rms(c)
void vjp_norm(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    ggml_context * context = pass.context();
    ggml_tensor * x = node->src[0];
    ggml_tensor * centred = ggml_sub(context, x, ggml_mean(context, x));
    ggml_tensor * dc = ggml_rms_norm_back(context, pass.contiguous(dy), centred, float_parameter(node, 0));
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

} // namespace luthier
