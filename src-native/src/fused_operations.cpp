// Nodes around the kernels: which source is what, and what each operation's gradient is.
#include "fused_kinds.hpp"

#include "kernels/row_operations.hpp"

namespace luthier {

namespace {

void run_fused(ggml_tensor * result, int thread, int threads, void * operation) {
    static_cast<const FusedOperation *>(operation)->compute(result, thread, threads);
}

// ggml's layout of a custom node's parameters (ggml-impl.h).
struct CustomParameters {
    ggml_custom_op_t run;
    int tasks;
    void * operation;
};

kernels::Rows rows_of(const ggml_tensor * x) {
    return { x->data, ptrdiff_t(x->nb[1] / ggml_type_size(x->type)), x->type == GGML_TYPE_BF16 };
}

kernels::RowsOut rows_out(ggml_tensor * y) {
    return { y->data, ptrdiff_t(y->nb[1] / ggml_type_size(y->type)), y->type == GGML_TYPE_BF16 };
}

const float * floats(const ggml_tensor * tensor) {
    return tensor ? static_cast<const float *>(tensor->data) : nullptr;
}

float * floats_out(ggml_tensor * tensor) {
    return static_cast<float *>(tensor->data);
}

int64_t row_count(const ggml_tensor * tensor) {
    return ggml_nelements(tensor) / tensor->ne[0];
}

// --- operations that only the reverse pass adds --------------------------------------------------

// sources: dy, W, low (or null), A (or null), addend (or null)
struct ProductGradient : FusedOperation {
    void compute(ggml_tensor * dx, int thread, int threads) const override {
        const ggml_tensor * addend = dx->src[4];
        kernels::multiply_by_weight({ dx->src[1], true, row_count(dx), rows_of(dx->src[0]), floats(dx->src[2]), dx->src[3], 1.0f, floats(addend),
                                      ptrdiff_t(dx->ne[0]), floats_out(dx), ptrdiff_t(dx->ne[0]) },
                                    thread, threads);
    }
};

// sources: dy, B
struct LowProjectionOfGradient : FusedOperation {
    explicit LowProjectionOfGradient(float scale) : scale(scale) {}
    float scale;

    void compute(ggml_tensor * du, int thread, int threads) const override {
        const ggml_tensor * dy = du->src[0];
        kernels::project({ row_count(dy), dy->ne[0], du->ne[0], rows_of(dy), floats(du->src[1]), true, scale, floats_out(du) }, thread, threads);
    }
};

// sources: low, x; the gradient of A, or, turned, of B
struct LowGradient : FusedOperation {
    LowGradient(bool turned, float scale) : turned(turned), scale(scale) {}
    bool turned;
    float scale;

    void compute(ggml_tensor * d, int thread, int threads) const override {
        const ggml_tensor * low = d->src[0];
        const ggml_tensor * x = d->src[1];
        kernels::low_gradient({ row_count(x), x->ne[0], low->ne[0], floats(low), rows_of(x), turned, scale, floats_out(d) }, thread, threads);
    }
};

// sources: x, weight, dy, addend (or null)
struct NormGradient : FusedOperation {
    explicit NormGradient(float epsilon) : epsilon(epsilon) {}
    float epsilon;

    void compute(ggml_tensor * dx, int thread, int threads) const override {
        const ggml_tensor * x = dx->src[0];
        kernels::normalize_backward({ x->ne[0], row_count(x), epsilon, floats(dx->src[1]), floats(x) }, floats(dx->src[2]), floats(dx->src[3]), floats_out(dx),
                                    thread, threads);
    }
};

// sources: gate, up, dy; the result holds d_gate and d_up
struct GatedUnitGradient : FusedOperation {
    explicit GatedUnitGradient(bool is_gelu) : is_gelu(is_gelu) {}
    bool is_gelu;

    void compute(ggml_tensor * result, int thread, int threads) const override {
        const ggml_tensor * gate = result->src[0];
        kernels::RowsOut d_gate = rows_out(result), d_up = d_gate;
        d_up.data = static_cast<char *>(result->data) + result->nb[2];
        kernels::gated_unit_backward({ gate->ne[0], row_count(gate), floats(gate), floats(result->src[1]), is_gelu }, floats(result->src[2]), d_gate, d_up, thread, threads);
    }
};

// sources: logits, targets, weights, losses
struct CrossEntropy : FusedOperation {
    CrossEntropy(bool half, bool with_gradient) : half(half), with_gradient(with_gradient) {}
    bool half, with_gradient;

