// Every kernel against the formula in float64, at sizes that fill no register, tile or thread evenly.
#include "kernel_tests.hpp"

#include "expect.hpp"
#include "kernels/attention.hpp"
#include "kernels/row_operations.hpp"

#include <cmath>
#include <cstring>
#include <functional>
#include <random>
#include <vector>

using namespace luthier::kernels;

namespace {

std::mt19937 generator(5);

std::vector<float> random_floats(size_t count, float deviation = 1) {
    std::normal_distribution<float> normal(0, deviation);
    std::vector<float> values(count);
    for (float & value : values) {
        value = normal(generator);
    }
    return values;
}

std::vector<Bf16> to_halves(std::vector<float> & values) {
    std::vector<Bf16> halves(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
        halves[i] = to_bf16(values[i]);
        values[i] = to_float(halves[i]);
    }
    return halves;
}

// Largest difference, relative to the largest wanted value.
double relative_error(const std::vector<float> & actual, const std::vector<double> & wanted) {
    double difference = 0, largest = 0;
    for (size_t i = 0; i < wanted.size(); ++i) {
        difference = std::max(difference, std::isfinite(actual[i]) ? std::fabs(actual[i] - wanted[i]) : INFINITY);
        largest = std::max(largest, std::fabs(wanted[i]));
    }
    return difference / std::max(largest, 1e-30);
}

// Runs `work` with 1, 2, 3 and 4 threads, which must write the same bits, and returns the result.
std::vector<float> on_any_threads(size_t count, const std::string & what, const std::function<void(float *, int, int)> & work) {
    std::vector<float> first;
    for (int threads = 1; threads <= 4; ++threads) {
        std::vector<float> out(count, NAN);
        for (int thread = 0; thread < threads; ++thread) {
            work(out.data(), thread, threads);
        }
        if (threads == 1) {
            first = out;
        }
        expect(std::memcmp(first.data(), out.data(), count * sizeof(float)) == 0, what + " is the same with " + std::to_string(threads) + " threads");
    }
    return first;
}

void products_equal_their_sums(int64_t tokens, int64_t columns, int64_t rows, int64_t rank, bool backward, bool half) {
    const std::string what = std::string(backward ? "dx" : "y") + " of " + std::to_string(tokens) + " tokens by " + std::to_string(columns) + " × " +
                             std::to_string(rows) + ", rank " + std::to_string(rank) + (half ? ", bf16" : ", f32");
    const int64_t in = backward ? rows : columns, out = backward ? columns : rows;
    std::vector<float> w = random_floats(size_t(rows * columns)), x = random_floats(size_t(tokens * in));
    std::vector<Bf16> w_half, x_half;
    if (half) {
        w_half = to_halves(w);
        x_half = to_halves(x);
    }
    std::vector<float> low = random_floats(size_t(tokens * rank)), factor = random_floats(size_t(rank * out)), addend = random_floats(size_t(tokens * out));
    ggml_tensor weight = {}, low_weight = {};
    weight.type = half ? GGML_TYPE_BF16 : GGML_TYPE_F32;
    weight.ne[0] = columns;
    weight.ne[1] = rows;
    weight.nb[0] = ggml_type_size(weight.type);
    weight.nb[1] = weight.nb[0] * size_t(columns);
    weight.data = half ? static_cast<void *>(w_half.data()) : w.data();
    low_weight.type = GGML_TYPE_F32;
    low_weight.ne[0] = backward ? out : rank;
    low_weight.ne[1] = backward ? rank : out;
    low_weight.data = factor.data();
    const void * activations = half ? static_cast<const void *>(x_half.data()) : x.data();
    const auto y = on_any_threads(size_t(tokens * out), what, [&](float * to, int thread, int threads) {
        multiply_by_weight({ &weight, backward, tokens, { activations, ptrdiff_t(in), half }, rank ? low.data() : nullptr, rank ? &low_weight : nullptr, 0.5f,
                             addend.data(), ptrdiff_t(out), to, ptrdiff_t(out) },
                           thread, threads);
    });
    std::vector<double> wanted(size_t(tokens * out));
    for (int64_t t = 0; t < tokens; ++t) {
        for (int64_t o = 0; o < out; ++o) {
            double total = addend[size_t(t * out + o)];
            for (int64_t i = 0; i < in; ++i) {
                total += double(x[size_t(t * in + i)]) * w[size_t(backward ? i * columns + o : o * columns + i)];
            }
            for (int64_t r = 0; r < rank; ++r) {
                total += 0.5 * low[size_t(t * rank + r)] * factor[size_t(backward ? r * out + o : o * rank + r)];
            }
            wanted[size_t(t * out + o)] = total;
        }
    }
    expect(relative_error(y, wanted) < 1e-5, what + " equals its sum");
}

// Quantized weights: the product with the very values that ggml unpacks.
void quantized_products_equal_their_sums(ggml_type type, bool backward) {
    constexpr int64_t tokens = 7, columns = 512, rows = 70;
    const std::vector<float> values = random_floats(size_t(columns * rows));
    std::vector<char> packed(ggml_row_size(type, columns) * size_t(rows));
    ggml_quantize_chunk(type, values.data(), packed.data(), 0, rows, columns, nullptr);
    std::vector<float> w(values.size());
    ggml_get_type_traits(type)->to_float(packed.data(), w.data(), int64_t(w.size()));
    ggml_tensor weight = {};
    weight.type = type;
    weight.ne[0] = columns;
    weight.ne[1] = rows;
    weight.nb[1] = ggml_row_size(type, columns);
    weight.data = packed.data();
    const int64_t in = backward ? rows : columns, out = backward ? columns : rows;
    const std::vector<float> x = random_floats(size_t(tokens * in));
    const std::string what = std::string(backward ? "dx" : "y") + " by " + ggml_type_name(type);
    const auto y = on_any_threads(size_t(tokens * out), what, [&](float * to, int thread, int threads) {
        multiply_by_weight({ &weight, backward, tokens, { x.data(), ptrdiff_t(in), false }, nullptr, nullptr, 0, nullptr, 0, to, ptrdiff_t(out) }, thread, threads);
    });
    std::vector<double> wanted(size_t(tokens * out));
    for (int64_t t = 0; t < tokens; ++t) {
        for (int64_t o = 0; o < out; ++o) {
            for (int64_t i = 0; i < in; ++i) {
                wanted[size_t(t * out + o)] += double(x[size_t(t * in + i)]) * w[size_t(backward ? i * columns + o : o * columns + i)];
            }
        }
    }
    expect(relative_error(y, wanted) < 1e-5, what + " equals its sum");
}

struct AttentionCase {
    int64_t width, heads, key_value_heads, tokens;
    std::vector<int32_t> first_key; // [tokens, rows]
};

std::vector<int32_t> sequences(const std::vector<int32_t> & lengths, int32_t padding, int32_t window) {
    std::vector<int32_t> first;
    for (const int32_t length : lengths) {
        const int32_t start = int32_t(first.size());
        for (int32_t i = 0; i < length; ++i) {
            first.push_back(window > 0 ? std::max(start, start + i - window + 1) : start);
        }
    }
    for (int32_t i = 0; i < padding; ++i) {
        first.push_back(int32_t(first.size()) + 1);
    }
    return first;
}

// out, and by central differences' exact counterpart, dq, dk, dv: the textbook formulas in float64
void attention_equals_the_formula(const AttentionCase & work, const std::string & name) {
    const int64_t width = work.width, heads = work.heads, kv_heads = work.key_value_heads, tokens = work.tokens;
    const int64_t rows = int64_t(work.first_key.size()) / tokens, group = heads / kv_heads;
    const size_t q_count = size_t(width * heads * tokens * rows), k_count = size_t(width * kv_heads * tokens * rows);
    const std::vector<float> q = random_floats(q_count), k = random_floats(k_count), v = random_floats(k_count), d_out = random_floats(q_count);
    const float scale = 0.3f;
    const AttentionShape shape{ width, heads, kv_heads, tokens, rows, scale, work.first_key.data() };
    const auto strided = [&](auto * data, int64_t count) { return Heads<std::remove_pointer_t<decltype(data)>>{ data, width, width * count, width * count * tokens }; };
    std::vector<float> log_sums(size_t(heads * tokens * rows));
    const auto out = on_any_threads(q_count, name, [&](float * to, int thread, int threads) {
        attend({ shape, strided(q.data(), heads), strided(k.data(), kv_heads), strided(v.data(), kv_heads), { to, width, width * heads, width * heads * tokens },
                 false, log_sums.data() },
               thread, threads);
    });
    std::vector<float> kept = out;
    const auto gradients = on_any_threads(3 * q_count, name + " backward", [&](float * to, int thread, int threads) {
        attend_backward({ shape, strided(q.data(), heads), strided(k.data(), kv_heads), strided(v.data(), kv_heads),
                          { kept.data(), width, width * heads, width * heads * tokens }, false, log_sums.data(), strided(d_out.data(), heads),
                          strided(to, heads), strided(to + q_count, heads), strided(to + 2 * q_count, heads) },
                        thread, threads);
    });

    std::vector<double> wanted_out(q_count), wanted(3 * q_count);
    for (int64_t row = 0; row < rows; ++row) {
        for (int64_t h = 0; h < heads; ++h) {
            const auto place = [&](int64_t head, int64_t t, int64_t count) { return size_t(((row * tokens + t) * count + head) * width); };
            for (int64_t i = 0; i < tokens; ++i) {
                const int64_t first = work.first_key[size_t(row * tokens + i)];
                std::vector<double> powers;
                double total = 0;
                for (int64_t j = first; j <= i; ++j) {
                    double score = 0;
                    for (int64_t d = 0; d < width; ++d) {
                        score += double(q[place(h, i, heads) + size_t(d)]) * k[place(h / group, j, kv_heads) + size_t(d)];
                    }
                    powers.push_back(std::exp(scale * score));
                    total += powers.back();
                }
                double mean_slope = 0;
                std::vector<double> slopes(powers.size());
                for (size_t n = 0; n < powers.size(); ++n) {
                    powers[n] /= total;
                    for (int64_t d = 0; d < width; ++d) {
                        const double value = v[place(h / group, first + int64_t(n), kv_heads) + size_t(d)];
                        wanted_out[place(h, i, heads) + size_t(d)] += powers[n] * value;
                        slopes[n] += double(d_out[place(h, i, heads) + size_t(d)]) * value;
                    }
                    mean_slope += powers[n] * slopes[n];
                }
                for (size_t n = 0; n < powers.size(); ++n) {
                    const int64_t j = first + int64_t(n);
                    const double slope = scale * powers[n] * (slopes[n] - mean_slope);
                    for (int64_t d = 0; d < width; ++d) {
                        wanted[place(h, i, heads) + size_t(d)] += slope * k[place(h / group, j, kv_heads) + size_t(d)];
                        wanted[q_count + place(h, j, heads) + size_t(d)] += slope * q[place(h, i, heads) + size_t(d)];
                        wanted[2 * q_count + place(h, j, heads) + size_t(d)] += powers[n] * d_out[place(h, i, heads) + size_t(d)];
                    }
                }
            }
        }
    }
    expect(relative_error(out, wanted_out) < 1e-5, name + " equals the formula");
    expect(relative_error(gradients, wanted) < 1e-5, name + " has the formula's gradient");
}

void norm_equals_the_formula(int64_t width) {
    const int64_t tokens = 5;
    const std::vector<float> x = random_floats(size_t(width * tokens)), w = random_floats(size_t(width)), dy = random_floats(x.size()), addend = random_floats(x.size());
    const Norm norm{ width, tokens, 1e-5f, w.data(), x.data() };
    const std::string name = "norm of " + std::to_string(width);
    const auto y = on_any_threads(x.size(), name, [&](float * to, int thread, int threads) { normalize(norm, { to, ptrdiff_t(width), false }, thread, threads); });
    const auto dx = on_any_threads(x.size(), name + " backward", [&](float * to, int thread, int threads) {
        normalize_backward(norm, dy.data(), addend.data(), to, thread, threads);
    });
    std::vector<double> wanted(x.size()), wanted_dx(x.size());
    for (int64_t t = 0; t < tokens; ++t) {
        double squares = 0, products = 0;
        for (int64_t i = 0; i < width; ++i) {
            const size_t at = size_t(t * width + i);
            squares += double(x[at]) * x[at];
            products += double(dy[at]) * w[size_t(i)] * x[at];
        }
        const double mean = squares / double(width) + 1e-5, root = std::sqrt(mean);
        for (int64_t i = 0; i < width; ++i) {
            const size_t at = size_t(t * width + i);
            wanted[at] = x[at] * double(w[size_t(i)]) / root;
            wanted_dx[at] = addend[at] + (double(dy[at]) * w[size_t(i)] - x[at] * products / (double(width) * mean)) / root;
        }
    }
    expect(relative_error(y, wanted) < 1e-6, name + " equals the formula");
    expect(relative_error(dx, wanted_dx) < 1e-5, name + " has the formula's gradient");
}

void swiglu_equals_the_formula(int64_t width) {
    const int64_t tokens = 3;
    std::vector<float> gate = random_floats(size_t(width * tokens), 4);
    gate[0] = 100; // where e⁻ᵍ and eᵍ leave float32
    gate[1] = -100;
    const std::vector<float> up = random_floats(gate.size()), dy = random_floats(gate.size());
    const GatedUnit glu{ width, tokens, gate.data(), up.data() };
    const auto y = on_any_threads(gate.size(), "swiglu", [&](float * to, int thread, int threads) { gated_unit(glu, { to, ptrdiff_t(width), false }, thread, threads); });
    const auto d = on_any_threads(2 * gate.size(), "swiglu backward", [&](float * to, int thread, int threads) {
        gated_unit_backward(glu, dy.data(), { to, ptrdiff_t(width), false }, { to + gate.size(), ptrdiff_t(width), false }, thread, threads);
    });
    std::vector<double> wanted(gate.size()), wanted_d(2 * gate.size());
    for (size_t i = 0; i < gate.size(); ++i) {
        const double g = gate[i], s = 1 / (1 + std::exp(-g));
        wanted[i] = g * s * up[i];
        wanted_d[i] = dy[i] * double(up[i]) * s * (1 + g * (1 - s));
        wanted_d[gate.size() + i] = dy[i] * g * s;
    }
    expect(relative_error(y, wanted) < 1e-6, "swiglu equals the formula");
    expect(relative_error(d, wanted_d) < 1e-6, "swiglu has the formula's gradient");
}

void cross_entropy_equals_the_formula(int64_t vocabulary, bool half) {
    const int64_t tokens = 3;
    std::vector<float> logits = random_floats(size_t(vocabulary * tokens), 5);
    logits[size_t(vocabulary)] = 300; // a row that is sure of its token
    const std::vector<int32_t> targets{ int32_t(vocabulary - 1), 0, 1 };
    const std::vector<float> weights{ 1, 1, 0 };
    const std::string name = "cross entropy over " + std::to_string(vocabulary) + (half ? ", bf16" : "");
    std::vector<float> losses(tokens);
    const auto memory = on_any_threads(logits.size(), name, [&](float * to, int thread, int threads) {
        if (thread == 0) {
            std::memcpy(to, logits.data(), logits.size() * sizeof(float));
        }
        cross_entropy({ vocabulary, tokens, to, half, true, targets.data(), weights.data(), losses.data() }, thread, threads);
    });
    std::vector<double> wanted(logits.size()), wanted_losses(tokens);
    std::vector<float> gradient(logits.size());
    for (int64_t t = 0; t < tokens; ++t) {
        const float * row = logits.data() + t * vocabulary;
        const double most = *std::max_element(row, row + vocabulary);
        double total = 0;
        for (int64_t i = 0; i < vocabulary; ++i) {
            total += std::exp(row[i] - most);
        }
        wanted_losses[size_t(t)] = weights[size_t(t)] * (std::log(total) + most - row[targets[size_t(t)]]);
        for (int64_t i = 0; i < vocabulary; ++i) {
            const size_t at = size_t(t * vocabulary + i);
            wanted[at] = weights[size_t(t)] * (std::exp(row[i] - most) / total - (i == targets[size_t(t)] ? 1 : 0));
            gradient[at] = half ? to_float(reinterpret_cast<const Bf16 *>(memory.data() + t * vocabulary)[i]) : memory[at];
        }
    }
    expect(relative_error(losses, wanted_losses) < 1e-6, name + " has the formula's loss");
    expect(relative_error(gradient, wanted) < (half ? 4e-3 : 1e-5), name + " has the formula's gradient");
}

void low_rank_products_equal_their_sums(int64_t width, int64_t rank, bool turned) {
    const int64_t tokens = 29;
    const std::vector<float> x = random_floats(size_t(tokens * width)), a = random_floats(size_t(rank * width)), low = random_floats(size_t(tokens * rank));
    const std::string name = "low-rank product of " + std::to_string(width) + " and " + std::to_string(rank) + (turned ? ", turned" : "");
    const auto u = on_any_threads(low.size(), name, [&](float * to, int thread, int threads) {
        project({ tokens, width, rank, { x.data(), ptrdiff_t(width), false }, a.data(), turned, 2, to }, thread, threads);
    });
    const auto d = on_any_threads(a.size(), name + " backward", [&](float * to, int thread, int threads) {
        low_gradient({ tokens, width, rank, low.data(), { x.data(), ptrdiff_t(width), false }, turned, 2, to }, thread, threads);
    });
    std::vector<double> wanted(low.size()), wanted_d(a.size());
    for (int64_t t = 0; t < tokens; ++t) {
        for (int64_t r = 0; r < rank; ++r) {
            for (int64_t i = 0; i < width; ++i) {
                const size_t at = size_t(turned ? i * rank + r : r * width + i);
                wanted[size_t(t * rank + r)] += 2 * double(a[at]) * x[size_t(t * width + i)];
                wanted_d[at] += 2 * double(low[size_t(t * rank + r)]) * x[size_t(t * width + i)];
            }
        }
    }
    expect(relative_error(u, wanted) < 1e-5, name + " equals its sum");
    expect(relative_error(d, wanted_d) < 1e-5, name + " has the sum's gradient");
}

// 1 + 2⁻⁸ lies between two bfloat16 numbers of which 1 is even, 1 + 3·2⁻⁸ between two of which 1 + 2⁻⁶ is
void rounding_is_to_nearest_even() {
    std::vector<float> x(lane_count + 3, 1.00390625f);
    x[1] = 1.01171875f;
    x[2] = -3.0e38f;
    x[3] = NAN;
    std::vector<Bf16> y(x.size());
    round_rows({ int64_t(x.size()), 1, x.data() }, { y.data(), ptrdiff_t(x.size()), true }, 0, 1);
    expect(to_float(y[0]) == 1.0f && to_float(y.back()) == 1.0f, "ties to even, down");
    expect(to_float(y[1]) == 1.015625f, "ties to even, up");
    expect(std::fabs(to_float(y[2]) / -3.0e38f - 1) < 1.0 / 256, "rounding of a large number");
    expect(std::isnan(to_float(y[3])), "rounding of no number");
    float lanes[lane_count];
    store(lanes, load(y.data()));
    expect(lanes[1] == 1.015625f, "widening");
}

void exponential_is_right() {
    double worst = 0;
    for (float x = -86; x < 87; x += 0.173f) {
        float lanes[lane_count];
        store(lanes, exponential(broadcast(x)));
        worst = std::max(worst, std::fabs(lanes[0] / std::exp(double(x)) - 1));
    }
    expect(worst < 3e-7, "exponential, off by " + std::to_string(worst));
    float lanes[lane_count];
    store(lanes, exponential(broadcast(NAN)));
    expect(std::isnan(lanes[0]), "exponential of no number");
    store(lanes, exponential(broadcast(-INFINITY)));
    expect(lanes[0] < 2e-38f, "exponential of minus infinity");
}

} // namespace

