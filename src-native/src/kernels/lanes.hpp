// A register of float32 values: the few operations that the kernels need, for any processor.
//
// GCC's and Clang's vector types compile to AVX-512, AVX2 or NEON; another compiler gets arrays and loops.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

// LUTHIER_ARRAY_LANES tries the arrays with a compiler that has vector types.
#if defined(__GNUC__) && !defined(LUTHIER_ARRAY_LANES)
#define LUTHIER_VECTOR_LANES 1
#else
#define LUTHIER_VECTOR_LANES 0
#endif
#if LUTHIER_VECTOR_LANES && defined(__AVX512F__)
#define LUTHIER_AVX512 1
#else
#define LUTHIER_AVX512 0
#endif
#if LUTHIER_VECTOR_LANES && defined(__AVX__)
#include <immintrin.h>
#elif LUTHIER_VECTOR_LANES && defined(__aarch64__)
#include <arm_neon.h>
#endif
// Whether std::fma is one instruction here, and no call that takes a hundred times as long.
#if defined(__FMA__) || defined(__aarch64__)
#define LUTHIER_FUSES 1
#else
#define LUTHIER_FUSES 0
#endif

namespace luthier::kernels {

// The upper half of a float32.
struct Bf16 {
    uint16_t bits;
};

inline float to_float(float x) { return x; }
inline float to_float(Bf16 x) {
    const uint32_t bits = uint32_t(x.bits) << 16;
    float value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
}

// Rounds to nearest, ties to even; a NaN stays one.
inline Bf16 to_bf16(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof(bits));
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return { uint16_t((bits >> 16) | 64) };
    }
    return { uint16_t((bits + 0x7fff + ((bits >> 16) & 1)) >> 16) };
}
inline void set(float & to, float x) { to = x; }

// a · b + c, rounded as `multiply_add` of whole registers rounds it.
inline float multiply_add(float a, float b, float c) {
#if LUTHIER_FUSES
    return std::fma(a, b, c);
#else
    return a * b + c;
#endif
}

inline void set(Bf16 & to, float x) { to = to_bf16(x); }

#if LUTHIER_VECTOR_LANES

#if LUTHIER_AVX512
constexpr int lane_count = 16;
#elif defined(__AVX__)
constexpr int lane_count = 8;
#else
constexpr int lane_count = 4;
#endif

using Lanes = float __attribute__((vector_size(lane_count * 4)));
using IntegerLanes = int32_t __attribute__((vector_size(lane_count * 4)));

inline IntegerLanes bits_of(Lanes x) { IntegerLanes r; std::memcpy(&r, &x, sizeof(r)); return r; }
inline Lanes from_bits(IntegerLanes x) { Lanes r; std::memcpy(&r, &x, sizeof(r)); return r; }
inline Lanes broadcast(float x) { return x - Lanes{}; }
inline Lanes select(IntegerLanes mask, Lanes a, Lanes b) { return from_bits((bits_of(a) & mask) | (bits_of(b) & ~mask)); }
inline Lanes maximum(Lanes a, Lanes b) { return select(a > b, a, b); }
inline Lanes minimum(Lanes a, Lanes b) { return select(a < b, a, b); }
// a · b + c, rounded once where the processor can. Written out in the kernels, and left to no compiler: whether
// it contracts a product and a sum depends on the code around them, so that a row in a block of six would be
// rounded otherwise than the same row alone, and gradients would depend on how rows are split over threads.
inline Lanes multiply_add(Lanes a, Lanes b, Lanes c) {
#if LUTHIER_AVX512
    return Lanes(_mm512_fmadd_ps(__m512(a), __m512(b), __m512(c)));
#elif defined(__AVX__) && LUTHIER_FUSES
    return Lanes(_mm256_fmadd_ps(__m256(a), __m256(b), __m256(c)));
#elif defined(__aarch64__)
    return Lanes(vfmaq_f32(float32x4_t(c), float32x4_t(a), float32x4_t(b)));
#else
    return a * b + c;
#endif
}
// 2ⁿ for a whole n in the range of normal numbers.
inline Lanes power_of_two(Lanes n) { return from_bits((__builtin_convertvector(n, IntegerLanes) + 127) << 23); }

#else

constexpr int lane_count = 8;
struct Lanes {
    float v[lane_count];
    float operator[](int i) const { return v[i]; }
};

