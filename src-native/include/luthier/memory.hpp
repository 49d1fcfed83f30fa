// How much memory this process may still take.
#pragma once

#include <cstdint>
#include <optional>

namespace luthier {

// Empty where the system does not tell. On Linux the smaller of the machine's and the control group's.
std::optional<uint64_t> available_memory_bytes();

} // namespace luthier
