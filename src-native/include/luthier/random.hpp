// Seeded random numbers that are the same on every platform, unlike std:: distributions.
#pragma once

#include <cstdint>
#include <string>

namespace luthier {

// SplitMix64's output function: every bit of the result depends on every bit of the input.
inline uint64_t mix_bits(uint64_t z) {
    z += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

inline uint64_t hash_name(const std::string & name) {
    uint64_t hash = 0xcbf29ce484222325; // FNV-1a
    for (const unsigned char c : name) {
        hash = (hash ^ c) * 0x100000001b3;
    }
    return hash;
}

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). Each tensor
// draws from a stream of its own, so a tensor's values do not depend on which others exist.
class RandomStream {
  public:
    RandomStream(uint64_t seed, const std::string & name) : state_(seed) { state_ = next() ^ hash_name(name); }

    uint64_t next() {
        const uint64_t bits = mix_bits(state_);
        state_ += 0x9e3779b97f4a7c15;
        return bits;
    }

    // In [-bound, bound), from the 24 bits that a float holds.
    float uniform(float bound) {
        const float unit = float(next() >> 40) * 0x1p-24f;
        return (2.0f * unit - 1.0f) * bound;
    }

  private:
    uint64_t state_;
};

} // namespace luthier
