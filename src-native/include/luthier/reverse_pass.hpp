// Reverse-mode differentiation of a ggml graph that llama.cpp built (Griewank & Walther, ch. 3).
#pragma once

#include "ggml-backend.h"
#include "ggml.h"

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace luthier {

class FusedOperations;

// Thrown while a graph is built, where no rule differentiates an operation; TrainingGraph::build turns it
// into `model.untrainable`.
struct NoRule {
    std::string operation;
};

struct ReverseOptions {
    bool checkpointing = false;
    // For a test only: no gradient reaches K and V, as when they pass llama.cpp's cache (SET_ROWS has no
    // backward there). The loss stays right while every gradient below is wrong.
    bool cut_keys_and_values = false;
    // Most bytes of a frozen weight that are held as float32 at once.
    int64_t slice_bytes = 128 << 20;
    // Where the graph will be computed; null: the processor.
    ggml_backend_dev_t device = nullptr;
    // For a test only: the graph that a device gets which has none of the kernels that has_kernel is asked for.
    bool spelled_out = false;
};

// Whether the device computes the node itself. The processor computes all that is asked for here.
bool has_kernel(const ReverseOptions & options, const ggml_tensor * node);

// Adds gradient nodes to `graph`. Gradients are float32 and shaped like what they belong to.
class ReversePass {
  public:
    ReversePass(ggml_context * context, ggml_cgraph * graph, FusedOperations & operations, const ReverseOptions & options)
        : context_(context), graph_(graph), operations_(operations), options_(options) {}

    // Finds the nodes of `forward` that depend on a parameter: only they get a gradient.
    void mark(ggml_cgraph * forward, const std::vector<ggml_tensor *> & parameters);

    // Propagates from the nodes that were given a gradient down to the parameters.
    void run(ggml_cgraph * forward);

    // Null where none arrived.
    ggml_tensor * gradient_of(ggml_tensor * tensor) const;

    // A copy of the node that reads `input` as its first source.
    ggml_tensor * replay(const ggml_tensor * node, ggml_tensor * input) const;
    // The gradient of a replayed node's first source, given that of its result.
    ggml_tensor * gradient_through(ggml_tensor * node, ggml_tensor * dy);

    // --- for the rules in vjp_rules.cpp ---
    ggml_context * context() const { return context_; }
    FusedOperations & operations() const { return operations_; }
    const ReverseOptions & options() const { return options_; }
    bool needs_gradient(const ggml_tensor * tensor) const { return tensor && needed_.count(tensor) > 0; }
    void add_gradient(ggml_tensor * of, ggml_tensor * gradient);
    // For a gradient that contains what arrived before.
    void replace_gradient(ggml_tensor * of, ggml_tensor * gradient);
    // The values of a forward node for a gradient to read: computed again where that is cheap, so that they
    // need not be kept.
    ggml_tensor * again(ggml_tensor * node);
    ggml_tensor * contiguous(ggml_tensor * tensor) const;
    // The contiguous transpose of an activation or parameter; made once per tensor.
    ggml_tensor * transposed(ggml_tensor * tensor);
    // `node` where the device computes it, else the same in simpler operations: Metal has no kernel for the
    // gradients of norms, softmax and rows.
    template <typename SpellOut> ggml_tensor * kernel_or(ggml_tensor * node, SpellOut spell_out) const {
        return has_kernel(options_, node) ? node : spell_out();
    }
    // The contiguous transpose of a frozen weight, in a type whose products lose no gradient.
    ggml_tensor * transposed_weight(ggml_tensor * weight);

  private:
    void differentiate(ggml_tensor * node);
    void run_with_checkpoints(ggml_cgraph * forward);
    std::unordered_map<ggml_tensor *, ggml_tensor *> clone_nodes(ggml_cgraph * forward, int first, int last);
    ggml_tensor * clone(const ggml_tensor * node);

    ggml_context * context_;
    ggml_cgraph * graph_;
    FusedOperations & operations_;
    ReverseOptions options_;
    std::unordered_set<const ggml_tensor *> needed_;
    std::unordered_map<const ggml_tensor *, ggml_tensor *> gradients_;
    std::unordered_map<const ggml_tensor *, ggml_tensor *> transposes_;
    std::unordered_map<const ggml_tensor *, ggml_tensor *> computed_again_;
};

// Adds to the gradients of node's sources, given dy, the gradient of node. Throws NoRule.
void apply_vjp_rule(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);

} // namespace luthier
