// Operations of our own in a ggml graph, for the CPU: what several nodes of llama.cpp do, in one pass each.
//
// A graph without them computes the same on any backend; fuse_operations puts them in.
#pragma once

#include "luthier/reverse_pass.hpp"

#include "ggml.h"

#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace luthier {

// What a GGML_OP_CUSTOM node computes. Lives as long as the graph.
class FusedOperation {
  public:
    virtual ~FusedOperation() = default;

    // One thread's share; the result does not depend on the number of threads.
    virtual void compute(ggml_tensor * result, int thread, int threads) const = 0;
    // As apply_vjp_rule; an operation that only the reverse pass adds has none.
    virtual void differentiate(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy) const;
    // Whether computing again costs less than keeping the result until the reverse pass.
    virtual bool is_cheap() const { return false; }
};

// Null for a node of any other kind.
const FusedOperation * fused_operation(const ggml_tensor * node);

// Owns the operations of one graph and makes their nodes.
class FusedOperations {
  public:
    ggml_tensor * add(ggml_context * context, std::unique_ptr<FusedOperation> operation, ggml_type type, std::initializer_list<int64_t> shape,
                      std::initializer_list<ggml_tensor *> sources);
    // Computes into the memory of `sources`' first.
    ggml_tensor * add_inplace(ggml_context * context, std::unique_ptr<FusedOperation> operation, std::initializer_list<ggml_tensor *> sources);
    // Turns a node of llama.cpp into one of ours; what reads it stays as it is.
    void replace(ggml_tensor * node, std::unique_ptr<FusedOperation> operation, std::initializer_list<ggml_tensor *> sources);

  private:
    void attach(ggml_tensor * node, std::unique_ptr<FusedOperation> operation, std::initializer_list<ggml_tensor *> sources);

    std::vector<std::unique_ptr<FusedOperation>> operations_;
};

struct FusionInput {
    ggml_tensor * result;                  // the end of the graph, read by the LM head alone
    ggml_tensor * head;                    // its weight
    std::vector<ggml_tensor *> parameters; // what is trained
    // masks of causal attention, each with the [tokens] that take its place (kernels/attention.hpp)
    std::vector<std::pair<const ggml_tensor *, ggml_tensor *>> masks;
};

// Replaces what it knows in the graph: products with frozen weights and their LoRA, norms, gated units and causal
// attention. Nodes of another form stay.
void fuse_operations(ggml_context * context, FusedOperations & operations, const FusionInput & input);

// The type of activations before a frozen weight: bfloat16, unless the weight is more precise.
ggml_type activation_type(const ggml_tensor * weight);

// y = W x, without LoRA.
ggml_tensor * fused_product(ggml_context * context, FusedOperations & operations, ggml_tensor * weight, ggml_tensor * x);
// dx of the same.
ggml_tensor * fused_product_gradient(ggml_context * context, FusedOperations & operations, ggml_tensor * weight, ggml_tensor * dy);

// Turns logits [vocabulary, rows] into the gradient of the rows' losses times their weights, in place, and
// writes these losses into `losses` [rows]. With `type` bfloat16 the gradient is rounded.
ggml_tensor * fused_cross_entropy(ggml_context * context, FusedOperations & operations, ggml_tensor * logits, ggml_tensor * targets, ggml_tensor * weights,
                                  ggml_tensor * losses, ggml_type type, bool with_gradient);

} // namespace luthier
