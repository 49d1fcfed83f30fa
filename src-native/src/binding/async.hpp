// Promises over libuv's worker threads: work runs there, conversion back on the JavaScript thread.
#pragma once

#include "classes.hpp"

#include <functional>

namespace luthier::binding {

template <typename T> struct AsyncCall {
    napi_async_work work = nullptr;
    napi_deferred deferred = nullptr;
    std::function<Result<T>()> compute;
    std::function<napi_value(napi_env, T &)> convert;
    std::optional<Result<T>> outcome;
};

// Any exception in the core becomes an error value, so that a promise never hangs or rejects for an
// expected reason.
template <typename T> void execute(napi_env, void * data) {
    auto & call = *static_cast<AsyncCall<T> *>(data);
    try {
        call.outcome = call.compute();
    } catch (const std::bad_alloc &) {
        call.outcome = Error("trainer.outOfMemory", "The memory of this machine does not suffice.");
    } catch (const std::exception & failure) {
        call.outcome = Error("native.failed", std::string("The native part failed: ") + failure.what() + ".").with("reason", failure.what());
    }
    // What the work captured (a trainer, a model) is released here or by complete, never later.
    call.compute = nullptr;
}

template <typename T> void complete(napi_env env, napi_status status, void * data) {
    const std::unique_ptr<AsyncCall<T>> call(static_cast<AsyncCall<T> *>(data));
    napi_delete_async_work(env, call->work);
    if (status == napi_cancelled || !call->outcome) {
        return; // the environment is going away
    }
    try {
        Result<T> & outcome = *call->outcome;
        const napi_value result = outcome.ok() ? make_success(env, call->convert(env, outcome.value())) : make_failure(env, outcome.error());
        check(env, napi_resolve_deferred(env, call->deferred, result));
    } catch (const PendingException &) {
        napi_value failure;
        if (napi_get_and_clear_last_exception(env, &failure) == napi_ok) {
            napi_reject_deferred(env, call->deferred, failure);
        }
    }
}

template <typename T>
napi_value run_async(napi_env env, const char * name, std::function<Result<T>()> compute, std::function<napi_value(napi_env, T &)> convert) {
    auto call = std::make_unique<AsyncCall<T>>();
    call->compute = std::move(compute);
    call->convert = std::move(convert);
    napi_value promise;
    check(env, napi_create_promise(env, &call->deferred, &promise));
    check(env, napi_create_async_work(env, nullptr, make_string(env, name), execute<T>, complete<T>, call.get(), &call->work));
    check(env, napi_queue_async_work(env, call->work));
    call.release();
    return promise;
}

} // namespace luthier::binding
