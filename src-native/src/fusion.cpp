// Finds in llama.cpp's graph what one of our operations does, and puts it there.
#include "fused_kinds.hpp"

#include <cmath>
#include <unordered_map>
#include <unordered_set>

namespace luthier {

namespace {

float float_parameter(const ggml_tensor * node, int index) {
    float value;
    std::memcpy(&value, node->op_params + index, sizeof(value));
    return value;
}

bool is(const ggml_tensor * node, ggml_op op) {
    return node && node->op == op;
}

bool is_float_rows(const ggml_tensor * tensor) {
    return tensor && tensor->type == GGML_TYPE_F32 && ggml_is_contiguous(tensor);
}

template <typename Kind> const Kind * as(const ggml_tensor * node) {
    return dynamic_cast<const Kind *>(fused_operation(node));
}

class Fusion {
  public:
    Fusion(ggml_context * context, FusedOperations & operations, const FusionInput & input)
        : context_(context), operations_(operations), input_(input), parameters_(input.parameters.begin(), input.parameters.end()) {}

    void run() {
        collect(input_.result);
        for (ggml_tensor * node : nodes_) {
            fuse_product(node) || fuse_lora(node) || fuse_addend(node) || fuse_norm(node) || fuse_gated_unit(node) || fuse_attention(node);
        }
        nodes_.clear();
        readers_.clear();
        collect(input_.result);
        for (ggml_tensor * node : nodes_) {
            narrow(node);
            round_source(node);
        }
    }

  private:
    // Sources before what reads them. Recursion would be as deep as the model.
    void collect(ggml_tensor * last) {
        std::unordered_set<ggml_tensor *> seen;
        std::vector<std::pair<ggml_tensor *, int>> path{ { last, 0 } };
        seen.insert(last);
        while (!path.empty()) {
            auto & [node, next] = path.back();
            if (next == GGML_MAX_SRC) {
                nodes_.push_back(node);
                path.pop_back();
                continue;
            }
            ggml_tensor * source = node->src[next++];
            if (!source) {
                continue;
            }
            readers_[source].push_back(node);
            if (seen.insert(source).second) {
                path.push_back({ source, 0 });
            }
        }
    }

    bool is_parameter(ggml_tensor * tensor) const { return parameters_.count(tensor) > 0; }
    bool is_weight(ggml_tensor * tensor) const { return is(tensor, GGML_OP_NONE) && !is_parameter(tensor) && tensor->buffer && !tensor->view_src; }
    bool is_read_once(ggml_tensor * tensor) const {
        const auto found = readers_.find(tensor);
        return found != readers_.end() && found->second.size() == 1;
    }

    // MUL_MAT(W, x)
    bool fuse_product(ggml_tensor * node) {
        if (!is(node, GGML_OP_MUL_MAT) || !is_weight(node->src[0]) || ggml_n_dims(node->src[0]) > 2 || !is_float_rows(node->src[1])) {
            return false;
        }
        const ggml_type type = node->src[0]->type;
        if (type != GGML_TYPE_F32 && !ggml_get_type_traits(type)->to_float) {
            return false;
        }
        operations_.replace(node, std::make_unique<Product>(), { node->src[1], node->src[0] });
        return true;
    }

    // ADD(W x, SCALE(MUL_MAT(B, MUL_MAT(A, x'))))
    bool fuse_lora(ggml_tensor * node) {
        if (!is(node, GGML_OP_ADD) || !as<Product>(node->src[0]) || node->src[0]->src[2] || !is_read_once(node->src[0])) {
            return false;
        }
        ggml_tensor * scaled = node->src[1];
        if (!is(scaled, GGML_OP_SCALE) || float_parameter(scaled, 1) != 0.0f || !is_read_once(scaled)) {
            return false;
        }
        ggml_tensor * up = scaled->src[0];
        if (!is(up, GGML_OP_MUL_MAT) || !is_parameter(up->src[0]) || !is_read_once(up)) {
            return false;
        }
        ggml_tensor * low = up->src[1];
        if (!is(low, GGML_OP_MUL_MAT) || !is_parameter(low->src[0]) || !is_float_rows(low->src[1]) || !is_read_once(low)) {
            return false;
        }
        operations_.replace(low, std::make_unique<Projection>(), { low->src[1], low->src[0] });
        const ggml_tensor * product = node->src[0];
        operations_.replace(node, std::make_unique<Product>(float_parameter(scaled, 0)), { product->src[0], product->src[1], low, up->src[0] });
        return true;
    }

