// Rows are split over the threads in contiguous parts; a row is summed by one thread in one order.
#include "row_operations.hpp"

#include "micro_kernels.hpp"

#include <limits>
#include <vector>

namespace luthier::kernels {

namespace {

struct Part {
    int64_t from, to;
};

Part part_of(int64_t count, int thread, int threads) {
    return { count * thread / threads, count * (thread + 1) / threads };
}

// Calls `vector` for every full register of a row and `element` for what is left.
template <typename Vector, typename Element> void sweep(int64_t count, Vector vector, Element element) {
    int64_t i = 0;
    for (; i + lane_count <= count; i += lane_count) {
        vector(i);
    }
    for (; i < count; ++i) {
        element(i);
    }
}

float dot(const float * a, const float * b, int64_t count) {
    Lanes total = broadcast(0);
    float rest = 0;
    sweep(
        count, [&](int64_t i) { total = multiply_add(load(a + i), load(b + i), total); }, [&](int64_t i) { rest = multiply_add(a[i], b[i], rest); });
    return sum(total) + rest;
}

template <typename T> T * row_of(const RowsOut & rows, int64_t t) {
    return static_cast<T *>(rows.data) + t * rows.stride;
}

template <typename T> void normalize_rows(const Norm & norm, RowsOut y, Part part) {
    for (int64_t t = part.from; t < part.to; ++t) {
        const float * x = norm.x + t * norm.width;
        T * out = row_of<T>(y, t);
        const float inverse = 1 / std::sqrt(dot(x, x, norm.width) / float(norm.width) + norm.epsilon);
        sweep(
            norm.width, [&](int64_t i) { store(out + i, load(x + i) * broadcast(inverse) * load(norm.weight + i)); },
            [&](int64_t i) { set(out[i], x[i] * inverse * norm.weight[i]); });
    }
}

Lanes sigmoid(Lanes x) { return broadcast(1) / (broadcast(1) + exponential(broadcast(0) - x)); }
float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

constexpr float gelu_slope = 1.5957691216057308f; // 2√(2/π)
constexpr float gelu_cube = gelu_slope * 0.044715f;

// z of the activation g·σ(z), and z' = dz/dg.
struct Inner {
    Lanes z, slope;
};
Inner inner_of(Lanes g, bool is_gelu) {
    const Lanes square = g * g;
    return is_gelu ? Inner{ g * (broadcast(gelu_slope) + broadcast(gelu_cube) * square), broadcast(gelu_slope) + broadcast(3 * gelu_cube) * square }
                   : Inner{ g, broadcast(1) };
}
float inner_value(float g, bool is_gelu) { return is_gelu ? g * (gelu_slope + gelu_cube * g * g) : g; }
float inner_slope(float g, bool is_gelu) { return is_gelu ? gelu_slope + 3 * gelu_cube * g * g : 1; }

template <typename T> void gated_rows(const GatedUnit & glu, RowsOut y, Part part) {
    for (int64_t t = part.from; t < part.to; ++t) {
        const float * gate = glu.gate + t * glu.width;
        const float * up = glu.up + t * glu.width;
        T * out = row_of<T>(y, t);
        sweep(
            glu.width, [&](int64_t i) { const Lanes g = load(gate + i); store(out + i, g * sigmoid(inner_of(g, glu.is_gelu).z) * load(up + i)); },
            [&](int64_t i) { set(out[i], gate[i] * sigmoid(inner_value(gate[i], glu.is_gelu)) * up[i]); });
    }
}

// silu'(g) = σ(g) · (1 + g · (1 − σ(g)))
template <typename T> void gated_rows_backward(const GatedUnit & glu, const float * dys, RowsOut d_gate, RowsOut d_up, Part part) {
    for (int64_t t = part.from; t < part.to; ++t) {
        const float * gate = glu.gate + t * glu.width;
        const float * up = glu.up + t * glu.width;
        const float * dy = dys + t * glu.width;
        T * dg = row_of<T>(d_gate, t);
        T * du = row_of<T>(d_up, t);
        sweep(
            glu.width,
            [&](int64_t i) {
                const Lanes g = load(gate + i), d = load(dy + i);
                const Inner inner = inner_of(g, glu.is_gelu);
                const Lanes s = sigmoid(inner.z);
                store(du + i, d * g * s);
                store(dg + i, d * load(up + i) * s * (broadcast(1) + g * (broadcast(1) - s) * inner.slope));
            },
            [&](int64_t i) {
                const float g = gate[i], s = sigmoid(inner_value(g, glu.is_gelu));
                set(du[i], dy[i] * g * s);
                set(dg[i], dy[i] * up[i] * s * (1 + g * (1 - s) * inner_slope(g, glu.is_gelu)));
            });
    }
}

template <typename T> void to_gradient(float * logits, int64_t count, float most, float factor, int32_t target, float weight) {
    T * out = reinterpret_cast<T *>(logits);
    const float at_target = std::exp(logits[target] - most) * factor - weight;
    // an element is read before the narrower one that takes its place is written
    sweep(
        count, [&](int64_t i) { store(out + i, exponential(load(logits + i) - broadcast(most)) * broadcast(factor)); },
        [&](int64_t i) { const float x = logits[i]; set(out[i], std::exp(x - most) * factor); });
    set(out[target], at_target);
}

void widen_rows(const Bf16 * from, int64_t count, float * to) {
    sweep(count, [&](int64_t i) { store(to + i, load(from + i)); }, [&](int64_t i) { to[i] = to_float(from[i]); });
}

} // namespace

void round_rows(const Rounded & rounded, RowsOut y, int thread, int threads) {
    const Part part = part_of(rounded.tokens, thread, threads);
    for (int64_t t = part.from; t < part.to; ++t) {
        const float * x = rounded.x + t * rounded.width;
        Bf16 * out = row_of<Bf16>(y, t);
        sweep(rounded.width, [&](int64_t i) { store(out + i, load(x + i)); }, [&](int64_t i) { set(out[i], x[i]); });
    }
}

void normalize(const Norm & norm, RowsOut y, int thread, int threads) {
    const Part part = part_of(norm.tokens, thread, threads);
    y.half ? normalize_rows<Bf16>(norm, y, part) : normalize_rows<float>(norm, y, part);
}

void normalize_backward(const Norm & norm, const float * dys, const float * addends, float * dxs, int thread, int threads) {
    const Part part = part_of(norm.tokens, thread, threads);
    for (int64_t t = part.from; t < part.to; ++t) {
        const float * x = norm.x + t * norm.width;
        const float * dy = dys + t * norm.width;
        const float * addend = addends ? addends + t * norm.width : nullptr;
        float * dx = dxs + t * norm.width;
        const float mean_square = dot(x, x, norm.width) / float(norm.width) + norm.epsilon;
        const float inverse = 1 / std::sqrt(mean_square);
        Lanes total = broadcast(0);
        float rest = 0;
        sweep(
            norm.width, [&](int64_t i) { total = multiply_add(load(dy + i) * load(norm.weight + i), load(x + i), total); },
            [&](int64_t i) { rest = multiply_add(dy[i] * norm.weight[i], x[i], rest); });
        const float share = (sum(total) + rest) / (float(norm.width) * mean_square);
        sweep(
            norm.width,
            [&](int64_t i) {
                const Lanes own = (load(dy + i) * load(norm.weight + i) - load(x + i) * broadcast(share)) * broadcast(inverse);
                store(dx + i, addend ? own + load(addend + i) : own);
            },
            [&](int64_t i) { dx[i] = (dy[i] * norm.weight[i] - x[i] * share) * inverse + (addend ? addend[i] : 0); });
    }
}

void gated_unit(const GatedUnit & glu, RowsOut y, int thread, int threads) {
    const Part part = part_of(glu.tokens, thread, threads);
    y.half ? gated_rows<Bf16>(glu, y, part) : gated_rows<float>(glu, y, part);
}

void gated_unit_backward(const GatedUnit & glu, const float * dy, RowsOut d_gate, RowsOut d_up, int thread, int threads) {
    const Part part = part_of(glu.tokens, thread, threads);
    d_gate.half ? gated_rows_backward<Bf16>(glu, dy, d_gate, d_up, part) : gated_rows_backward<float>(glu, dy, d_gate, d_up, part);
}

void cross_entropy(const CrossEntropy & loss, int thread, int threads) {
    const Part part = part_of(loss.tokens, thread, threads);
    for (int64_t t = part.from; t < part.to; ++t) {
        float * logits = loss.logits + t * loss.vocabulary;
        const float weight = loss.weights[t];
        const int32_t target = loss.targets[t];
        Lanes most_lanes = broadcast(-std::numeric_limits<float>::infinity());
        float most = -std::numeric_limits<float>::infinity();
        sweep(loss.vocabulary, [&](int64_t i) { most_lanes = maximum(load(logits + i), most_lanes); }, [&](int64_t i) { most = std::max(most, logits[i]); });
        most = std::max(most, largest(most_lanes));
        Lanes powers = broadcast(0);
        float rest = 0;
        sweep(
            loss.vocabulary, [&](int64_t i) { powers += exponential(load(logits + i) - broadcast(most)); },
            [&](int64_t i) { rest += std::exp(logits[i] - most); });
        const float total = sum(powers) + rest;
        loss.losses[t] = weight * (std::log(total) + most - logits[target]);
        if (loss.with_gradient) {
            loss.half ? to_gradient<Bf16>(logits, loss.vocabulary, most, weight / total, target, weight)
                      : to_gradient<float>(logits, loss.vocabulary, most, weight / total, target, weight);
        }
    }
}

void project(const LowProjection & projection, int thread, int threads) {
    static thread_local std::vector<float> panel_memory, wide_memory;
    constexpr int64_t rows_at_once = 12, steps_at_once = 256;
    const int64_t rank = projection.rank, width = projection.width, padded = (rank + lane_count - 1) / lane_count * lane_count;
    panel_memory.resize(std::max(panel_memory.size(), size_t(width * padded)));
    wide_memory.resize(size_t(rows_at_once * steps_at_once + rows_at_once * padded));
    float * panel = panel_memory.data(); // [width, padded]
    float * wide = wide_memory.data();
    float * sums = wide + rows_at_once * steps_at_once;
    if (rank % lane_count != 0) {
        std::fill(panel, panel + width * padded, 0.0f);
    }
    if (projection.turned) {
        for (int64_t k = 0; k < width; ++k) {
            std::memcpy(panel + k * padded, projection.a + k * rank, size_t(rank) * sizeof(float));
        }
    } else {
        transpose(reinterpret_cast<const uint32_t *>(projection.a), width, rank, width, reinterpret_cast<uint32_t *>(panel), padded);
    }
    const Part part = part_of(projection.tokens, thread, threads);
    for (int64_t t = part.from; t < part.to; t += rows_at_once) {
        const int64_t rows = std::min(rows_at_once, part.to - t);
        for (int64_t first = 0; first < width; first += steps_at_once) {
            const int64_t steps = std::min(steps_at_once, width - first);
            Operand<float> x = { nullptr, steps_at_once, 1 };
            if (projection.x.half) {
                for (int64_t i = 0; i < rows; ++i) {
                    widen_rows(static_cast<const Bf16 *>(projection.x.data) + (t + i) * projection.x.stride + first, steps, wide + i * steps_at_once);
                }
                x.data = wide;
            } else {
                x = { static_cast<const float *>(projection.x.data) + t * projection.x.stride + first, projection.x.stride, 1 };
            }
            for (int64_t c = 0; c < padded; c += lane_count) {
                if (rows == rows_at_once) {
                    multiply_rows<rows_at_once, 1>(steps, x, panel + first * padded + c, padded, sums + c, padded, first > 0);
                } else {
                    multiply_panel<1>(rows, steps, x, panel + first * padded + c, padded, sums + c, padded, first > 0);
                }
            }
        }
        for (int64_t i = 0; i < rows; ++i) {
            for (int64_t r = 0; r < rank; ++r) {
                projection.low[(t + i) * rank + r] = projection.scale * sums[i * padded + r];
            }
        }
    }
}

void low_gradient(const LowGradient & gradient, int thread, int threads) {
    static thread_local std::vector<float> memory;
    const int64_t rank = gradient.rank, panels = (gradient.width + block_columns - 1) / block_columns;
    const Part part = part_of(panels, thread, threads);
    memory.resize(std::max(memory.size(), size_t(rank * block_columns)));
    float * sums = memory.data(); // [block_columns, rank]
    const Operand<float> low{ gradient.low, 1, rank };
    for (int64_t panel = part.from; panel < part.to; ++panel) {
        const int64_t column = panel * block_columns, columns = std::min<int64_t>(block_columns, gradient.width - column);
        if (gradient.x.half) {
            multiply(rank, columns, gradient.tokens, low, static_cast<const Bf16 *>(gradient.x.data) + column, gradient.x.stride, sums, block_columns, false);
        } else {
            multiply(rank, columns, gradient.tokens, low, static_cast<const float *>(gradient.x.data) + column, gradient.x.stride, sums, block_columns, false);
        }
        for (int64_t r = 0; r < rank; ++r) {
            for (int64_t c = 0; c < columns; ++c) {
                gradient.d[gradient.turned ? (column + c) * rank + r : r * gradient.width + column + c] = gradient.scale * sums[r * block_columns + c];
            }
        }
    }
}

void sum_groups(const GroupSum & work, int thread, int threads) {
    const Part part = part_of(work.tokens, thread, threads);
    for (int64_t t = part.from; t < part.to; ++t) {
        for (int64_t h = 0; h < work.heads; ++h) {
            const float * in = work.in + (t * work.heads + h) * work.group * work.width;
            float * out = work.out + (t * work.heads + h) * work.width;
            for (int64_t d = 0; d < work.width; ++d) {
                float total = 0;
                for (int64_t g = 0; g < work.group; ++g) {
                    total += in[g * work.width + d];
                }
                out[d] = total;
            }
        }
    }
}

} // namespace luthier::kernels
