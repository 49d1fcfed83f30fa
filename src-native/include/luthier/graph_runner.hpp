// Gives graphs memory and computes them: on the processor alone, or on a GPU, where the processor takes over
// what the GPU has no kernel for.
#pragma once

#include "luthier/device.hpp"
#include "luthier/result.hpp"

#include "ggml-cpp.h"

#include <memory>
#include <string>
#include <vector>

namespace luthier {

// Operations of one kind that a GPU leaves to the processor.
struct Fallback {
    std::string operation;
    int nodes = 0;
    double moved_bytes = 0; // operands and results, which cross between the memories at each micro-batch
};

struct Placement {
    std::vector<Fallback> fallbacks;
    double device_bytes = 0, host_bytes = 0; // of the graph's own memory, beside weights and adapter
};

class GraphRunner {
  public:
    // Errors: `backend.loadFailed`, `device.failed`.
    static Result<std::unique_ptr<GraphRunner>> create(ggml_backend_dev_t device, int32_t threads);

    // llama.cpp wants to know it while it builds a graph.
    ggml_backend_t cpu() const { return cpu_.get(); }

    // Where a graph's nodes would be computed, and in how much memory. The scheduler rewrites the graph, which
    // is good for nothing afterwards. Errors: `device.unsupportedOperation`, `device.outOfMemory`.
    Result<Placement> examine(ggml_cgraph * graph);

    // Memory for the tensors of a graph that has none yet; those of the graph before lose theirs.
    // Errors: `trainer.outOfMemory`, `device.outOfMemory`.
    Status allocate(ggml_cgraph * graph);

    // Computes the graph that was allocated last. Errors: `trainer.outOfMemory`, `device.outOfMemory`,
    // `device.failed`, `native.failed`.
    Status compute(ggml_cgraph * graph);

  private:
    GraphRunner() = default;
    void schedule_for(ggml_cgraph * graph);
    Status allocate_on_cpu(ggml_cgraph * graph);

    ggml_backend_dev_t device_ = nullptr;
    ggml_backend_ptr cpu_, gpu_;    // no gpu_: the processor alone
    ggml_gallocr_ptr allocator_;    // of the processor alone
    ggml_backend_sched_ptr schedule_; // of GPU and processor
    int scheduled_nodes_ = 0;       // most that schedule_ has room for
};

} // namespace luthier
