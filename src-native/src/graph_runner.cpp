// Runs graphs through ggml_backend_sched on a GPU, and directly on the processor.
#include "luthier/graph_runner.hpp"

#include "luthier/memory.hpp"

#include <algorithm>
#include <map>

namespace luthier {

namespace {

Error out_of_memory(const char * for_what) {
    return Error("trainer.outOfMemory", std::string("The memory of this machine does not suffice for ") + for_what + ".");
}

// Reshapes, views and the like: nothing is computed.
bool is_view(const ggml_tensor * node) {
    return node->op == GGML_OP_NONE || node->op == GGML_OP_RESHAPE || node->op == GGML_OP_VIEW || node->op == GGML_OP_PERMUTE ||
           node->op == GGML_OP_TRANSPOSE;
}

double bytes_of(const ggml_tensor * tensor) {
    return double(ggml_row_size(tensor->type, tensor->ne[0])) * double(ggml_nrows(tensor));
}

// Backends throw vk::SystemError and the like through ggml's C interface.
Error device_failure(ggml_backend_dev_t device, const std::string & reason) {
    const bool is_memory = reason.find("OutOfDeviceMemory") != std::string::npos || reason.find("OutOfHostMemory") != std::string::npos;
    return Error(is_memory ? "device.outOfMemory" : "device.failed",
                 std::string(ggml_backend_dev_description(device)) + (is_memory ? " has no memory left" : " failed") + ": " + reason + ".")
        .with("device", ggml_backend_dev_name(device))
        .with("reason", reason);
}

} // namespace

Result<std::unique_ptr<GraphRunner>> GraphRunner::create(ggml_backend_dev_t device, int32_t threads) {
    std::unique_ptr<GraphRunner> runner(new GraphRunner());
    runner->device_ = device;
    const ggml_backend_dev_t cpu = cpu_device();
    runner->cpu_.reset(ggml_backend_dev_init(cpu, nullptr));
    if (!runner->cpu_) {
        return Error("backend.loadFailed", "The CPU backend of llama.cpp could not be started.");
    }
    // a dynamically loaded module is reached through its registry alone
    const auto set_threads = reinterpret_cast<ggml_backend_set_n_threads_t>(
        ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(cpu), "ggml_backend_set_n_threads"));
    set_threads(runner->cpu_.get(), threads);
    if (is_cpu(device)) {
        runner->allocator_.reset(ggml_gallocr_new(ggml_backend_get_default_buffer_type(runner->cpu_.get())));
        return runner;
    }
    runner->gpu_.reset(ggml_backend_dev_init(device, nullptr));
    if (!runner->gpu_) {
        return device_failure(device, "it could not be started");
    }
    return runner;
}

Result<Placement> GraphRunner::examine(ggml_cgraph * graph) {
    Placement placement;
    if (!gpu_) {
        return placement;
    }
    std::map<std::string, Fallback> by_operation;
    for (int i = 0; i < ggml_graph_n_nodes(graph); ++i) {
        const ggml_tensor * node = ggml_graph_node(graph, i);
        if (is_view(node) || ggml_backend_supports_op(gpu_.get(), node)) {
            continue;
        }
        // ggml_backend_sched aborts where a tensor that lies on the GPU is the result of what the GPU cannot
        const bool is_bound = node->view_src && node->view_src->buffer && !ggml_backend_buffer_is_host(node->view_src->buffer);
        if (is_bound || !ggml_backend_supports_op(cpu_.get(), node)) {
            return Error("device.unsupportedOperation", std::string(ggml_backend_dev_description(device_)) + " cannot compute " + ggml_op_desc(node) +
                                                            (is_bound ? " of the adapter's gradients." : ", nor can the processor."))
                .with("device", ggml_backend_dev_name(device_))
                .with("operation", ggml_op_desc(node));
        }
        Fallback & fallback = by_operation[ggml_op_desc(node)];
        fallback.operation = ggml_op_desc(node);
        ++fallback.nodes;
        fallback.moved_bytes += bytes_of(node);
        for (const ggml_tensor * source : node->src) {
            fallback.moved_bytes += source ? bytes_of(source) : 0;
        }
    }
    for (const auto & [operation, fallback] : by_operation) {
        placement.fallbacks.push_back(fallback);
    }
    schedule_for(graph);
    size_t sizes[2] = {};
    ggml_backend_sched_reserve_size(schedule_.get(), graph, sizes);
    schedule_.reset(); // it would take a graph of this shape for one that has its memory already
    placement.device_bytes = double(sizes[0]);
    placement.host_bytes = double(sizes[1]);
    if (Problem problem = check_device_memory(device_, placement.device_bytes, "the tensors of a micro-batch")) {
        return *problem;
    }
    return placement;
}

// The scheduler has room for as many nodes as it was made for, and forgets the graph before.
void GraphRunner::schedule_for(ggml_cgraph * graph) {
    const int nodes = ggml_graph_n_nodes(graph);
    if (!schedule_ || nodes > scheduled_nodes_) {
        scheduled_nodes_ = nodes;
        ggml_backend_t backends[] = { gpu_.get(), cpu_.get() };
        schedule_.reset(); // frees its memory before the next takes some
        // leaves count as well, and there are never more of them than nodes
        schedule_.reset(ggml_backend_sched_new(backends, nullptr, 2, size_t(nodes) * 2, false, false));
    }
    ggml_backend_sched_reset(schedule_.get());
}

Status GraphRunner::allocate(ggml_cgraph * graph) {
    if (!gpu_) {
        return allocate_on_cpu(graph);
    }
    try {
        schedule_for(graph);
        if (!ggml_backend_sched_alloc_graph(schedule_.get(), graph)) {
            return device_failure(device_, "ErrorOutOfDeviceMemory while a micro-batch was given memory");
        }
    } catch (const std::exception & failure) {
        return device_failure(device_, failure.what());
    }
    return Nothing{};
}

Status GraphRunner::allocate_on_cpu(ggml_cgraph * graph) {
    size_t needed = 0;
    ggml_gallocr_reserve_n_size(allocator_.get(), graph, nullptr, nullptr, &needed);
    const size_t held = ggml_gallocr_get_buffer_size(allocator_.get(), 0);
    const std::optional<uint64_t> available = available_memory_bytes();
    if (available && needed > held && needed - held > *available) {
        return out_of_memory("a batch of this size").with("neededBytes", double(needed)).with("availableBytes", double(*available + held));
    }
    if (!ggml_gallocr_reserve(allocator_.get(), graph) || !ggml_gallocr_alloc_graph(allocator_.get(), graph)) {
        return out_of_memory("a batch of this size");
    }
    return Nothing{};
}

Status GraphRunner::compute(ggml_cgraph * graph) {
    ggml_status status;
    try {
        status = gpu_ ? ggml_backend_sched_graph_compute(schedule_.get(), graph) : ggml_backend_graph_compute(cpu_.get(), graph);
    } catch (const std::exception & failure) {
        return device_failure(device_, failure.what());
    }
    if (status == GGML_STATUS_ALLOC_FAILED) {
        return out_of_memory("computing a batch of this size");
    }
    if (status != GGML_STATUS_SUCCESS) {
        return Error("native.failed", std::string("The computation failed: ") + ggml_status_to_string(status) + ".");
    }
    return Nothing{};
}

} // namespace luthier
