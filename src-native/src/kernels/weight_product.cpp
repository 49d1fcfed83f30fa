// Weights are brought, a few columns at a time, into panels that the inner loop reads once from front to back.
//
// Goto & van de Geijn, Anatomy of High-Performance Matrix Multiplication (2008): a group of panels stays in the
// second-level cache while all tokens pass. Either direction reads the weight as it lies in the file, so that
// no transpose of it is kept.
#include "weight_product.hpp"

#include "micro_kernels.hpp"

#include <vector>

#if LUTHIER_AVX512 && defined(__AVX512BF16__)
#define LUTHIER_PAIRS 1
#else
#define LUTHIER_PAIRS 0
#endif

namespace luthier::kernels {

namespace {

constexpr int64_t group_panels = 256 / block_columns;
constexpr int64_t steps_at_once = 1024; // a multiple of every quantized block

// Contiguous memory that a thread keeps from product to product.
template <typename T> T * scratch(std::vector<T> & memory, size_t count) {
    if (memory.size() < count) {
        memory.resize(count);
    }
    return memory.data();
}

// `steps` whole blocks of a weight's row as float32.
void widen(const ggml_tensor * weight, int64_t row, int64_t first, int64_t count, float * to) {
    const char * data = static_cast<const char *>(weight->data) + size_t(row) * weight->nb[1] + ggml_row_size(weight->type, first);
    if (weight->type == GGML_TYPE_F32) {
        std::memcpy(to, data, size_t(count) * sizeof(float));
    } else {
        ggml_get_type_traits(weight->type)->to_float(data, to, count);
    }
}

void round_row(const float * from, int64_t count, Bf16 * to) {
    int64_t i = 0;
    for (; i + lane_count <= count; i += lane_count) {
        store(to + i, load(from + i));
    }
    for (; i < count; ++i) {
        to[i] = to_bf16(from[i]);
    }
}

struct Range {
    int64_t first, count;
};

// Parts that differ by at most one `unit`.
Range part_of(int64_t count, int64_t unit, int part, int parts) {
    const int64_t units = (count + unit - 1) / unit;
    const int64_t from = units * part / parts * unit, to = std::min(units * (part + 1) / parts * unit, count);
    return { from, std::max<int64_t>(0, to - from) };
}

class Packer {
  public:
    Packer(const WeightProduct & product, bool pairs) : weight_(product.weight), backward_(product.backward), pairs_(pairs) {}

    // Panel p of the group holds, for each step (or pair of steps), block_columns columns (each a pair).
    void pack(Range columns, Range steps, float * panels) {
        const int64_t padded = (columns.count + block_columns - 1) / block_columns * block_columns;
        if (padded != columns.count) {
            std::memset(panels, 0, size_t(padded * steps_stride(steps)) * sizeof(float));
        }
        backward_ ? pack_rows(columns, steps, panels) : pack_columns(columns, steps, panels);
    }

    // 32-bit elements per column
    int64_t steps_stride(Range steps) const { return pairs_ ? steps.count / 2 : steps.count; }

  private:
    // One row of the weight in the panels' precision; a view of the file where it is bfloat16 already.
    const Bf16 * half_row(int64_t row, int64_t first, int64_t count) {
        if (weight_->type == GGML_TYPE_BF16) {
            return reinterpret_cast<const Bf16 *>(static_cast<const char *>(weight_->data) + size_t(row) * weight_->nb[1]) + first;
        }
        const int64_t block = ggml_blck_size(weight_->type);
        const int64_t from = first / block * block, to = (first + count + block - 1) / block * block;
        float * wide = scratch(wide_, size_t(to - from));
        widen(weight_, row, from, to - from, wide);
        Bf16 * half = halves_[row & 1].size() < size_t(count) ? (halves_[row & 1].resize(size_t(count)), halves_[row & 1].data()) : halves_[row & 1].data();
        round_row(wide + (first - from), count, half);
        return half;
    }

    const float * wide_row(int64_t row, int64_t first, int64_t count) {
        const int64_t block = ggml_blck_size(weight_->type);
        const int64_t from = first / block * block, to = (first + count + block - 1) / block * block;
        float * wide = scratch(wide_, size_t(to - from));
        widen(weight_, row, from, to - from, wide);
        return wide + (first - from);
    }

    // Contracts along the rows of the weight: 16 rows at a time are turned.
    void pack_columns(Range columns, Range steps, float * panels) {
        const int64_t length = steps_stride(steps);
        uint32_t * turned = scratch(turned_, size_t(16 * length));
        for (int64_t c = 0; c < columns.count; c += 16) {
            const int64_t count = std::min<int64_t>(16, columns.count - c);
            for (int64_t i = 0; i < count; ++i) {
                const int64_t row = columns.first + c + i;
                const void * from = pairs_ ? static_cast<const void *>(half_row(row, steps.first, steps.count)) : wide_row(row, steps.first, steps.count);
                std::memcpy(turned + i * length, from, size_t(length) * sizeof(uint32_t));
            }
            // a panel may be narrower than 16 columns, never across a multiple of it
            for (int64_t i = 0; i < count; i += block_columns) {
                const int64_t width = std::min<int64_t>(block_columns, count - i), place = c + i;
                float * panel = panels + place / block_columns * block_columns * length + place % block_columns;
                transpose(turned + i * length, length, width, length, reinterpret_cast<uint32_t *>(panel), block_columns);
            }
        }
    }

