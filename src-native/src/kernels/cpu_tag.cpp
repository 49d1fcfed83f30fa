// Compiled with the kernels, once for each of their variants.
#include "cpu_tag.hpp"

namespace luthier::kernels {

const char * cpu_tag() { return LUTHIER_CPU_TAG; }

} // namespace luthier::kernels