template <typename F> Lanes each(F f) { Lanes r; for (int i = 0; i < lane_count; ++i) r.v[i] = f(i); return r; }
inline Lanes broadcast(float x) { return each([&](int) { return x; }); }
inline Lanes operator+(Lanes a, Lanes b) { return each([&](int i) { return a.v[i] + b.v[i]; }); }
inline Lanes operator-(Lanes a, Lanes b) { return each([&](int i) { return a.v[i] - b.v[i]; }); }
inline Lanes operator*(Lanes a, Lanes b) { return each([&](int i) { return a.v[i] * b.v[i]; }); }
inline Lanes operator/(Lanes a, Lanes b) { return each([&](int i) { return a.v[i] / b.v[i]; }); }
inline Lanes & operator+=(Lanes & a, Lanes b) { return a = a + b; }
inline Lanes multiply_add(Lanes a, Lanes b, Lanes c) { return each([&](int i) { return multiply_add(a.v[i], b.v[i], c.v[i]); }); }
inline Lanes maximum(Lanes a, Lanes b) { return each([&](int i) { return a.v[i] > b.v[i] ? a.v[i] : b.v[i]; }); }
inline Lanes minimum(Lanes a, Lanes b) { return each([&](int i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; }); }
inline Lanes power_of_two(Lanes n) { return each([&](int i) { return std::ldexp(1.0f, int(n.v[i])); }); }

#endif

inline Lanes load(const float * from) {
    Lanes r;
    std::memcpy(&r, from, sizeof(r));
    return r;
}

inline void store(float * to, Lanes x) {
    std::memcpy(to, &x, sizeof(x));
}

#if LUTHIER_VECTOR_LANES
using HalfLanes = uint16_t __attribute__((vector_size(lane_count * 2)));
using UnsignedLanes = uint32_t __attribute__((vector_size(lane_count * 4)));

inline Lanes load(const Bf16 * from) {
    HalfLanes half;
    std::memcpy(&half, from, sizeof(half));
    return Lanes(__builtin_convertvector(half, UnsignedLanes) << 16);
}
#else
inline Lanes load(const Bf16 * from) {
    return each([&](int i) { return to_float(from[i]); });
}
#endif

#if LUTHIER_AVX512 && defined(__AVX512BF16__) && defined(__AVX512VL__)
inline void store(Bf16 * to, Lanes x) {
    const __m256bh half = _mm512_cvtneps_pbh(__m512(x));
    std::memcpy(to, &half, sizeof(half));
}
#elif LUTHIER_VECTOR_LANES
inline void store(Bf16 * to, Lanes x) {
    const UnsignedLanes bits = UnsignedLanes(x);
    const UnsignedLanes rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16, quieted = (bits >> 16) | 64;
    const UnsignedLanes is_number = UnsignedLanes(x == x);
    const HalfLanes half = __builtin_convertvector((rounded & is_number) | (quieted & ~is_number), HalfLanes);
    std::memcpy(to, &half, sizeof(half));
}
#else
inline void store(Bf16 * to, Lanes x) {
    for (int i = 0; i < lane_count; ++i) {
        to[i] = to_bf16(x[i]);
    }
}
#endif

// Added from the outside in, the same way on every processor of this width.
inline float sum(Lanes x) {
    float values[lane_count];
    store(values, x);
    for (int half = lane_count / 2; half > 0; half /= 2) {
        for (int i = 0; i < half; ++i) {
            values[i] += values[i + half];
        }
    }
    return values[0];
}

inline float largest(Lanes x) {
    float result = x[0];
    for (int i = 1; i < lane_count; ++i) {
        result = x[i] > result ? x[i] : result;
    }
    return result;
}

// eˣ to 2 units in the last place: x = n·ln 2 + r with |r| ≤ ln 2 / 2, Taylor's polynomial of degree 7 for eʳ.
// Saturates where the result is no normal number; NaN stays NaN.
inline Lanes exponential(Lanes x) {
    x = minimum(broadcast(88.0f), maximum(broadcast(-87.3f), x));
    const Lanes shift = broadcast(12582912.0f); // 1.5 · 2²³: adding it rounds to a whole number
    const Lanes n = multiply_add(x, broadcast(1.44269504088896341f), shift) - shift;
    const Lanes r = multiply_add(n, broadcast(-1.42860677e-6f), multiply_add(n, broadcast(-0.693145751953125f), x));
    Lanes p = broadcast(1.0f / 5040);
    constexpr float coefficients[] = { 1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f };
    for (const float coefficient : coefficients) {
        p = multiply_add(p, r, broadcast(coefficient));
    }
    return p * power_of_two(n);
}

} // namespace luthier::kernels
