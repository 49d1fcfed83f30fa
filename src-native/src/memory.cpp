// Asks the system for its free memory. Linux grants more than it has and kills later, so ask first.
#include "luthier/memory.hpp"

#include <algorithm>
#include <fstream>
#include <string>

#ifdef _WIN32
#include <windows.h>
#endif

namespace luthier {

#if defined(__linux__)

namespace {

// The only number of a file such as memory.max; empty for "max" and where there is no such file.
std::optional<uint64_t> read_number(const char * path) {
    std::ifstream file(path);
    uint64_t value;
    return file >> value ? std::optional<uint64_t>(value) : std::nullopt;
}

} // namespace

std::optional<uint64_t> available_memory_bytes() {
    std::optional<uint64_t> available;
    std::ifstream file("/proc/meminfo");
    std::string key, unit;
    uint64_t kilobytes;
    while (file >> key >> kilobytes) {
        std::getline(file, unit);
        if (key == "MemAvailable:") {
            available = kilobytes * 1024;
        }
    }
    // inside a container, version 2 of the control groups
    const auto limit = read_number("/sys/fs/cgroup/memory.max");
    const auto used = read_number("/sys/fs/cgroup/memory.current");
    if (limit && used) {
        const uint64_t left = *limit - std::min(*limit, *used);
        available = available ? std::min(*available, left) : left;
    }
    return available;
}

#elif defined(_WIN32)

std::optional<uint64_t> available_memory_bytes() {
    MEMORYSTATUSEX status = {};
    status.dwLength = sizeof(status);
    return GlobalMemoryStatusEx(&status) ? std::optional<uint64_t>(status.ullAvailPhys) : std::nullopt;
}

#else

std::optional<uint64_t> available_memory_bytes() {
    return std::nullopt;
}

#endif

} // namespace luthier
