// Attention and its gradient as nodes of a graph.
#include "fused_kinds.hpp"

#include "kernels/attention.hpp"
#include "kernels/row_operations.hpp"

namespace luthier {

namespace {

kernels::Heads<const float> heads_of(const ggml_tensor * tensor) {
    return { static_cast<const float *>(tensor->data), ptrdiff_t(tensor->nb[1] / sizeof(float)), ptrdiff_t(tensor->nb[2] / sizeof(float)),
             ptrdiff_t(tensor->nb[3] / sizeof(float)) };
}

kernels::AttentionShape shape_of(const ggml_tensor * q, const ggml_tensor * k, const ggml_tensor * first_key, float scale, float cap) {
    return { q->ne[0], q->ne[1], k->ne[1], q->ne[2], q->ne[3], scale, static_cast<const int32_t *>(first_key->data), cap };
}

// Contiguous heads of one token after the other.
template <typename T> kernels::Heads<T> contiguous_heads(const kernels::AttentionShape & shape, T * data) {
    return { data, ptrdiff_t(shape.width), ptrdiff_t(shape.width * shape.heads), ptrdiff_t(shape.width * shape.heads * shape.tokens) };
}

// sources: q, k, v, first keys, log sums, y, dy; the result holds dq, dk and dv, all with a head per query head
struct AttentionGradient : FusedOperation {
    AttentionGradient(float scale, float cap) : scale(scale), cap(cap) {}
    float scale, cap;

    void compute(ggml_tensor * result, int thread, int threads) const override {
        const ggml_tensor * const * source = result->src;
        const kernels::AttentionShape shape = shape_of(source[0], source[1], source[3], scale, cap);
        const auto part = [&](int index) {
            return contiguous_heads(shape, reinterpret_cast<float *>(static_cast<char *>(result->data) + size_t(index) * result->nb[3]));
        };
        const bool half = source[5]->type == GGML_TYPE_BF16;
        kernels::attend_backward({ shape, heads_of(source[0]), heads_of(source[1]), heads_of(source[2]), contiguous_heads<void>(shape, source[5]->data), half,
                                   static_cast<const float *>(source[4]->data),
                                   contiguous_heads<const float>(shape, static_cast<const float *>(source[6]->data)), part(0), part(1), part(2) },
                                 thread, threads);
    }
};

// source: the gradients of heads that share one; the result: their sum
struct GroupSum : FusedOperation {
    void compute(ggml_tensor * sum, int thread, int threads) const override {
        const ggml_tensor * in = sum->src[0];
        kernels::sum_groups({ sum->ne[0], sum->ne[1], in->ne[1] / sum->ne[1], sum->ne[2], static_cast<const float *>(in->data), static_cast<float *>(sum->data) },
                            thread, threads);
    }
};

} // namespace

void Attention::compute(ggml_tensor * y, int thread, int threads) const {
    const ggml_tensor * const * source = y->src;
    const kernels::AttentionShape shape = shape_of(source[0], source[1], source[3], scale, cap);
    kernels::attend({ shape, heads_of(source[0]), heads_of(source[1]), heads_of(source[2]), contiguous_heads<void>(shape, y->data), y->type == GGML_TYPE_BF16,
                      static_cast<float *>(source[4]->data) },
                    thread, threads);
}

void Attention::differentiate(ReversePass & pass, ggml_tensor * y, ggml_tensor * dy) const {
    ggml_context * context = pass.context();
    ggml_tensor * q = y->src[0];
    const int64_t tokens = q->ne[2] * q->ne[3];
    ggml_tensor * all = pass.operations().add(context, std::make_unique<AttentionGradient>(scale, cap), GGML_TYPE_F32, { q->ne[0], q->ne[1], tokens, 3 },
                                              { q, y->src[1], y->src[2], y->src[3], y->src[4], y, pass.contiguous(dy) });
    for (int i = 0; i < 3; ++i) {
        ggml_tensor * source = y->src[i];
        if (!pass.needs_gradient(source)) {
            continue;
        }
        ggml_tensor * part = ggml_view_3d(context, all, all->ne[0], all->ne[1], tokens, all->nb[1], all->nb[2], size_t(i) * all->nb[3]);
        if (source->ne[1] != q->ne[1]) {
            part = pass.operations().add(context, std::make_unique<GroupSum>(), GGML_TYPE_F32, { source->ne[0], source->ne[1], tokens }, { part });
        }
        pass.add_gradient(source, ggml_reshape_4d(context, part, source->ne[0], source->ne[1], source->ne[2], source->ne[3]));
    }
}

} // namespace luthier