    // Contracts over the rows of the weight: they are the panels' rows, or pairs of them interleaved.
    void pack_rows(Range columns, Range steps, float * panels) {
        const int64_t length = steps_stride(steps);
        for (int64_t s = 0; s < length; ++s) {
            const float * wide = pairs_ ? nullptr : wide_row(steps.first + s, columns.first, columns.count);
            const Bf16 * even = pairs_ ? half_row(steps.first + 2 * s, columns.first, columns.count) : nullptr;
            const Bf16 * odd = pairs_ ? half_row(steps.first + 2 * s + 1, columns.first, columns.count) : nullptr;
            for (int64_t c = 0; c < columns.count; c += block_columns) {
                const int64_t width = std::min<int64_t>(block_columns, columns.count - c);
                float * row = panels + c * length + s * block_columns;
                if (pairs_) {
                    uint32_t * pair = reinterpret_cast<uint32_t *>(row);
                    for (int64_t i = 0; i < width; ++i) {
                        pair[i] = uint32_t(even[c + i].bits) | (uint32_t(odd[c + i].bits) << 16);
                    }
                } else {
                    std::memcpy(row, wide + c, size_t(width) * sizeof(float));
                }
            }
        }
    }

    const ggml_tensor * weight_;
    bool backward_, pairs_;
    static thread_local std::vector<float> wide_;
    static thread_local std::vector<Bf16> halves_[2];
    static thread_local std::vector<uint32_t> turned_;
};

thread_local std::vector<float> Packer::wide_;
thread_local std::vector<Bf16> Packer::halves_[2];
thread_local std::vector<uint32_t> Packer::turned_;

// The adapter's part of a group's columns as panels [rank, block_columns].
void pack_low(const WeightProduct & product, Range columns, float * panels) {
    const ggml_tensor * weight = product.low_weight;
    const int64_t rank = product.backward ? weight->ne[1] : weight->ne[0];
    const float * data = static_cast<const float *>(weight->data);
    for (int64_t c = 0; c < columns.count; ++c) {
        float * panel = panels + c / block_columns * block_columns * rank + c % block_columns;
        for (int64_t r = 0; r < rank; ++r) {
            const float value = product.backward ? data[r * weight->ne[0] + columns.first + c] : data[(columns.first + c) * rank + r];
            panel[r * block_columns] = product.low_scale * value;
        }
    }
}

struct Tile {
    Operand<float> x;      // float32 rows of the block
    Operand<Bf16> pairs;   // or bfloat16 rows
    int64_t steps;         // contraction steps of this pass
    const float * panel;
    const float * low_panel; // null before the last pass and without an adapter
    Operand<float> low;
    int64_t rank;
    const float * start; // null: zero
    ptrdiff_t start_stride;
    float * out;
    ptrdiff_t out_stride;
    int64_t width;
};

#if LUTHIER_PAIRS
template <int N> void multiply_pairs(Lanes (&sums)[N][block_vectors], Operand<Bf16> x, const float * panel, int64_t steps) {
    for (int64_t s = 0; s < steps; s += 2, panel += block_columns) {
        __m512bh columns[block_vectors];
        for (int v = 0; v < block_vectors; ++v) {
            columns[v] = __m512bh(_mm512_loadu_si512(panel + v * lane_count));
        }
        for (int i = 0; i < N; ++i) {
            int32_t pair;
            std::memcpy(&pair, x.data + i * x.row + s, sizeof(pair));
            const __m512bh value = __m512bh(_mm512_set1_epi32(pair));
            for (int v = 0; v < block_vectors; ++v) {
                sums[i][v] = Lanes(_mm512_dpbf16_ps(__m512(sums[i][v]), value, columns[v]));
            }
        }
    }
}
#endif

template <int N> void run_tile(const Tile & tile, bool pairs) {
    float edge[N * block_columns];
    const bool is_whole = tile.width == block_columns;
    const float * start = tile.start;
    ptrdiff_t start_stride = tile.start_stride, out_stride = tile.out_stride;
    if (!is_whole && start) {
        for (int i = 0; i < N; ++i) {
            std::memcpy(edge + i * block_columns, start + i * start_stride, size_t(tile.width) * sizeof(float));
            std::fill(edge + i * block_columns + tile.width, edge + (i + 1) * block_columns, 0.0f);
        }
        start = edge;
        start_stride = block_columns;
    }
    Lanes sums[N][block_vectors];
    for (int i = 0; i < N; ++i) {
        for (int v = 0; v < block_vectors; ++v) {
            sums[i][v] = start ? load(start + i * start_stride + v * lane_count) : broadcast(0);
        }
    }
#if LUTHIER_PAIRS
    if (pairs) {
        multiply_pairs(sums, tile.pairs, tile.panel, tile.steps);
    } else
#endif
    {
        (void) pairs;
        multiply_block(sums, tile.x, tile.panel, block_columns, tile.steps);
    }
    if (tile.low_panel) {
        multiply_block(sums, tile.low, tile.low_panel, block_columns, tile.rank);
    }
    float * out = is_whole ? tile.out : edge;
    out_stride = is_whole ? out_stride : block_columns;
    for (int i = 0; i < N; ++i) {
        for (int v = 0; v < block_vectors; ++v) {
            store(out + i * out_stride + v * lane_count, sums[i][v]);
        }
        if (!is_whole) {
            std::memcpy(tile.out + i * tile.out_stride, edge + i * block_columns, size_t(tile.width) * sizeof(float));
        }
    }
}

void run_tile_of(int64_t rows, const Tile & tile, bool pairs) {
    switch (rows) {
        case 1:  return run_tile<1>(tile, pairs);
        case 2:  return run_tile<2>(tile, pairs);
        case 3:  return run_tile<3>(tile, pairs);
        case 4:  return run_tile<4>(tile, pairs);
        case 5:  return run_tile<5>(tile, pairs);
        default: return run_tile<block_rows>(tile, pairs);
    }
}

} // namespace

void multiply_by_weight(const WeightProduct & product, int thread, int threads) {
    static thread_local std::vector<float> panel_memory, low_memory, wide_memory;
    const int64_t contraction = product.backward ? product.weight->ne[1] : product.weight->ne[0];
    const int64_t columns = product.backward ? product.weight->ne[0] : product.weight->ne[1];
    const int64_t rank = !product.low ? 0 : product.backward ? product.low_weight->ne[1] : product.low_weight->ne[0];
    const bool pairs = LUTHIER_PAIRS && product.x.half && contraction % 2 == 0;

    // threads share the columns; where there are few, also the tokens
    int row_parts = 1;
    while (threads % (row_parts * 2) == 0 && columns / block_columns * row_parts < 4 * threads) {
        row_parts *= 2;
    }
    const Range tokens = part_of(product.tokens, block_rows, thread % row_parts, row_parts);
    const Range own = part_of(columns, block_columns, thread / row_parts, threads / row_parts);
    Packer packer(product, pairs);
    float * panels = scratch(panel_memory, size_t(group_panels * block_columns * (pairs ? steps_at_once / 2 : steps_at_once)));
    float * low_panels = scratch(low_memory, size_t(group_panels * block_columns * std::max<int64_t>(rank, 1)));
    float * wide = pairs || !product.x.half ? nullptr : scratch(wide_memory, size_t(block_rows * steps_at_once));

    for (int64_t group = 0; group < own.count; group += group_panels * block_columns) {
        const Range group_columns{ own.first + group, std::min(group_panels * block_columns, own.count - group) };
        for (int64_t first = 0; first < contraction; first += steps_at_once) {
            const Range steps{ first, std::min(steps_at_once, contraction - first) };
            const bool is_last = steps.first + steps.count == contraction;
            packer.pack(group_columns, steps, panels);
            if (is_last && rank > 0) {
                pack_low(product, group_columns, low_panels);
            }
            for (int64_t t = tokens.first; t < tokens.first + tokens.count; t += block_rows) {
                const int64_t rows = std::min<int64_t>(block_rows, tokens.first + tokens.count - t);
                Tile tile = {};
                tile.steps = steps.count;
                tile.rank = rank;
                if (product.x.half) {
                    tile.pairs = { static_cast<const Bf16 *>(product.x.data) + t * product.x.stride + first, product.x.stride, 1 };
                } else {
                    tile.x = { static_cast<const float *>(product.x.data) + t * product.x.stride + first, product.x.stride, 1 };
                }
                if (wide) {
                    for (int64_t i = 0; i < rows; ++i) {
                        for (int64_t s = 0; s < steps.count; ++s) {
                            wide[i * steps_at_once + s] = to_float(tile.pairs.data[i * product.x.stride + s]);
                        }
                    }
                    tile.x = { wide, steps_at_once, 1 };
                }
                for (int64_t c = 0; c < group_columns.count; c += block_columns) {
                    const int64_t column = group_columns.first + c;
                    tile.width = std::min<int64_t>(block_columns, group_columns.count - c);
                    tile.panel = panels + c * packer.steps_stride(steps);
                    if (is_last && rank > 0) {
                        tile.low_panel = low_panels + c * rank;
                        tile.low = { product.low + t * rank, rank, 1 };
                    }
                    tile.out = product.out + t * product.out_stride + column;
                    tile.out_stride = product.out_stride;
                    if (first > 0) {
                        tile.start = tile.out;
                        tile.start_stride = tile.out_stride;
                    } else if (product.addend) {
                        tile.start = product.addend + t * product.addend_stride + column;
                        tile.start_stride = product.addend_stride;
                    } else {
                        tile.start = nullptr;
                    }
                    run_tile_of(rows, tile, pairs);
                }
            }
        }
    }
}

} // namespace luthier::kernels
