// Chooses the rule for an operation.
#include "vjp_rules.hpp"

#include "luthier/fused_operations.hpp"

#include <cstring>

namespace luthier {

float float_parameter(const ggml_tensor * node, int index) {
    float value;
    std::memcpy(&value, node->op_params + index, sizeof(value));
    return value;
}

void apply_vjp_rule(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) {
    switch (node->op) {
        case GGML_OP_ADD:       return vjp_add(pass, node, dy);
        case GGML_OP_MUL:       return vjp_mul(pass, node, dy);
        case GGML_OP_SCALE:     return vjp_scale(pass, node, dy);
        case GGML_OP_SQR:       return vjp_square(pass, node, dy);
        case GGML_OP_UNARY:     return vjp_unary(pass, node, dy);
        case GGML_OP_GLU:       return vjp_glu(pass, node, dy);
        case GGML_OP_NORM:      return vjp_norm(pass, node, dy);
        case GGML_OP_RMS_NORM:  return vjp_rms_norm(pass, node, dy);
        case GGML_OP_SOFT_MAX:  return vjp_soft_max(pass, node, dy);
        case GGML_OP_ROPE:      return vjp_rope(pass, node, dy);
        case GGML_OP_MUL_MAT:   return vjp_mul_mat(pass, node, dy);
        case GGML_OP_CONT:
        case GGML_OP_RESHAPE:
        case GGML_OP_VIEW:      return vjp_reshape(pass, node, dy);
        case GGML_OP_PERMUTE:   return vjp_permute(pass, node, dy);
        case GGML_OP_TRANSPOSE: return vjp_transpose(pass, node, dy);
        case GGML_OP_GET_ROWS:  return vjp_get_rows(pass, node, dy);
        case GGML_OP_MAP_CUSTOM1: return vjp_dropout(pass, node, dy);
        default:                break;
    }
    const FusedOperation * operation = fused_operation(node);
    if (!operation) {
        throw NoRule{ ggml_op_name(node->op) };
    }
    operation->differentiate(pass, node, dy);
}

} // namespace luthier
