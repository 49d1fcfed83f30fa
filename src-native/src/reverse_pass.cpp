// Walks a forward graph backwards and, with checkpointing, computes each layer again just before.
#include "luthier/reverse_pass.hpp"

#include "luthier/fused_operations.hpp"

#include <algorithm>
#include <cstring>

namespace luthier {

namespace {

bool has_prefix(const ggml_tensor * tensor, const char * prefix) {
    return std::strncmp(tensor->name, prefix, std::strlen(prefix)) == 0;
}

} // namespace

bool has_kernel(const ReverseOptions & options, const ggml_tensor * node) {
    return !options.spelled_out && (!options.device || ggml_backend_dev_supports_op(options.device, node));
}

void ReversePass::mark(ggml_cgraph * forward, const std::vector<ggml_tensor *> & parameters) {
    needed_.insert(parameters.begin(), parameters.end());
    for (int i = 0; i < ggml_graph_n_nodes(forward); ++i) {
        const ggml_tensor * node = ggml_graph_node(forward, i);
        // patch 0001 names the tensors through which attention reads K and V of the batch
        if (options_.cut_keys_and_values && (has_prefix(node, "k_batch-") || has_prefix(node, "v_batch-"))) {
            continue;
        }
        for (const ggml_tensor * source : node->src) {
            if (needs_gradient(source)) {
                needed_.insert(node);
                break;
            }
        }
    }
}

void ReversePass::run(ggml_cgraph * forward) {
    if (options_.checkpointing) {
        run_with_checkpoints(forward);
        return;
    }
    for (int i = ggml_graph_n_nodes(forward) - 1; i >= 0; --i) {
        differentiate(ggml_graph_node(forward, i));
    }
}

void ReversePass::differentiate(ggml_tensor * node) {
    const auto found = gradients_.find(node);
    if (found == gradients_.end() || !needs_gradient(node) || node->op == GGML_OP_NONE) {
        return;
    }
    apply_vjp_rule(*this, node, found->second);
}

// Keeps only the outputs of the layers (Chen et al., Training Deep Nets with Sublinear Memory Cost, 2016).
// The backward pass of layer i reads clones of its nodes, which ggml computes where they are first needed;
// the originals die in the forward pass as soon as the layer's output stands. The nodes above the last
// layer's input are not cloned: their backward pass comes at once.
void ReversePass::run_with_checkpoints(ggml_cgraph * forward) {
    std::vector<int> layer_outputs;
    for (int i = 0; i < ggml_graph_n_nodes(forward); ++i) {
        // llama.cpp's graph builders name a layer's output so
        if (has_prefix(ggml_graph_node(forward, i), "l_out-")) {
            layer_outputs.push_back(i);
        }
    }
    if (layer_outputs.size() < 2) {
        throw NoRule{ "layer boundaries" };
    }
    layer_outputs.pop_back();

    int last = ggml_graph_n_nodes(forward) - 1;
    for (int i = last; i > layer_outputs.back(); --i) {
        differentiate(ggml_graph_node(forward, i));
    }
    for (int segment = int(layer_outputs.size()) - 1; segment >= 0; --segment) {
        last = layer_outputs[size_t(segment)];
        const int first = segment > 0 ? layer_outputs[size_t(segment) - 1] + 1 : 0;
        const auto clones = clone_nodes(forward, first, last);
        const auto twin = [&](ggml_tensor * node) {
            const auto found = clones.find(node);
            return found == clones.end() ? node : found->second;
        };
        // what arrived at the layer's output, or at keys and values that later layers share, belongs to the clone,
        // whose rule reads cloned sources
        for (const auto & [node, copy] : clones) {
            if (const auto found = gradients_.find(node); found != gradients_.end()) {
                ggml_tensor * gradient = found->second;
                gradients_.erase(found);
                gradients_[copy] = gradient;
            }
        }
        for (int i = last; i >= first; --i) {
            differentiate(twin(ggml_graph_node(forward, i)));
        }
    }
}

std::unordered_map<ggml_tensor *, ggml_tensor *> ReversePass::clone_nodes(ggml_cgraph * forward, int first, int last) {
    std::unordered_map<ggml_tensor *, ggml_tensor *> clones;
    const auto twin = [&](ggml_tensor * tensor) {
        const auto found = clones.find(tensor);
        return found == clones.end() ? tensor : found->second;
    };
    for (int i = first; i <= last; ++i) {
        ggml_tensor * node = ggml_graph_node(forward, i);
        if (!needs_gradient(node) || node->op == GGML_OP_NONE) {
            continue; // shared by all layers, or not on the way to a parameter
        }
        ggml_tensor * copy = clone(node);
        for (ggml_tensor *& source : copy->src) {
            source = source ? twin(source) : nullptr;
        }
        copy->view_src = node->view_src ? twin(node->view_src) : nullptr;
        clones[node] = copy;
        needed_.insert(copy);
    }
    return clones;
}

ggml_tensor * ReversePass::clone(const ggml_tensor * node) {
    ggml_tensor * copy = ggml_new_tensor(context_, node->type, GGML_MAX_DIMS, node->ne);
    std::memcpy(copy->nb, node->nb, sizeof(node->nb));
    std::memcpy(copy->op_params, node->op_params, sizeof(node->op_params));
    std::memcpy(copy->src, node->src, sizeof(node->src));
    copy->op = node->op;
    copy->view_src = node->view_src;
    copy->view_offs = node->view_offs;
    ggml_format_name(copy, "%.48s (again)", node->name);
    return copy;
}

ggml_tensor * ReversePass::again(ggml_tensor * node) {
    const FusedOperation * operation = fused_operation(node);
    // with checkpointing, this node has just been computed again
    if (!operation || !operation->is_cheap() || options_.checkpointing) {
        return node;
    }
    ggml_tensor *& copy = computed_again_[node];
    if (!copy) {
        copy = clone(node);
    }
    return copy;
}

ggml_tensor * ReversePass::gradient_of(ggml_tensor * tensor) const {
    const auto found = gradients_.find(tensor);
    return found == gradients_.end() ? nullptr : found->second;
}

ggml_tensor * ReversePass::replay(const ggml_tensor * node, ggml_tensor * input) const {
    ggml_tensor * again = ggml_dup_tensor(context_, input);
    again->op = node->op;
    std::memcpy(again->op_params, node->op_params, sizeof(node->op_params));
    std::copy(std::begin(node->src), std::end(node->src), std::begin(again->src));
    again->src[0] = input;
    return again;
}

ggml_tensor * ReversePass::gradient_through(ggml_tensor * node, ggml_tensor * dy) {
    needed_.insert(node->src[0]);
    apply_vjp_rule(*this, node, dy);
    return gradient_of(node->src[0]);
}

// A tensor read in several places gets the sum of their gradients.
void ReversePass::add_gradient(ggml_tensor * of, ggml_tensor * gradient) {
    GGML_ASSERT(ggml_are_same_shape(of, gradient));
    ggml_tensor *& sum = gradients_[of];
    // keys and values that several layers share get theirs transposed
    sum = sum ? ggml_add(context_, contiguous(sum), contiguous(gradient)) : gradient;
    ggml_build_forward_expand(graph_, sum);
}

void ReversePass::replace_gradient(ggml_tensor * of, ggml_tensor * gradient) {
    GGML_ASSERT(ggml_are_same_shape(of, gradient));
    gradients_[of] = gradient;
    ggml_build_forward_expand(graph_, gradient);
}

ggml_tensor * ReversePass::contiguous(ggml_tensor * tensor) const {
    return ggml_is_contiguous(tensor) ? tensor : ggml_cont(context_, tensor);
}

ggml_tensor * ReversePass::transposed(ggml_tensor * tensor) {
    ggml_tensor *& transpose = transposes_[tensor];
    if (!transpose) {
        transpose = ggml_cont(context_, ggml_transpose(context_, tensor));
    }
    return transpose;
}

// ggml rounds the other operand of a product to the weight's type. bfloat16 keeps float32's range, so the
// weight stays as it is; float16 would flush small gradients to zero, so it becomes float32.
ggml_tensor * ReversePass::transposed_weight(ggml_tensor * weight) {
    ggml_tensor *& transpose = transposes_[weight];
    if (!transpose) {
        ggml_tensor * turned = ggml_transpose(context_, weight);
        transpose = weight->type == GGML_TYPE_F16 ? ggml_cast(context_, turned, GGML_TYPE_F32) : ggml_cont(context_, turned);
    }
    return transpose;
}

} // namespace luthier