    // ADD(product, residual or bias), in either order
    bool fuse_addend(ggml_tensor * node) {
        if (!is(node, GGML_OP_ADD)) {
            return false;
        }
        for (int i = 0; i < 2; ++i) {
            ggml_tensor * product = node->src[i];
            ggml_tensor * addend = node->src[1 - i];
            const bool fits = is_float_rows(addend) && addend->ne[0] == node->ne[0] && (ggml_are_same_shape(addend, node) || ggml_nelements(addend) == addend->ne[0]);
            if (fits && as<Product>(product) && !product->src[4] && is_read_once(product) && ggml_are_same_shape(product, node)) {
                operations_.replace(node, std::make_unique<Product>(as<Product>(product)->scale),
                                    { product->src[0], product->src[1], product->src[2], product->src[3], addend });
                return true;
            }
        }
        return false;
    }

    // MUL(RMS_NORM(x), weight)
    bool fuse_norm(ggml_tensor * node) {
        if (!is(node, GGML_OP_MUL) || !is(node->src[0], GGML_OP_RMS_NORM) || !is_read_once(node->src[0])) {
            return false;
        }
        ggml_tensor * x = node->src[0]->src[0];
        ggml_tensor * weight = node->src[1];
        if (!is_weight(weight) || weight->type != GGML_TYPE_F32 || ggml_nelements(weight) != x->ne[0] || weight->ne[0] != x->ne[0] || !is_float_rows(x)) {
            return false;
        }
        operations_.replace(node, std::make_unique<Norm>(float_parameter(node->src[0], 0)), { x, weight });
        return true;
    }

    bool fuse_gated_unit(ggml_tensor * node) {
        if (!is(node, GGML_OP_GLU) || !is_float_rows(node->src[0]) || !is_float_rows(node->src[1])) {
            return false;
        }
        const ggml_glu_op kind = ggml_get_glu_op(node);
        if (kind != GGML_GLU_OP_SWIGLU && kind != GGML_GLU_OP_GEGLU) {
            return false;
        }
        operations_.replace(node, std::make_unique<GatedUnit>(kind == GGML_GLU_OP_GEGLU), { node->src[0], node->src[1] });
        return true;
    }

    // Of SCALE(TANH(SCALE(scores, 1/c)), c) the scores and c; of anything else itself and 0.
    static std::pair<ggml_tensor *, float> uncapped(ggml_tensor * node) {
        const auto is_scale = [](const ggml_tensor * tensor) { return is(tensor, GGML_OP_SCALE) && float_parameter(tensor, 1) == 0.0f; };
        if (!is_scale(node) || !is(node->src[0], GGML_OP_UNARY) || ggml_get_unary_op(node->src[0]) != GGML_UNARY_OP_TANH) {
            return { node, 0.0f };
        }
        ggml_tensor * inner = node->src[0]->src[0];
        const float cap = float_parameter(node, 0);
        const bool is_cap = is_scale(inner) && cap > 0 && std::fabs(float_parameter(inner, 0) * cap - 1) < 1e-5f;
        return is_cap ? std::pair{ inner->src[0], cap } : std::pair{ node, 0.0f };
    }