    void compute(ggml_tensor * result, int thread, int threads) const override {
        kernels::cross_entropy({ result->ne[0], result->ne[1], floats_out(result), half, with_gradient, static_cast<const int32_t *>(result->src[1]->data),
                                 floats(result->src[2]), floats_out(result->src[3]) },
                               thread, threads);
    }
};

// dy in the precision of the products with `weight`.
ggml_tensor * rounded(ReversePass & pass, ggml_tensor * dy, const ggml_tensor * weight) {
    const ggml_type type = activation_type(weight);
    ggml_tensor * full = pass.contiguous(dy);
    return full->type == type || type == GGML_TYPE_F32
               ? full
               : pass.operations().add(pass.context(), std::make_unique<Rounding>(), type, { full->ne[0], row_count(full) }, { full });
}

// The gradient that has arrived at `x` so far goes into the operation that adds to it, if that can take it.
ggml_tensor * take_gradient(ReversePass & pass, ggml_tensor * x) {
    ggml_tensor * arrived = pass.gradient_of(x);
    return arrived && arrived->type == GGML_TYPE_F32 && ggml_is_contiguous(arrived) ? arrived : nullptr;
}

void give_gradient(ReversePass & pass, ggml_tensor * x, ggml_tensor * gradient, const ggml_tensor * taken) {
    ggml_tensor * shaped = ggml_reshape_4d(pass.context(), gradient, x->ne[0], x->ne[1], x->ne[2], x->ne[3]);
    taken ? pass.replace_gradient(x, shaped) : pass.add_gradient(x, shaped);
}

} // namespace

// --- nodes ---------------------------------------------------------------------------------------

void FusedOperation::differentiate(ReversePass &, ggml_tensor * node, ggml_tensor *) const {
    throw NoRule{ std::string("CUSTOM ") + node->name };
}

const FusedOperation * fused_operation(const ggml_tensor * node) {
    if (!node || node->op != GGML_OP_CUSTOM) {
        return nullptr;
    }
    CustomParameters parameters;
    std::memcpy(&parameters, node->op_params, sizeof(parameters));
    return parameters.run == run_fused ? static_cast<const FusedOperation *>(parameters.operation) : nullptr;
}

void FusedOperations::attach(ggml_tensor * node, std::unique_ptr<FusedOperation> operation, std::initializer_list<ggml_tensor *> sources) {
    operations_.push_back(std::move(operation));
    const CustomParameters parameters{ run_fused, GGML_N_TASKS_MAX, operations_.back().get() };
    static_assert(sizeof(parameters) <= sizeof(node->op_params));
    std::memset(node->op_params, 0, sizeof(node->op_params));
    std::memcpy(node->op_params, &parameters, sizeof(parameters));
    node->op = GGML_OP_CUSTOM;
    std::fill(std::begin(node->src), std::end(node->src), nullptr);
    std::copy(sources.begin(), sources.end(), node->src);
}

ggml_tensor * FusedOperations::add(ggml_context * context, std::unique_ptr<FusedOperation> operation, ggml_type type, std::initializer_list<int64_t> shape,
                                   std::initializer_list<ggml_tensor *> sources) {
    ggml_tensor * node = ggml_new_tensor(context, type, int(shape.size()), shape.begin());
    attach(node, std::move(operation), sources);
    return node;
}

ggml_tensor * FusedOperations::add_inplace(ggml_context * context, std::unique_ptr<FusedOperation> operation, std::initializer_list<ggml_tensor *> sources) {
    ggml_tensor * node = ggml_view_tensor(context, *sources.begin());
    attach(node, std::move(operation), sources);
    return node;
}

void FusedOperations::replace(ggml_tensor * node, std::unique_ptr<FusedOperation> operation, std::initializer_list<ggml_tensor *> sources) {
    attach(node, std::move(operation), sources);
}

ggml_type activation_type(const ggml_tensor * weight) {
    switch (weight->type) {
        case GGML_TYPE_F32:
        case GGML_TYPE_F16:
        case GGML_TYPE_Q8_0: return GGML_TYPE_F32; // more significant bits than bfloat16 has
        default:             return GGML_TYPE_BF16;
    }
}

ggml_tensor * fused_product(ggml_context * context, FusedOperations & operations, ggml_tensor * weight, ggml_tensor * x) {
    return operations.add(context, std::make_unique<Product>(), GGML_TYPE_F32, { weight->ne[1], row_count(x) }, { x, weight });
}

ggml_tensor * fused_product_gradient(ggml_context * context, FusedOperations & operations, ggml_tensor * weight, ggml_tensor * dy) {
    return operations.add(context, std::make_unique<ProductGradient>(), GGML_TYPE_F32, { weight->ne[0], row_count(dy) }, { dy, weight });
}

ggml_tensor * fused_cross_entropy(ggml_context * context, FusedOperations & operations, ggml_tensor * logits, ggml_tensor * targets, ggml_tensor * weights,
                                  ggml_tensor * losses, ggml_type type, bool with_gradient) {
    const bool half = type == GGML_TYPE_BF16;
    ggml_tensor * gradient = operations.add_inplace(context, std::make_unique<CrossEntropy>(half, with_gradient), { logits, targets, weights, losses });
    if (!half || !with_gradient) {
        return gradient;
    }
    // the same rows, of which bfloat16 fills the first half
    ggml_tensor * narrow = ggml_view_tensor(context, gradient);
    narrow->type = GGML_TYPE_BF16;
    narrow->nb[0] = ggml_type_size(GGML_TYPE_BF16);
    narrow->op = GGML_OP_VIEW;
    narrow->src[0] = gradient;
    return narrow;
}

// --- operations of the forward graph -------------------------------------------------------------

void Product::compute(ggml_tensor * y, int thread, int threads) const {
    const ggml_tensor * addend = y->src[4];
    const ptrdiff_t addend_stride = addend && row_count(addend) > 1 ? ptrdiff_t(y->ne[0]) : 0;
    kernels::multiply_by_weight({ y->src[1], false, row_count(y), rows_of(y->src[0]), floats(y->src[2]), y->src[3], scale, floats(addend), addend_stride,
                                  floats_out(y), ptrdiff_t(y->ne[0]) },
                                thread, threads);
}

// y = W x + s·B u + addend, u = A x:
//   du = s·Bᵀ dy,  dx = Wᵀ dy + Aᵀ du,  dB = s·dy uᵀ,  dA = du xᵀ,  daddend = dy
void Product::differentiate(ReversePass & pass, ggml_tensor * y, ggml_tensor * dy) const {
    ggml_context * context = pass.context();
    FusedOperations & operations = pass.operations();
    ggml_tensor * x = y->src[0];
    ggml_tensor * weight = y->src[1];
    ggml_tensor * low = y->src[2];
    ggml_tensor * b = y->src[3];
    if (ggml_tensor * addend = y->src[4]; pass.needs_gradient(addend)) {
        pass.add_gradient(addend, dy);
    }
    ggml_tensor * half = rounded(pass, dy, weight);
    ggml_tensor * d_low = nullptr;
    ggml_tensor * a = nullptr;
    if (low) {
        d_low = operations.add(context, std::make_unique<LowProjectionOfGradient>(scale), GGML_TYPE_F32, { low->ne[0], low->ne[1] }, { half, b });
        if (pass.needs_gradient(b)) {
            pass.add_gradient(b, operations.add(context, std::make_unique<LowGradient>(true, scale), GGML_TYPE_F32, { b->ne[0], b->ne[1] }, { low, half }));
        }
        // where A reads the same x, both ways to it are one product
        if (dynamic_cast<const Projection *>(fused_operation(low)) && low->src[0] == x) {
            a = low->src[1];
            if (pass.needs_gradient(a)) {
                pass.add_gradient(a, operations.add(context, std::make_unique<LowGradient>(false, 1.0f), GGML_TYPE_F32, { a->ne[0], a->ne[1] },
                                                    { d_low, pass.again(x) }));
            }
        } else if (pass.needs_gradient(low)) {
            pass.add_gradient(low, d_low);
        }
    }
    if (pass.needs_gradient(x)) {
        ggml_tensor * arrived = take_gradient(pass, x);
        ggml_tensor * dx = operations.add(context, std::make_unique<ProductGradient>(), GGML_TYPE_F32, { weight->ne[0], row_count(y) },
                                          { half, weight, a ? d_low : nullptr, a, arrived });
        give_gradient(pass, x, dx, arrived);
    }
}

void Projection::compute(ggml_tensor * low, int thread, int threads) const {
    const ggml_tensor * x = low->src[0];
    kernels::project({ row_count(x), x->ne[0], low->ne[0], rows_of(x), floats(low->src[1]), false, 1.0f, floats_out(low) }, thread, threads);
}

// Reached where Product could not take both ways to x at once.
void Projection::differentiate(ReversePass & pass, ggml_tensor * low, ggml_tensor * d_low) const {
    ggml_context * context = pass.context();
    ggml_tensor * x = low->src[0];
    ggml_tensor * a = low->src[1];
    ggml_tensor * d = pass.contiguous(d_low);
    if (pass.needs_gradient(a)) {
        pass.add_gradient(a, pass.operations().add(context, std::make_unique<LowGradient>(false, 1.0f), GGML_TYPE_F32, { a->ne[0], a->ne[1] },
                                                   { d, pass.again(x) }));
    }
    if (pass.needs_gradient(x)) {
        pass.add_gradient(x, ggml_mul_mat(context, pass.transposed(a), d));
    }
}

void Rounding::compute(ggml_tensor * y, int thread, int threads) const {
    const ggml_tensor * x = y->src[0];
    kernels::round_rows({ x->ne[0], row_count(x), floats(x) }, rows_out(y), thread, threads);
}

void Rounding::differentiate(ReversePass & pass, ggml_tensor * y, ggml_tensor * dy) const {
    pass.add_gradient(y->src[0], dy);
}

void Norm::compute(ggml_tensor * y, int thread, int threads) const {
    const ggml_tensor * x = y->src[0];
    kernels::RowsOut out = rows_out(y);
    kernels::normalize({ x->ne[0], row_count(x), epsilon, floats(y->src[1]), floats(x) }, out, thread, threads);
}

void Norm::differentiate(ReversePass & pass, ggml_tensor * y, ggml_tensor * dy) const {
    ggml_tensor * x = y->src[0];
    ggml_tensor * arrived = take_gradient(pass, x);
    ggml_tensor * dx = pass.operations().add(pass.context(), std::make_unique<NormGradient>(epsilon), GGML_TYPE_F32, { x->ne[0], x->ne[1], x->ne[2], x->ne[3] },
                                             { x, y->src[1], pass.contiguous(dy), arrived });
    give_gradient(pass, x, dx, arrived);
}

void GatedUnit::compute(ggml_tensor * y, int thread, int threads) const {
    const ggml_tensor * gate = y->src[0];
    kernels::gated_unit({ gate->ne[0], row_count(gate), floats(gate), floats(y->src[1]), is_gelu }, rows_out(y), thread, threads);
}

void GatedUnit::differentiate(ReversePass & pass, ggml_tensor * y, ggml_tensor * dy) const {
    ggml_context * context = pass.context();
    ggml_tensor * gate = y->src[0];
    ggml_tensor * up = y->src[1];
    // the only readers of the two gradients are products, which round them anyway
    const auto rounds = [&](const ggml_tensor * node) {
        return dynamic_cast<const Product *>(fused_operation(node)) && activation_type(node->src[1]) == GGML_TYPE_BF16 && !node->src[4];
    };
    const ggml_type type = rounds(gate) && rounds(up) ? GGML_TYPE_BF16 : GGML_TYPE_F32;
    ggml_tensor * both = pass.operations().add(context, std::make_unique<GatedUnitGradient>(is_gelu), type, { y->ne[0], row_count(y), 2 }, { gate, up, pass.contiguous(dy) });
    const auto half = [&](int index) { return ggml_view_2d(context, both, both->ne[0], both->ne[1], both->nb[1], size_t(index) * both->nb[2]); };
    if (pass.needs_gradient(gate)) {
        pass.add_gradient(gate, half(0));
    }
    if (pass.needs_gradient(up)) {
        pass.add_gradient(up, half(1));
    }
}

} // namespace luthier
