// One compute graph for micro-batches of one shape: forward, masked loss and, to train, the reverse pass.
#pragma once

#include "luthier/adapter.hpp"
#include "luthier/batch.hpp"
#include "luthier/fused_operations.hpp"
#include "luthier/result.hpp"
#include "luthier/reverse_pass.hpp"
#include "luthier/training_noise.hpp"

#include "ggml-cpp.h"

#include <memory>
#include <vector>

struct llama_cparams;

namespace luthier {

enum class Purpose { train, evaluate, logits };

// Graphs of one shape are interchangeable; only the inputs' values differ.
struct GraphShape {
    Purpose purpose;
    int32_t batch_size, length;
    int32_t outputs; // rows of the last layer that reach the loss

    bool operator==(const GraphShape & other) const {
        return purpose == other.purpose && batch_size == other.batch_size && length == other.length && outputs == other.outputs;
    }
};

// What a graph is made over; all of it outlives the graph.
struct GraphSources {
    const Model & model;
    const llama_cparams & cparams;
    Adapter & adapter;
    ggml_backend_t backend;
    ReverseOptions reverse;
    bool fused; // with our own operations, which run on the CPU only
    NoiseOptions noise; // acts in graphs that train
};

// The values of a graph's inputs for one micro-batch.
struct GraphInputs {
    const MicroBatch & batch;
    std::vector<int32_t> places;  // flat indices of the output rows, ascending, no two the same
    std::vector<int32_t> targets; // per output row; 0 where the weight is 0
    // 1 where trained, 0 for rows that only fill up the shape. Never 1 / tokens: products that round to float16
    // would flush the gradients of so small a loss to zero; the optimizer step divides.
    std::vector<float> weights;
    NoiseMoment moment = {};
};

// Fills the trained rows up to a multiple of a small number with untrained ones of weight 0, so that
// micro-batches of similar size share a graph. Another `token_weight` than 1 is for a test only.
GraphInputs make_graph_inputs(const MicroBatch & batch, const TrainedRows & rows, float token_weight = 1);

class TrainingGraph {
  public:
    // Error: `model.untrainable`, where an operation of the model's graph has no rule.
    static Result<std::unique_ptr<TrainingGraph>> build(const GraphSources & sources, const GraphShape & shape);
    ~TrainingGraph();

    const GraphShape & shape() const { return shape_; }
    ggml_cgraph * graph() const { return graph_; }

    void set_inputs(const GraphInputs & inputs);
    // Loss of each output row, times its weight.
    std::vector<float> read_losses() const;
    std::vector<float> read_logits() const;

  private:
    struct Forward;
    explicit TrainingGraph(const GraphShape & shape);
    void build_forward(const GraphSources & sources);
    void build_logits(ReversePass & reverse);
    void fuse(const GraphSources & sources);
    void set_first_keys(const MicroBatch & batch);
    ggml_tensor * head_product(ggml_tensor * head, ggml_tensor * hidden);
    ggml_tensor * head_gradient(ReversePass & reverse, ggml_tensor * head, ggml_tensor * d_logits);
    void add_hidden_gradient(ggml_tensor * gradient);
    void build_loss(ReversePass & reverse);
    void build_fused_loss(ReversePass & reverse, ggml_tensor * head);
    void build_reverse(const GraphSources & sources, ReversePass & reverse);

    // Where an attention's window starts, in the form that our operations read.
    struct Window {
        ggml_tensor * first_key; // [tokens], see kernels/attention.hpp
        int32_t keys;            // seen at most; 0: all
    };

    GraphShape shape_;
    bool fused_ = false;
    std::unique_ptr<Forward> forward_;      // llama.cpp's part of the graph
    std::unique_ptr<TrainingNoise> noise_;  // null where there is none
    ggml_context_ptr context_;              // our part
    FusedOperations operations_;
    std::vector<Window> windows_;
    ggml_cgraph * forward_graph_ = nullptr; // what ends in the last norm
    ggml_cgraph * graph_ = nullptr;
    ggml_tensor * targets_ = nullptr;       // [outputs]
    ggml_tensor * weights_ = nullptr;       // [1, outputs]
    ggml_tensor * hidden_gradient_ = nullptr;
    ggml_tensor * logits_ = nullptr;        // [vocabulary, outputs], for Purpose::logits
    std::vector<ggml_tensor *> losses_;     // [1, rows of the chunk] each
};

} // namespace luthier
