// Where a model's weights lie and its graphs are computed: the processor, or one GPU beside it.
#pragma once

#include "luthier/result.hpp"

#include "ggml-backend.h"

#include <string>

namespace luthier {

// The processor. start_backend must have succeeded.
ggml_backend_dev_t cpu_device();

bool is_cpu(ggml_backend_dev_t device);

// A device by the name that list_devices gives, such as Vulkan0. Error: `device.notFound`.
Result<ggml_backend_dev_t> find_device(const std::string & name);

// An error where the device has less than `needed_bytes` free. Error: `device.outOfMemory`, with the bytes
// needed and free. Devices that do not tell their free memory (0 of 0) pass.
Problem check_device_memory(ggml_backend_dev_t device, double needed_bytes, const std::string & for_what);

} // namespace luthier
