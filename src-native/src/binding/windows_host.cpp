// On Windows, Node-API comes from the program that loaded the addon, whatever its name.
#ifdef _WIN32

#include <windows.h>

#include <cstring>

#include <delayimp.h>

// The import library names node.exe; under Electron the host is electron.exe or the packaged app.
static FARPROC WINAPI find_host(unsigned event, DelayLoadInfo * info) {
    const bool is_host = event == dliNotePreLoadLibrary && _stricmp(info->szDll, "node.exe") == 0;
    return is_host ? reinterpret_cast<FARPROC>(GetModuleHandleW(nullptr)) : nullptr;
}

extern "C" const PfnDliHook __pfnDliNotifyHook2 = find_host;

#endif
