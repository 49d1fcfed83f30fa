// The Vulkan devices of this machine, as their drivers describe them.
#pragma once

#include <string>
#include <vector>

namespace luthier {

struct VulkanDriver {
    std::string device; // ggml describes its devices by the same name
    std::string driver; // name and version
    bool is_software;   // computes on the processor: llvmpipe, SwiftShader
};

// Empty where there is no Vulkan loader.
std::vector<VulkanDriver> list_vulkan_drivers();

} // namespace luthier
