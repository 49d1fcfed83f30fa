// Which processors the kernels of this addon were compiled for.
#pragma once

namespace luthier::kernels {

// "" for the machine that built them, else what follows the name of the library: "-haswell".
const char * cpu_tag();

} // namespace luthier::kernels
