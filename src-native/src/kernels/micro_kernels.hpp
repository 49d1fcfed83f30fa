// Products of small blocks that stay in registers; every larger product is made of these.
//
// Each element is one chain of additions in the order of `step`, however the work is split over threads.
#pragma once

#include "lanes.hpp"

#include <algorithm>
#include <cstddef>

namespace luthier::kernels {

// Registers per row of a block: blocks of 6 rows leave room for the operands in 32 (16 on AVX2) registers.
#if LUTHIER_AVX512 || (LUTHIER_VECTOR_LANES && !defined(__AVX__))
constexpr int block_vectors = 4;
#else
constexpr int block_vectors = 2;
#endif
constexpr int block_rows = 6;
constexpr int block_columns = block_vectors * lane_count;

// A matrix whose element (i, step) lies at data[i · row + step · step_stride].
template <typename T> struct Operand {
    const T * data;
    ptrdiff_t row, step;
};

// sums[i][v] += Σ_step x(i, step) · p(step, v)
template <int Rows, int Vectors, typename X, typename P>
inline void multiply_block(Lanes (&sums)[Rows][Vectors], Operand<X> x, const P * p, ptrdiff_t p_step, int64_t steps) {
    for (int64_t s = 0; s < steps; ++s, p += p_step) {
        Lanes columns[Vectors];
        for (int v = 0; v < Vectors; ++v) {
            columns[v] = load(p + v * lane_count);
        }
        const X * element = x.data + s * x.step;
        for (int i = 0; i < Rows; ++i) {
            const Lanes value = broadcast(to_float(element[i * x.row]));
            for (int v = 0; v < Vectors; ++v) {
                sums[i][v] = multiply_add(value, columns[v], sums[i][v]);
            }
        }
    }
}

template <int Rows, int Vectors, typename X, typename P>
inline void multiply_rows(int64_t steps, Operand<X> x, const P * p, ptrdiff_t p_step, float * out, ptrdiff_t out_row, bool adds) {
    Lanes sums[Rows][Vectors];
    for (int i = 0; i < Rows; ++i) {
        for (int v = 0; v < Vectors; ++v) {
            sums[i][v] = adds ? load(out + i * out_row + v * lane_count) : broadcast(0);
        }
    }
    multiply_block(sums, x, p, p_step, steps);
    for (int i = 0; i < Rows; ++i) {
        for (int v = 0; v < Vectors; ++v) {
            store(out + i * out_row + v * lane_count, sums[i][v]);
        }
    }
}

template <int Vectors, typename X, typename P>
inline void multiply_panel(int64_t rows, int64_t steps, Operand<X> x, const P * p, ptrdiff_t p_step, float * out, ptrdiff_t out_row, bool adds) {
    int64_t i = 0;
    for (; i + block_rows <= rows; i += block_rows, x.data += block_rows * x.row) {
        multiply_rows<block_rows, Vectors>(steps, x, p, p_step, out + i * out_row, out_row, adds);
    }
    for (; i + 4 <= rows; i += 4, x.data += 4 * x.row) {
        multiply_rows<4, Vectors>(steps, x, p, p_step, out + i * out_row, out_row, adds);
    }
    for (; i < rows; ++i, x.data += x.row) {
        multiply_rows<1, Vectors>(steps, x, p, p_step, out + i * out_row, out_row, adds);
    }
}

// out(i, c) (+)= Σ_step x(i, step) · p(step, c) for any size, float32 sums.
template <typename X, typename P>
void multiply(int64_t rows, int64_t columns, int64_t steps, Operand<X> x, const P * p, ptrdiff_t p_step, float * out, ptrdiff_t out_row, bool adds) {
    int64_t c = 0;
    for (; c + block_columns <= columns; c += block_columns) {
        multiply_panel<block_vectors>(rows, steps, x, p + c, p_step, out + c, out_row, adds);
    }
    for (; c + lane_count <= columns; c += lane_count) {
        multiply_panel<1>(rows, steps, x, p + c, p_step, out + c, out_row, adds);
    }
    for (int64_t i = 0; i < rows && c < columns; ++i) {
        for (int64_t rest = c; rest < columns; ++rest) {
            float total = adds ? out[i * out_row + rest] : 0;
            for (int64_t s = 0; s < steps; ++s) {
                total = multiply_add(to_float(x.data[i * x.row + s * x.step]), to_float(p[s * p_step + rest]), total);
            }
            out[i * out_row + rest] = total;
        }
    }
}

// to[column · to_stride + row] = from[row · from_stride + column] for 32-bit elements.
inline void transpose(const uint32_t * from, ptrdiff_t from_stride, int64_t rows, int64_t columns, uint32_t * to, ptrdiff_t to_stride) {
    int64_t r = 0;
#if LUTHIER_AVX512
    for (; r + 16 <= rows; r += 16) {
        int64_t c = 0;
        for (; c + 16 <= columns; c += 16) {
            // four rounds that swap ever larger squares: 32, 64, 128 and 256 bits
            __m512i a[16], b[16];
            for (int i = 0; i < 16; ++i) {
                a[i] = _mm512_loadu_si512(from + (r + i) * from_stride + c);
            }
            for (int i = 0; i < 16; i += 2) {
                b[i] = _mm512_unpacklo_epi32(a[i], a[i + 1]);
                b[i + 1] = _mm512_unpackhi_epi32(a[i], a[i + 1]);
            }
            for (int i = 0; i < 16; i += 4) {
                for (int j = 0; j < 2; ++j) {
                    a[i + 2 * j] = _mm512_unpacklo_epi64(b[i + j], b[i + 2 + j]);
                    a[i + 2 * j + 1] = _mm512_unpackhi_epi64(b[i + j], b[i + 2 + j]);
                }
            }
            for (int i = 0; i < 4; ++i) {
                const __m512i low = _mm512_shuffle_i32x4(a[i], a[4 + i], 0x88), high = _mm512_shuffle_i32x4(a[i], a[4 + i], 0xdd);
                const __m512i low2 = _mm512_shuffle_i32x4(a[8 + i], a[12 + i], 0x88), high2 = _mm512_shuffle_i32x4(a[8 + i], a[12 + i], 0xdd);
                _mm512_storeu_si512(to + (c + i) * to_stride + r, _mm512_shuffle_i32x4(low, low2, 0x88));
                _mm512_storeu_si512(to + (c + i + 4) * to_stride + r, _mm512_shuffle_i32x4(high, high2, 0x88));
                _mm512_storeu_si512(to + (c + i + 8) * to_stride + r, _mm512_shuffle_i32x4(low, low2, 0xdd));
                _mm512_storeu_si512(to + (c + i + 12) * to_stride + r, _mm512_shuffle_i32x4(high, high2, 0xdd));
            }
        }
        for (; c < columns; ++c) {
            for (int i = 0; i < 16; ++i) {
                to[c * to_stride + r + i] = from[(r + i) * from_stride + c];
            }
        }
    }
#endif
    for (; r < rows; ++r) {
        for (int64_t c = 0; c < columns; ++c) {
            to[c * to_stride + r] = from[r * from_stride + c];
        }
    }
}

} // namespace luthier::kernels
