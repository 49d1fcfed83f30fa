// Trains a LoRA adapter over a frozen model: accumulate micro-batches, then step.
#pragma once

#include "luthier/adapter.hpp"
#include "luthier/batch.hpp"
#include "luthier/graph_runner.hpp"
#include "luthier/optimizer.hpp"
#include "luthier/result.hpp"
#include "luthier/training_graph.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

struct llama_cparams;

namespace luthier {

struct TrainerOptions {
    AdapterOptions adapter;
    int32_t threads = 1;
    // The largest micro-batch to come, which is examined at once on a GPU.
    int32_t most_rows = 1, longest_row = 2;
    ReverseOptions reverse;
    // Our own operations instead of ggml's, where the backend can run them.
    bool fused = true;
    double dropout = 0;
    double neftune_alpha = 0;
    // For a test only, which shows what a loss that is divided by the tokens before the reverse pass does to
    // gradients in half precision.
    float token_weight = 1;
};

struct BatchLoss {
    double loss_sum;       // of −log p over the trained tokens
    double trained_tokens;
};

struct NamedTensor {
    std::string name;
    std::vector<int64_t> shape; // ggml order
    std::vector<float> data;
};

// Not thread-safe: one call at a time. `Busy` lets the binding hold to that.
class Trainer {
  public:
    static Result<std::shared_ptr<Trainer>> create(std::shared_ptr<Model> model, const TrainerOptions & options);
    ~Trainer();

    double parameter_count() const;
    // Of a micro-batch of the largest shape that was announced.
    const Placement & placement() const { return placement_; }
    const Model & model() const { return *model_; }

    Result<BatchLoss> accumulate(const MicroBatch & batch);
    Result<BatchLoss> evaluate(const MicroBatch & batch);
    // [batch_size, length]: −log p of each trained token, where it stands; NaN at every other place.
    Result<std::vector<float>> token_losses(const MicroBatch & batch);
    // Returns the gradient's norm before clipping.
    Result<double> step(const OptimizerStep & options);
    Result<std::vector<float>> logits(const std::vector<int32_t> & input_ids);
    Result<double> save_adapter(const std::string & path) const { return adapter_->save(path); }

    std::vector<NamedTensor> gradients() const;
    std::vector<NamedTensor> parameters() const;
    // Error: `adapter.shapeMismatch`; then nothing is changed.
    Status set_parameters(const std::vector<NamedTensor> & tensors);
    OptimizerState optimizer_state() const;
    // Goes on as a trainer that was in this state; an accumulated gradient is cleared.
    // Error: `optimizer.mismatch`; then nothing is changed.
    Status restore_optimizer(OptimizerState state);

    // True while a call is under way; set and cleared by the binding.
    std::atomic<bool> busy{ false };

  private:
    explicit Trainer(std::shared_ptr<Model> model);
    GraphSources sources() const;
    Status examine(const GraphShape & largest);
    Status prepare_graph(const GraphShape & shape);
    Status compute(const GraphInputs & inputs, Purpose purpose);
    // Losses of the trained tokens of a batch, with the places of the logits that they are of.
    struct PlacedLosses {
        int32_t length; // of the rows, padding included
        std::vector<int32_t> places;
        std::vector<float> losses;
        double sum;
    };
    Result<PlacedLosses> run_losses(const MicroBatch & batch, Purpose purpose);
    Result<BatchLoss> run_loss(const MicroBatch & batch, Purpose purpose);
    BatchLimits limits() const;
    void clear_gradients();
    std::vector<std::vector<float>> normalized_gradients() const;

    std::shared_ptr<Model> model_;
    std::unique_ptr<llama_cparams> cparams_;
    std::unique_ptr<Adapter> adapter_;
    std::unique_ptr<GraphRunner> runner_;
    Placement placement_;
    std::unique_ptr<TrainingGraph> graph_; // the last shape's, kept for the next micro-batch
    ReverseOptions reverse_;
    bool fused_ = true;
    float token_weight_ = 1;
    NoiseOptions noise_;
    std::vector<Moments> moments_;
    int64_t steps_ = 0;
    double accumulated_tokens_ = 0;
    int64_t micro_batches_ = 0; // accumulated since the last update
};

} // namespace luthier