void test_kernels() {
    exponential_is_right();
    rounding_is_to_nearest_even();
    for (const bool backward : { false, true }) {
        for (const bool half : { false, true }) {
            products_equal_their_sums(17, 64, 70, 4, backward, half);
            products_equal_their_sums(1, 24, 333, 3, backward, half);
            products_equal_their_sums(13, 1060, 272, 16, backward, half);
            products_equal_their_sums(6, 70, 1033, 0, backward, half);
        }
        for (const ggml_type type : { GGML_TYPE_Q8_0, GGML_TYPE_Q4_K, GGML_TYPE_Q6_K, GGML_TYPE_F16 }) {
            quantized_products_equal_their_sums(type, backward);
        }
    }
    attention_equals_the_formula({ 16, 2, 2, 5, sequences({ 5 }, 0, 0) }, "attention over 5 tokens");
    attention_equals_the_formula({ 64, 4, 2, 331, sequences({ 1, 200, 129 }, 1, 0) }, "attention over packed sequences with shared keys");
    attention_equals_the_formula({ 20, 3, 1, 90, sequences({ 64, 1, 1 }, 24, 0) }, "attention of an odd width with padding");
    attention_equals_the_formula({ 32, 2, 1, 300, sequences({ 70, 230 }, 0, 65) }, "attention with a window");
    std::vector<int32_t> two_rows = sequences({ 10, 7 }, 3, 0);
    const std::vector<int32_t> second = sequences({ 20 }, 0, 0);
    two_rows.insert(two_rows.end(), second.begin(), second.end());
    attention_equals_the_formula({ 8, 2, 2, 20, two_rows }, "attention over two rows");
    for (const int64_t width : { 1, 17, 64, 100 }) {
        norm_equals_the_formula(width);
        swiglu_equals_the_formula(width + 1);
        low_rank_products_equal_their_sums(width, 4, false);
        low_rank_products_equal_their_sums(width, 4, true);
        low_rank_products_equal_their_sums(width, 17, false);
        low_rank_products_equal_their_sums(width, 16, true);
    }
    for (const bool half : { false, true }) {
        cross_entropy_equals_the_formula(7, half);
        cross_entropy_equals_the_formula(272, half);
    }
}
