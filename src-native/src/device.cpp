// Finds devices by name and asks them for their memory.
#include "luthier/device.hpp"

namespace luthier {

namespace {

std::string in_megabytes(double bytes) {
    return std::to_string(int64_t(bytes / 1e6)) + " MB";
}

} // namespace

ggml_backend_dev_t cpu_device() {
    return ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
}

bool is_cpu(ggml_backend_dev_t device) {
    return ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_CPU;
}

Result<ggml_backend_dev_t> find_device(const std::string & name) {
    std::string known;
    for (size_t i = 0; i < ggml_backend_dev_count(); ++i) {
        const ggml_backend_dev_t device = ggml_backend_dev_get(i);
        if (name == ggml_backend_dev_name(device)) {
            return device;
        }
        known += (known.empty() ? "" : ", ") + std::string(ggml_backend_dev_name(device));
    }
    return Error("device.notFound", "There is no device " + name + "; there are " + known + ".").with("device", name);
}

Problem check_device_memory(ggml_backend_dev_t device, double needed_bytes, const std::string & for_what) {
    size_t free_bytes = 0, total_bytes = 0;
    ggml_backend_dev_memory(device, &free_bytes, &total_bytes);
    if (total_bytes == 0 || needed_bytes <= double(free_bytes)) {
        return std::nullopt;
    }
    return Error("device.outOfMemory", std::string(ggml_backend_dev_description(device)) + " has " + in_megabytes(double(free_bytes)) + " free; " +
                                           for_what + " take " + in_megabytes(needed_bytes) + ".")
        .with("device", ggml_backend_dev_name(device))
        .with("neededBytes", needed_bytes)
        .with("freeBytes", double(free_bytes));
}

} // namespace luthier
