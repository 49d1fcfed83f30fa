// The luthier.node of a package: loads the addon that was compiled for a processor like this one, and becomes it.
//
// It uses no instruction that an x86-64 processor may lack. LUTHIER_CPU names a variant that shall be taken instead.
#include <node_api.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif
#ifdef _MSC_VER
#include <immintrin.h>
#include <intrin.h>
#endif

namespace {

struct Features {
    bool avx2 = false;       // with FMA, F16C and BMI2
    bool avx512 = false;     // F, BW, CD, DQ, VL
    bool avx512_bf16 = false; // with VBMI and VNNI
};

#ifdef _MSC_VER
// Bits of CPUID's leaves 1 and 7, and of XCR0: the system must save the registers too.
Features read_features() {
    std::array<int, 4> one, seven, seven_one;
    __cpuidex(one.data(), 1, 0);
    __cpuidex(seven.data(), 7, 0);
    __cpuidex(seven_one.data(), 7, 1);
    const auto bit = [](int word, int at) { return (unsigned(word) >> at & 1u) != 0; };
    const bool saves = bit(one[2], 27);
    const unsigned long long saved = saves ? _xgetbv(0) : 0;
    Features features;
    features.avx2 = (saved & 0x6) == 0x6 && bit(one[2], 12) && bit(one[2], 29) && bit(seven[1], 5) && bit(seven[1], 8);
    features.avx512 = features.avx2 && (saved & 0xe6) == 0xe6 && bit(seven[1], 16) && bit(seven[1], 17) && bit(seven[1], 28) &&
                      bit(seven[1], 30) && bit(seven[1], 31);
    features.avx512_bf16 = features.avx512 && bit(seven[2], 1) && bit(seven[2], 11) && bit(seven_one[0], 5);
    return features;
}
#else
Features read_features() {
    Features features;
    features.avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2") &&
                    __builtin_cpu_supports("avx");
    features.avx512 = features.avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    features.avx512_bf16 = features.avx512 && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vnni") &&
                           __builtin_cpu_supports("avx512bf16");
    return features;
}
#endif

// The best variant first; the last runs anywhere.
std::string choose_variant() {
    const Features features = read_features();
    struct Variant {
        const char * name;
        bool runs;
    };
    const std::array<Variant, 4> variants = { {
        { "zen4", features.avx512_bf16 },
        { "skylakex", features.avx512 },
        { "haswell", features.avx2 },
        { "x64", true },
    } };
    const char * wanted = std::getenv("LUTHIER_CPU");
    for (const Variant & variant : variants) {
        if (variant.runs && wanted && std::string(wanted) == variant.name) {
            return variant.name;
        }
    }
    for (const Variant & variant : variants) {
        if (variant.runs) {
            return variant.name;
        }
    }
    return "x64";
}

using Register = napi_value (*)(napi_env, napi_value);

#ifdef _WIN32
std::filesystem::path own_folder() {
    HMODULE module = nullptr;
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                       reinterpret_cast<LPCWSTR>(&choose_variant), &module);
    std::array<wchar_t, 32768> path;
    GetModuleFileNameW(module, path.data(), DWORD(path.size()));
    return std::filesystem::path(path.data()).parent_path();
}
Register load(const std::filesystem::path & path, std::string & reason) {
    const HMODULE module = LoadLibraryExW(path.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (!module) {
        reason = "error " + std::to_string(GetLastError());
        return nullptr;
    }
    return reinterpret_cast<Register>(GetProcAddress(module, "napi_register_module_v1"));
}
#else
std::filesystem::path own_folder() {
    Dl_info info = {};
    dladdr(reinterpret_cast<void *>(&choose_variant), &info);
    return std::filesystem::absolute(info.dli_fname).parent_path();
}
Register load(const std::filesystem::path & path, std::string & reason) {
    void * module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!module) {
        reason = dlerror();
        return nullptr;
    }
    return reinterpret_cast<Register>(dlsym(module, "napi_register_module_v1"));
}
#endif

} // namespace

NAPI_MODULE_INIT() {
    const std::filesystem::path path = own_folder() / ("luthier-" + choose_variant() + ".node");
    std::string reason = "it is no addon";
    const Register become = load(path, reason);
    if (!become) {
        napi_throw_error(env, nullptr, (path.u8string() + " could not be loaded: " + reason).c_str());
        return nullptr;
    }
    return become(env, exports);
}