    // CONT(PERMUTE(MUL_MAT(CONT(TRANSPOSE(PERMUTE(v))), SOFT_MAX(MUL_MAT(PERMUTE(k), PERMUTE(q)), mask))))
    bool fuse_attention(ggml_tensor * node) {
        const auto unary = [](ggml_tensor * tensor, ggml_op op) { return is(tensor, op) ? tensor->src[0] : nullptr; };
        ggml_tensor * mixed = unary(unary(node, GGML_OP_CONT), GGML_OP_PERMUTE);
        if (!is(mixed, GGML_OP_MUL_MAT)) {
            return false;
        }
        ggml_tensor * v = unary(unary(unary(mixed->src[0], GGML_OP_CONT), GGML_OP_TRANSPOSE), GGML_OP_PERMUTE);
        ggml_tensor * powers = mixed->src[1];
        if (!is(powers, GGML_OP_SOFT_MAX) || float_parameter(powers, 1) != 0.0f || powers->src[2]) {
            return false;
        }
        const auto [scores, cap] = uncapped(powers->src[0]);
        if (!is(scores, GGML_OP_MUL_MAT)) {
            return false;
        }
        const auto mask = std::find_if(input_.masks.begin(), input_.masks.end(), [&](const auto & pair) { return pair.first == powers->src[1]; });
        ggml_tensor * k = unary(scores->src[0], GGML_OP_PERMUTE);
        ggml_tensor * q = unary(scores->src[1], GGML_OP_PERMUTE);
        if (!q || !k || !v || mask == input_.masks.end()) {
            return false;
        }
        for (const ggml_tensor * source : { q, k, v }) {
            if (source->type != GGML_TYPE_F32 || source->nb[0] != sizeof(float) || source->ne[0] != q->ne[0]) {
                return false;
            }
        }
        ggml_tensor * log_sums = ggml_new_tensor_2d(context_, GGML_TYPE_F32, q->ne[1], q->ne[2] * q->ne[3]);
        ggml_format_name(log_sums, "%.40s log sums", node->name);
        operations_.replace(node, std::make_unique<Attention>(float_parameter(powers, 0), cap), { q, k, v, mask->second, log_sums });
        return true;
    }

    // Activations that only products with weights of eight significant bits read are kept as such.
    void narrow(ggml_tensor * node) {
        if (!as<Norm>(node) && !as<GatedUnit>(node) && !as<Attention>(node)) {
            return;
        }
        for (const ggml_tensor * reader : readers_[node]) {
            const bool is_product = as<Product>(reader) && reader->src[0] == node && reader->src[4] != node && activation_type(reader->src[1]) == GGML_TYPE_BF16;
            if (!is_product && !as<Projection>(reader)) {
                return;
            }
        }
        if (node == input_.result && activation_type(input_.head) != GGML_TYPE_BF16) {
            return;
        }
        node->type = GGML_TYPE_BF16;
        node->nb[0] = ggml_type_size(node->type);
        for (int i = 1; i < GGML_MAX_DIMS; ++i) {
            node->nb[i] = node->nb[i - 1] * size_t(node->ne[i - 1]);
        }
    }

    // Products with such weights read bfloat16, also where another reader needs the float32 values.
    void round_source(ggml_tensor * node) {
        if (!as<Product>(node) || activation_type(node->src[1]) != GGML_TYPE_BF16 || node->src[0]->type != GGML_TYPE_F32) {
            return;
        }
        ggml_tensor * x = node->src[0];
        ggml_tensor *& rounded = rounded_[x];
        if (!rounded) {
            rounded = operations_.add(context_, std::make_unique<Rounding>(), GGML_TYPE_BF16, { x->ne[0], x->ne[1], x->ne[2], x->ne[3] }, { x });
            ggml_format_name(rounded, "%.40s rounded", x->name);
        }
        node->src[0] = rounded;
        if (ggml_tensor * low = node->src[2]; as<Projection>(low) && low->src[0] == x) {
            low->src[0] = rounded;
        }
    }

    ggml_context * context_;
    FusedOperations & operations_;
    const FusionInput & input_;
    std::unordered_set<ggml_tensor *> parameters_;
    std::vector<ggml_tensor *> nodes_;
    std::unordered_map<ggml_tensor *, std::vector<ggml_tensor *>> readers_;
    std::unordered_map<ggml_tensor *, ggml_tensor *> rounded_;
};

} // namespace

void fuse_operations(ggml_context * context, FusedOperations & operations, const FusionInput & input) {
    Fusion(context, operations, input).run();
}

} // namespace luthier
