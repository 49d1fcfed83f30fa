// Sees to products that GPUs would compute too roughly, or wrong.
#include "luthier/gpu_products.hpp"

#include <initializer_list>

namespace luthier {

namespace {

// Rows that touch, in matrices that do not.
bool has_gaps(const ggml_tensor * tensor) {
    return tensor->ne[2] > 1 && tensor->nb[0] == ggml_type_size(tensor->type) && tensor->nb[1] == ggml_row_size(tensor->type, tensor->ne[0]) &&
           tensor->nb[2] != tensor->nb[1] * size_t(tensor->ne[1]);
}

} // namespace

ggml_cgraph * prepare_products_for_gpu(ggml_context * context, ggml_cgraph * graph) {
    ggml_cgraph * prepared = ggml_new_graph_custom(context, size_t(ggml_graph_size(graph)), false);
    for (int i = 0; i < ggml_graph_n_nodes(graph); ++i) {
        ggml_tensor * node = ggml_graph_node(graph, i);
        if (node->op == GGML_OP_MUL_MAT) {
            ggml_mul_mat_set_prec(node, GGML_PREC_F32);
            for (ggml_tensor ** operand : { &node->src[0], &node->src[1] }) {
                *operand = has_gaps(*operand) ? ggml_cont(context, *operand) : *operand;
            }
        }
        ggml_build_forward_expand(prepared, node); // a copy comes before the product that reads it
    }
    return prepared;
}

} // namespace luthier
