// Process-wide state of ggml: the log, and the backend modules found beside the addon.
#pragma once

#include "luthier/result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace luthier {

enum class LogLevel { debug, info, warn, error, none };

// llama.cpp's lines of this level and worse go to standard error.
void set_log_level(LogLevel level);

// Loads the CPU module from the folder of this very library, once per process; the working directory
// and the PATH are never searched.
Status start_backend();

// Loads a module such as libggml-vulkan.so; returns the backend's name. Error: `backend.loadFailed`, whose
// detail `reason` is what the system said.
Result<std::string> load_backend(const std::string & path);

// llama.cpp tells why a model was not loaded through its log alone, on the thread that asked: forget what was said
// before, load, and read the reason (empty where none was given).
void forget_errors();
std::string model_failure();

struct DeviceInfo {
    std::string name, description, backend, kind;
    std::optional<std::string> driver; // name and version, where known
    bool is_software;                  // the processor computes
    double memory_total_bytes, memory_free_bytes;
};
std::vector<DeviceInfo> list_devices();

// Instruction sets that the CPU module uses, such as AVX512.
std::vector<std::string> cpu_features();

} // namespace luthier
