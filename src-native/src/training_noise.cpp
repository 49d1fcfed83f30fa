// Dropout and noise as ggml's custom operations: no memory for masks, and the same numbers in any order.
#include "luthier/training_noise.hpp"

#include "luthier/random.hpp"

#include "ggml.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

namespace luthier {

namespace {

// Calls `use(y, x, width, row)` for the rows of this thread; rows are counted over all dimensions.
template <typename Use> void for_rows(ggml_tensor * dst, const ggml_tensor * a, int ith, int nth, Use use) {
    const int64_t rows = ggml_nrows(dst);
    for (int64_t row = rows * ith / nth; row < rows * (ith + 1) / nth; ++row) {
        const int64_t i1 = row % a->ne[1], i2 = row / a->ne[1] % a->ne[2], i3 = row / (a->ne[1] * a->ne[2]);
        const auto place = [&](const ggml_tensor * t) { return static_cast<char *>(t->data) + i1 * t->nb[1] + i2 * t->nb[2] + i3 * t->nb[3]; };
        use(reinterpret_cast<float *>(place(dst)), reinterpret_cast<const float *>(place(a)), a->ne[0], row);
    }
}

// Two numbers of 32 bits for columns 2i and 2i + 1 of a row.
uint64_t bits_at(uint64_t key, int64_t row, int64_t width, int64_t pair) {
    return mix_bits(key + (uint64_t(row) * uint64_t((width + 1) / 2) + uint64_t(pair)) * 0x9e3779b97f4a7c15);
}

// y = x / (1 − p) where the place is kept, 0 where it is not (torch.nn.functional.dropout)
void compute_dropout(ggml_tensor * dst, const ggml_tensor * a, int ith, int nth, void * user) {
    const auto & source = *static_cast<const TrainingNoise::Source *>(user);
    const uint64_t key = source.noise->key_of(source);
    const double p = source.noise->dropout();
    const uint64_t dropped_below = uint64_t(std::llround(p * 0x1p32));
    const float scale = float(1 / (1 - p));
    for_rows(dst, a, ith, nth, [&](float * y, const float * x, int64_t width, int64_t row) {
        for (int64_t i = 0; i < width; i += 2) {
            const uint64_t bits = bits_at(key, row, width, i / 2);
            y[i] = (bits & 0xffffffff) >= dropped_below ? x[i] * scale : 0.0f;
            if (i + 1 < width) {
                y[i + 1] = (bits >> 32) >= dropped_below ? x[i + 1] * scale : 0.0f;
            }
        }
    });
}

// y = x + u, u uniform in [−bound, bound)
void compute_embedding_noise(ggml_tensor * dst, const ggml_tensor * a, int ith, int nth, void * user) {
    const auto & source = *static_cast<const TrainingNoise::Source *>(user);
    const uint64_t key = source.noise->key_of(source);
    const float bound = source.noise->embedding_bound(a->ne[0]);
    const auto noise = [&](uint64_t bits) { return (2.0f * (float(bits >> 8) * 0x1p-24f) - 1.0f) * bound; };
    for_rows(dst, a, ith, nth, [&](float * y, const float * x, int64_t width, int64_t row) {
        for (int64_t i = 0; i < width; i += 2) {
            const uint64_t bits = bits_at(key, row, width, i / 2);
            y[i] = x[i] + noise(bits & 0xffffffff);
            if (i + 1 < width) {
                y[i + 1] = x[i + 1] + noise(bits >> 32);
            }
        }
    });
}

// ggml lays a custom operation out so; see ggml_map_custom1.
struct CustomOperation {
    ggml_custom1_op_t function;
    int tasks;
    void * user;
};

CustomOperation operation_of(const ggml_tensor * node) {
    CustomOperation operation;
    static_assert(sizeof(operation) <= sizeof(node->op_params), "a custom operation fits a node's parameters");
    std::memcpy(&operation, node->op_params, sizeof(operation));
    return operation;
}

} // namespace

void TrainingNoise::add_to(ggml_context * context, ggml_cgraph * forward, const ggml_tensor * token_embeddings, const Adapter & adapter) {
    std::set<const ggml_tensor *> a_matrices;
    for (const Parameter & parameter : adapter.parameters()) {
        if (parameter.name.back() == 'a') {
            a_matrices.insert(parameter.value);
        }
    }
    std::map<const ggml_tensor *, ggml_tensor *> noisy;
    for (int i = 0; i < ggml_graph_n_nodes(forward); ++i) {
        ggml_tensor * node = ggml_graph_node(forward, i);
        for (ggml_tensor *& source : node->src) {
            if (const auto found = noisy.find(source); source && found != noisy.end()) {
                source = found->second;
            }
        }
        if (options_.neftune_alpha > 0 && node->op == GGML_OP_GET_ROWS && node->src[0] == token_embeddings) {
            ggml_tensor * sum = ggml_map_custom1(context, node, compute_embedding_noise, GGML_N_TASKS_MAX, add_source("embeddings"));
            ggml_set_name(sum, "inp_embd with noise");
            noisy[node] = sum;
        }
        if (options_.dropout > 0 && node->op == GGML_OP_MUL_MAT && a_matrices.count(node->src[0])) {
            ggml_tensor * x = node->src[1];
            GGML_ASSERT(x->type == GGML_TYPE_F32 && x->nb[0] == sizeof(float));
            ggml_tensor * dropped = ggml_map_custom1(context, x, compute_dropout, GGML_N_TASKS_MAX, add_source(ggml_get_name(node->src[0])));
            ggml_format_name(dropped, "%.48s dropout", ggml_get_name(node->src[0]));
            node->src[1] = dropped;
        }
    }
}

void * TrainingNoise::add_source(const std::string & name) {
    sources_.push_back({ this, hash_name(name) });
    return &sources_.back();
}

uint64_t TrainingNoise::key_of(const Source & source) const {
    const uint64_t of_step = mix_bits(mix_bits(options_.seed) + uint64_t(moment_.step));
    return mix_bits(mix_bits(of_step + uint64_t(moment_.micro_batch)) ^ source.name_hash);
}

float TrainingNoise::embedding_bound(int64_t width) const {
    return float(options_.neftune_alpha / std::sqrt(double(moment_.length) * double(width)));
}

bool is_dropout(const ggml_tensor * node) {
    return node->op == GGML_OP_MAP_CUSTOM1 && operation_of(node).function == compute_dropout;
}

ggml_tensor * dropout_gradient(ggml_context * context, const ggml_tensor * node, ggml_tensor * dy) {
    const CustomOperation operation = operation_of(node);
    return ggml_map_custom1(context, dy, operation.function, operation.tasks, operation.user);
}

} // namespace luthier
