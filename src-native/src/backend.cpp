// Loads ggml's backend modules and routes llama.cpp's log.
#include "luthier/backend.hpp"

#include "kernels/cpu_tag.hpp"
#include "luthier/device.hpp"
#include "luthier/vulkan_driver.hpp"

#include "ggml-backend.h"
#include "llama.h"

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <mutex>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace luthier {

namespace {

std::atomic<int> lowest_level{ GGML_LOG_LEVEL_WARN };
// llama.cpp and ggml say why something failed through their log alone.
thread_local std::string recent_errors;
constexpr size_t KEPT_ERROR_BYTES = 8192;

void write_log(ggml_log_level level, const char * text, void *) {
    // A continuation goes where the line before it went.
    static thread_local bool last_written = false;
    const bool written = level == GGML_LOG_LEVEL_CONT ? last_written : int(level) >= lowest_level.load();
    last_written = written;
    if (level == GGML_LOG_LEVEL_ERROR) {
        recent_errors += text;
        if (recent_errors.size() > KEPT_ERROR_BYTES) {
            recent_errors.erase(0, recent_errors.size() - KEPT_ERROR_BYTES);
        }
    }
    if (written) {
        std::fputs(text, stderr);
    }
}

// The folder of the library that contains this function.
std::filesystem::path own_folder() {
#ifdef _WIN32
    HMODULE module = nullptr;
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                       reinterpret_cast<LPCWSTR>(&own_folder), &module);
    wchar_t path[32768];
    GetModuleFileNameW(module, path, 32768);
    return std::filesystem::path(path).parent_path();
#else
    Dl_info info = {};
    dladdr(reinterpret_cast<void *>(&own_folder), &info);
    return std::filesystem::absolute(info.dli_fname).parent_path();
#endif
}

// ggml's CPU module for the same processor as the kernels in this addon.
std::string cpu_module_name() {
    const std::string name = std::string("ggml-cpu") + kernels::cpu_tag();
#ifdef _WIN32
    return name + ".dll";
#else
    return "lib" + name + ".so"; // modules end in .so on macOS too (CMake's MODULE)
#endif
}

Status load_cpu_module() {
    // ggml_backend_load reports through the log only
    llama_log_set(write_log, nullptr);
    const std::string path = (own_folder() / cpu_module_name()).u8string();
    if (!ggml_backend_load(path.c_str())) {
        return Error("backend.loadFailed", "The CPU module of llama.cpp could not be loaded from " + path + ".").with("path", path);
    }
    llama_backend_init();
    return Nothing{};
}

const char * kind_of(ggml_backend_dev_t device) {
    switch (ggml_backend_dev_type(device)) {
        case GGML_BACKEND_DEVICE_TYPE_CPU: return "cpu";
        case GGML_BACKEND_DEVICE_TYPE_GPU: return "gpu";
        case GGML_BACKEND_DEVICE_TYPE_IGPU: return "integrated-gpu";
        default: return "accelerator";
    }
}

} // namespace

void set_log_level(LogLevel level) {
    // ggml numbers none 0, debug 1 … error 4
    lowest_level = level == LogLevel::none ? 100 : GGML_LOG_LEVEL_DEBUG + int(level);
}

Status start_backend() {
    static std::once_flag once;
    static std::optional<Status> outcome;
    std::call_once(once, [] { outcome = load_cpu_module(); });
    return *outcome;
}

namespace {

// What stands behind the last `lead` of the log, up to the end of its line; empty where it was not said.
std::string said_behind(const std::string & lead) {
    const size_t found = recent_errors.rfind(lead);
    if (found == std::string::npos) {
        return "";
    }
    const size_t from = found + lead.size();
    std::string reason = recent_errors.substr(from, recent_errors.find('\n', from) - from);
    while (!reason.empty() && reason.back() == '.') {
        reason.pop_back();
    }
    return reason;
}

// "load_backend: failed to load PATH: libcublas.so.13: cannot open …\n" → "libcublas.so.13: cannot open …"
std::string failure_reason(const std::string & path) {
    const std::string reason = said_behind(path + ": ");
    return reason.empty() ? "it is no module of this llama.cpp release" : reason;
}

} // namespace

void forget_errors() {
    recent_errors.clear();
}

std::string model_failure() {
    return said_behind("error loading model: ");
}

Result<std::string> load_backend(const std::string & path) {
    if (const Status started = start_backend(); !started.ok()) {
        return started.error();
    }
    forget_errors();
    const ggml_backend_reg_t loaded = ggml_backend_load(path.c_str());
    if (!loaded) {
        const std::string reason = failure_reason(path);
        return Error("backend.loadFailed", path + " could not be loaded: " + reason + ".").with("path", path).with("reason", reason);
    }
    return std::string(ggml_backend_reg_name(loaded));
}

std::vector<DeviceInfo> list_devices() {
    std::vector<DeviceInfo> devices;
    if (!start_backend().ok()) {
        return devices;
    }
    const std::vector<VulkanDriver> vulkan = ggml_backend_reg_by_name("Vulkan") ? list_vulkan_drivers() : std::vector<VulkanDriver>();
    for (size_t i = 0; i < ggml_backend_dev_count(); ++i) {
        const ggml_backend_dev_t device = ggml_backend_dev_get(i);
        size_t free_bytes = 0, total_bytes = 0;
        ggml_backend_dev_memory(device, &free_bytes, &total_bytes);
        DeviceInfo info{ ggml_backend_dev_name(device), ggml_backend_dev_description(device),
                         ggml_backend_reg_name(ggml_backend_dev_backend_reg(device)), kind_of(device), std::nullopt, is_cpu(device),
                         double(total_bytes), double(free_bytes) };
        for (const VulkanDriver & driver : vulkan) {
            if (info.backend == "Vulkan" && info.description == driver.device) {
                info.driver = driver.driver;
                info.is_software = driver.is_software;
            }
        }
        devices.push_back(std::move(info));
    }
    return devices;
}

std::vector<std::string> cpu_features() {
    std::vector<std::string> names;
    if (!start_backend().ok()) {
        return names;
    }
    const ggml_backend_reg_t registry = ggml_backend_dev_backend_reg(cpu_device());
    const auto get_features = reinterpret_cast<ggml_backend_get_features_t>(
        ggml_backend_reg_get_proc_address(registry, "ggml_backend_get_features"));
    for (ggml_backend_feature * feature = get_features ? get_features(registry) : nullptr; feature && feature->name; ++feature) {
        if (std::string(feature->value) == "1") {
            names.push_back(feature->name);
        }
    }
    return names;
}

} // namespace luthier
