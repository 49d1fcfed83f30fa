// Tiles of queries and keys with a running softmax (Dao et al., FlashAttention, 2022); the gradient computes
// the probabilities again from the saved logarithm of their sum.
#include "attention.hpp"

#include "micro_kernels.hpp"

#include <limits>
#include <vector>

namespace luthier::kernels {

namespace {

constexpr int64_t key_tile = 64;    // a multiple of every lane count
constexpr int64_t query_chunk = 192; // a multiple of block_rows

constexpr float minus_infinity = -std::numeric_limits<float>::infinity();

struct Scratch {
    std::vector<float> memory;

    float * take(size_t count) {
        if (memory.size() < count) {
            memory.resize(count);
        }
        return memory.data();
    }
};

// The next token at which a sequence starts, or the end of the row. Every token of padding is its own.
int64_t sequence_end(const int32_t * first_key, int64_t from, int64_t tokens) {
    int64_t end = from + 1;
    while (end < tokens && first_key[end] < end) {
        ++end;
    }
    return end;
}

// A tile of keys (or values) as columns [width, key_tile]; columns past `count` are zero.
void turn_keys(const float * keys, ptrdiff_t stride, int64_t count, int64_t width, float * to) {
    if (count < key_tile) {
        std::fill(to, to + width * key_tile, 0.0f);
    }
    transpose(reinterpret_cast<const uint32_t *>(keys), stride, count, width, reinterpret_cast<uint32_t *>(to), key_tile);
}

// Keys of the tile [first, first + count) that query `i` sees, relative to the tile; empty where from ≥ to.
struct Seen {
    int64_t from, to;
};

Seen seen_keys(const int32_t * first_key, int64_t i, int64_t first, int64_t count) {
    return { std::clamp<int64_t>(first_key[i] - first, 0, count), std::clamp<int64_t>(i + 1 - first, 0, count) };
}

// Turns a row of scores into exp(scale · score − shift), zero where a key is not seen.
void to_powers(float * row, Seen seen, float scale, float shift) {
    for (int64_t j = 0; j < key_tile; j += lane_count) {
        store(row + j, exponential(load(row + j) * broadcast(scale) - broadcast(shift)));
    }
    std::fill(row, row + std::min(seen.from, seen.to), 0.0f);
    std::fill(row + std::max(seen.from, seen.to), row + key_tile, 0.0f);
    if (seen.from >= seen.to) {
        std::fill(row, row + key_tile, 0.0f);
    }
}

// score ← c·tanh(score / c); `slopes` receives the derivative, 1 − tanh², where it is not null. The bounds keep
// exp from overflowing; tanh(10) is 1 in float32.
void cap_scores(float * row, float cap, float * slopes) {
    for (int64_t j = 0; j < key_tile; j += lane_count) {
        const Lanes x = maximum(minimum(load(row + j) * broadcast(1 / cap), broadcast(10)), broadcast(-10));
        const Lanes tanh = broadcast(1) - broadcast(2) / (broadcast(1) + exponential(x + x));
        store(row + j, tanh * broadcast(cap));
        if (slopes) {
            store(slopes + j, broadcast(1) - tanh * tanh);
        }
    }
}

float row_sum(const float * row) {
    Lanes total = broadcast(0);
    for (int64_t j = 0; j < key_tile; j += lane_count) {
        total += load(row + j);
    }
    return sum(total);
}

void scale_row(float * row, int64_t count, float factor) {
    for (int64_t d = 0; d < count; ++d) {
        row[d] *= factor;
    }
}

template <typename T> void attend_chunk(const AttentionForward & work, int64_t head, int64_t row, int64_t first_query, int64_t queries) {
    static thread_local Scratch scratch;
    const AttentionShape & shape = work.shape;
    const int64_t width = shape.width, kv = head / (shape.heads / shape.key_value_heads);
    const int32_t * first_key = shape.first_key + row * shape.tokens;
    float * keys = scratch.take(size_t(width * key_tile + query_chunk * (key_tile + width + 2)));
    float * scores = keys + width * key_tile;
    float * sums = scores + query_chunk * key_tile; // of the weighted values
    float * largest_seen = sums + query_chunk * width;
    float * totals = largest_seen + query_chunk;
    std::fill(sums, sums + queries * width, 0.0f);
    std::fill(largest_seen, largest_seen + queries, minus_infinity);
    std::fill(totals, totals + queries, 0.0f);

    for (int64_t first = first_key[first_query]; first < first_query + queries; first += key_tile) {
        const int64_t count = std::min(key_tile, first_query + queries - first);
        // queries before the tile see none of it
        const int64_t skipped = std::max<int64_t>(0, first - first_query), active = queries - skipped;
        turn_keys(work.k.at(kv, first, row), work.k.token, count, width, keys);
        multiply(active, key_tile, width, Operand<float>{ work.q.at(head, first_query + skipped, row), work.q.token, 1 }, keys, key_tile, scores, key_tile, false);
        for (int64_t i = 0; i < active; ++i) {
            const int64_t query = skipped + i;
            const Seen seen = seen_keys(first_key, first_query + query, first, count);
            float * line = scores + i * key_tile;
            if (shape.cap > 0) {
                cap_scores(line, shape.cap, nullptr);
            }
            float most = minus_infinity;
            for (int64_t j = seen.from; j < seen.to; ++j) {
                most = std::max(most, line[j]);
            }
            most *= shape.scale;
            if (most > largest_seen[query]) {
                const float factor = std::exp(largest_seen[query] - most);
                scale_row(sums + query * width, width, factor);
                totals[query] *= factor;
                largest_seen[query] = most;
            }
            to_powers(line, seen, shape.scale, largest_seen[query]);
            totals[query] += row_sum(line);
        }
        multiply(active, width, count, Operand<float>{ scores, key_tile, 1 }, work.v.at(kv, first, row), work.v.token, sums + skipped * width, width, true);
    }
    for (int64_t i = 0; i < queries; ++i) {
        T * out = static_cast<T *>(work.out.data) + work.out.offset(head, first_query + i, row);
        const float factor = 1 / totals[i];
        for (int64_t d = 0; d < width; ++d) {
            set(out[d], sums[i * width + d] * factor);
        }
        work.log_sums[head + shape.heads * (first_query + i + shape.tokens * row)] = largest_seen[i] + std::log(totals[i]);
    }
}

template <typename T> void sequence_backward(const AttentionBackward & work, int64_t head, int64_t row, int64_t start, int64_t end) {
    static thread_local Scratch scratch;
    const AttentionShape & shape = work.shape;
    const int64_t width = shape.width, kv = head / (shape.heads / shape.key_value_heads), length = end - start;
    const int32_t * first_key = shape.first_key + row * shape.tokens;
    float * keys = scratch.take(size_t(2 * width * key_tile + 2 * query_chunk * key_tile + length));
    float * values = keys + width * key_tile;
    float * powers = values + width * key_tile;
    float * slopes = powers + query_chunk * key_tile;
    float * dots = slopes + query_chunk * key_tile; // Σ_d out·d_out of each query

    for (int64_t t = start; t < end; ++t) {
        const T * out = static_cast<const T *>(work.out.data) + work.out.offset(head, t, row);
        const float * d_out = work.d_out.at(head, t, row);
        float dot = 0;
        for (int64_t d = 0; d < width; ++d) {
            dot = multiply_add(to_float(out[d]), d_out[d], dot);
        }
        dots[t - start] = dot;
    }
    for (int64_t first = start; first < end; first += key_tile) {
        const int64_t count = std::min(key_tile, end - first);
        turn_keys(work.k.at(kv, first, row), work.k.token, count, width, keys);
        turn_keys(work.v.at(kv, first, row), work.v.token, count, width, values);
        for (int64_t chunk = first; chunk < end && first_key[chunk] < first + count; chunk += query_chunk) {
            const int64_t queries = std::min(query_chunk, end - chunk);
            multiply(queries, key_tile, width, Operand<float>{ work.q.at(head, chunk, row), work.q.token, 1 }, keys, key_tile, powers, key_tile, false);
            multiply(queries, key_tile, width, Operand<float>{ work.d_out.at(head, chunk, row), work.d_out.token, 1 }, values, key_tile, slopes, key_tile, false);
            for (int64_t i = 0; i < queries; ++i) {
                const int64_t query = chunk + i;
                float * power = powers + i * key_tile;
                float * slope = slopes + i * key_tile;
                float cap_slopes[key_tile];
                if (shape.cap > 0) {
                    cap_scores(power, shape.cap, cap_slopes);
                }
                to_powers(power, seen_keys(first_key, query, first, count), shape.scale, work.log_sums[head + shape.heads * (query + shape.tokens * row)]);
                const Lanes dot = broadcast(dots[query - start]), scale = broadcast(shape.scale);
                for (int64_t j = 0; j < key_tile; j += lane_count) {
                    store(slope + j, load(power + j) * (load(slope + j) - dot) * scale);
                }
                for (int64_t j = 0; shape.cap > 0 && j < key_tile; j += lane_count) {
                    store(slope + j, load(slope + j) * load(cap_slopes + j));
                }
            }
            multiply(count, width, queries, Operand<float>{ powers, 1, key_tile }, work.d_out.at(head, chunk, row), work.d_out.token, work.dv.at(head, first, row), work.dv.token, true);
            multiply(count, width, queries, Operand<float>{ slopes, 1, key_tile }, work.q.at(head, chunk, row), work.q.token, work.dk.at(head, first, row), work.dk.token, true);
            multiply(queries, width, count, Operand<float>{ slopes, key_tile, 1 }, work.k.at(kv, first, row), work.k.token, work.dq.at(head, chunk, row), work.dq.token, true);
        }
    }
}

// Calls `run(head, row, start, end)` for each sequence and head; heads of a sequence go to the threads in turn.
template <typename Run> void for_each_part(const AttentionShape & shape, int thread, int threads, Run run) {
    int64_t part = 0;
    for (int64_t row = 0; row < shape.rows; ++row) {
        const int32_t * first_key = shape.first_key + row * shape.tokens;
        for (int64_t start = 0, end; start < shape.tokens; start = end) {
            end = sequence_end(first_key, start, shape.tokens);
            for (int64_t head = 0; head < shape.heads; ++head, ++part) {
                if (part % threads == thread) {
                    run(head, row, start, end);
                }
            }
        }
    }
}

bool is_padding(const AttentionShape & shape, int64_t row, int64_t token) {
    return shape.first_key[row * shape.tokens + token] > token;
}

template <typename T> void clear_output(const AttentionForward & work, int64_t head, int64_t row, int64_t token) {
    T * out = static_cast<T *>(work.out.data) + work.out.offset(head, token, row);
    std::fill(out, out + work.shape.width, T{});
    work.log_sums[head + work.shape.heads * (token + work.shape.tokens * row)] = 0;
}

void clear_gradients(const AttentionBackward & work, int64_t head, int64_t row, int64_t start, int64_t end) {
    for (int64_t t = start; t < end; ++t) {
        for (const Heads<float> * gradient : { &work.dq, &work.dk, &work.dv }) {
            std::fill(gradient->at(head, t, row), gradient->at(head, t, row) + work.shape.width, 0.0f);
        }
    }
}

} // namespace

void attend(const AttentionForward & work, int thread, int threads) {
    for_each_part(work.shape, thread, threads, [&](int64_t head, int64_t row, int64_t start, int64_t end) {
        if (is_padding(work.shape, row, start)) {
            return work.half ? clear_output<Bf16>(work, head, row, start) : clear_output<float>(work, head, row, start);
        }
        for (int64_t chunk = start; chunk < end; chunk += query_chunk) {
            const int64_t queries = std::min(query_chunk, end - chunk);
            work.half ? attend_chunk<Bf16>(work, head, row, chunk, queries) : attend_chunk<float>(work, head, row, chunk, queries);
        }
    });
}

void attend_backward(const AttentionBackward & work, int thread, int threads) {
    for_each_part(work.shape, thread, threads, [&](int64_t head, int64_t row, int64_t start, int64_t end) {
        clear_gradients(work, head, row, start, end);
        if (is_padding(work.shape, row, start)) {
            return;
        }
        work.half ? sequence_backward<Bf16>(work, head, row, start, end) : sequence_backward<float>(work, head, row, start, end);
    });
}

} // namespace luthier::kernels
