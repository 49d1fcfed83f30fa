// Asks the Vulkan loader what ggml's Vulkan module keeps to itself: which devices are software, and their drivers.
#include "luthier/vulkan_driver.hpp"

#include <cstdint>
#include <cstring>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace luthier {

namespace {

// The few declarations of the Vulkan 1.2 specification that are needed here; its headers are no requirement
// of the build.
struct InstanceCreateInfo {
    int32_t type;
    const void * next;
    uint32_t flags;
    const void * application;
    uint32_t layer_count;
    const char * const * layers;
    uint32_t extension_count;
    const char * const * extensions;
};

struct ApplicationInfo {
    int32_t type;
    const void * next;
    const char * name;
    uint32_t version;
    const char * engine;
    uint32_t engine_version;
    uint32_t api_version;
};

struct DriverProperties {
    int32_t type;
    void * next;
    int32_t driver_id;
    char name[256];
    char information[256];
    uint8_t conformance[4];
};

struct DeviceProperties2 {
    int32_t type;
    void * next;
    struct {
        uint32_t api_version, driver_version, vendor, device;
        int32_t device_type;
        char name[256];
        uint64_t rest[128]; // limits and more: 824 bytes in all, with room to spare
    } properties;
};

constexpr int32_t structure_application = 0, structure_instance = 1, structure_properties2 = 1000059001, structure_driver = 1000196000;
constexpr int32_t device_type_cpu = 4;
constexpr uint32_t api_version_1_2 = (1u << 22) | (2u << 12);

using Function = void (*)();

Function find_loader() {
#ifdef _WIN32
    const HMODULE loader = LoadLibraryW(L"vulkan-1.dll");
    return loader ? reinterpret_cast<Function>(GetProcAddress(loader, "vkGetInstanceProcAddr")) : nullptr;
#else
    void * loader = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
    return loader ? reinterpret_cast<Function>(dlsym(loader, "vkGetInstanceProcAddr")) : nullptr;
#endif
}

} // namespace

std::vector<VulkanDriver> list_vulkan_drivers() {
    std::vector<VulkanDriver> drivers;
    using GetFunction = Function (*)(void *, const char *);
    const auto get = reinterpret_cast<GetFunction>(find_loader());
    if (!get) {
        return drivers;
    }
    const auto create = reinterpret_cast<int32_t (*)(const InstanceCreateInfo *, const void *, void **)>(get(nullptr, "vkCreateInstance"));
    const ApplicationInfo application{ structure_application, nullptr, "luthier", 1, nullptr, 0, api_version_1_2 };
    const InstanceCreateInfo info{ structure_instance, nullptr, 0, &application, 0, nullptr, 0, nullptr };
    void * instance = nullptr;
    if (!create || create(&info, nullptr, &instance) != 0) {
        return drivers;
    }
    const auto enumerate = reinterpret_cast<int32_t (*)(void *, uint32_t *, void **)>(get(instance, "vkEnumeratePhysicalDevices"));
    const auto describe = reinterpret_cast<void (*)(void *, DeviceProperties2 *)>(get(instance, "vkGetPhysicalDeviceProperties2"));
    const auto destroy = reinterpret_cast<void (*)(void *, const void *)>(get(instance, "vkDestroyInstance"));
    uint32_t count = 0;
    if (enumerate && describe && enumerate(instance, &count, nullptr) == 0) {
        std::vector<void *> devices(count);
        enumerate(instance, &count, devices.data());
        for (uint32_t i = 0; i < count; ++i) {
            DriverProperties driver = {};
            driver.type = structure_driver;
            DeviceProperties2 device = {};
            device.type = structure_properties2;
            device.next = &driver;
            describe(devices[i], &device);
            drivers.push_back({ device.properties.name, std::string(driver.name) + " " + driver.information,
                                device.properties.device_type == device_type_cpu });
        }
    }
    if (destroy) {
        destroy(instance, nullptr);
    }
    return drivers;
}

} // namespace luthier
