// The training loop's parts: check, build or reuse a graph, compute, update.
#include "luthier/trainer.hpp"

#include "llama-context.h"
#include "llama-cpp.h"
#include "llama-cparams.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace luthier {

namespace {

// Runtime parameters (rope scaling and the like) as llama.cpp derives them from the model for inference;
// only llama_context's constructor does so, hence a context of the smallest size, which goes at once.
std::unique_ptr<llama_cparams> derive_cparams(llama_model & model) {
    llama_context_params params = llama_context_default_params();
    params.n_ctx = 256;
    params.n_batch = params.n_ubatch = 1;
    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED; // it has no backward
    params.no_perf = true;
    const llama_context_ptr context(llama_init_from_model(&model, params));
    return context ? std::make_unique<llama_cparams>(context->get_cparams()) : nullptr;
}

// A multiple of the vector width of every processor ggml knows (16 float32 in AVX-512).
constexpr int32_t length_multiple = 16;
// What no device has memory for; the graph itself grows with the tokens.
constexpr int32_t most_examined_tokens = 1 << 20;

} // namespace

Trainer::Trainer(std::shared_ptr<Model> model) : model_(std::move(model)) {}
Trainer::~Trainer() = default;

Result<std::shared_ptr<Trainer>> Trainer::create(std::shared_ptr<Model> model, const TrainerOptions & options) {
    const ModelInfo & info = model->info();
    if (info.vocabulary_only) {
        return Error("model.vocabOnly", "The model was opened for its vocabulary only; its weights are not loaded.");
    }
    if (info.untrainable_reason) {
        return Error("model.untrainable", *info.untrainable_reason).with("architecture", info.architecture);
    }
    std::shared_ptr<Trainer> trainer(new Trainer(std::move(model)));
    trainer->reverse_ = options.reverse;
    trainer->reverse_.device = is_cpu(trainer->model_->device()) ? nullptr : trainer->model_->device();
    trainer->fused_ = options.fused && is_cpu(trainer->model_->device());
    trainer->token_weight_ = options.token_weight;
    trainer->noise_ = { options.adapter.seed, options.dropout, options.neftune_alpha };
    Result<std::unique_ptr<Adapter>> adapter = Adapter::create(*trainer->model_, options.adapter);
    if (!adapter.ok()) {
        return adapter.error();
    }
    trainer->adapter_ = std::move(adapter.value());
    trainer->moments_.resize(trainer->adapter_->parameters().size());
    trainer->cparams_ = derive_cparams(trainer->model_->llama());
    if (!trainer->cparams_) {
        return Error("trainer.outOfMemory", "The memory of this machine does not suffice for the model's context.");
    }
    Result<std::unique_ptr<GraphRunner>> runner = GraphRunner::create(trainer->model_->device(), options.threads);
    if (!runner.ok()) {
        return runner.error();
    }
    trainer->runner_ = std::move(runner.value());
    const int32_t length = std::min(options.longest_row, info.context_length);
    const int32_t rows = std::min(options.most_rows, std::max(1, most_examined_tokens / length));
    if (const Status examined = trainer->examine({ Purpose::train, rows, length, rows * length }); !examined.ok()) {
        return examined.error();
    }
    return trainer;
}

GraphSources Trainer::sources() const {
    return { *model_, *cparams_, *adapter_, runner_->cpu(), reverse_, fused_, noise_ };
}

// Before the first step: whether every operation of the model has a gradient, and where each is computed.
Status Trainer::examine(const GraphShape & largest) {
    const auto probe = TrainingGraph::build(sources(), largest);
    if (!probe.ok()) {
        return probe.error();
    }
    const Result<Placement> placement = runner_->examine(probe.value()->graph());
    if (!placement.ok()) {
        return placement.error();
    }
    placement_ = placement.value();
    return Nothing{};
}

Status Trainer::prepare_graph(const GraphShape & shape) {
    if (graph_ && graph_->shape() == shape) {
        return Nothing{};
    }
    graph_.reset();
    auto built = TrainingGraph::build(sources(), shape);
    if (!built.ok()) {
        return built.error();
    }
    if (const Status allocated = runner_->allocate(built.value()->graph()); !allocated.ok()) {
        return allocated.error();
    }
    graph_ = std::move(built.value());
    return Nothing{};
}

Status Trainer::compute(const GraphInputs & inputs, Purpose purpose) {
    const GraphShape shape{ purpose, inputs.batch.batch_size, inputs.batch.length, int32_t(inputs.places.size()) };
    if (const Status prepared = prepare_graph(shape); !prepared.ok()) {
        return prepared.error();
    }
    graph_->set_inputs(inputs);
    return runner_->compute(graph_->graph());
}

Result<Trainer::PlacedLosses> Trainer::run_losses(const MicroBatch & batch, Purpose purpose) {
    if (Problem problem = check_batch(batch, limits())) {
        return *problem;
    }
    const MicroBatch padded = pad_to_multiple(batch, length_multiple);
    const TrainedRows rows = find_trained_rows(padded);
    if (rows.places.empty()) {
        return Error("batch.noTrainedTokens", "The batch has no token to train: all its labels are -100.");
    }
    GraphInputs inputs = make_graph_inputs(padded, rows, token_weight_);
    inputs.moment = { steps_, micro_batches_, batch.length };
    if (const Status done = compute(inputs, purpose); !done.ok()) {
        return done.error();
    }
    double sum = 0;
    std::vector<float> losses;
    const std::vector<float> computed = graph_->read_losses();
    for (size_t i = 0; i < computed.size(); ++i) {
        sum += double(computed[i]);
        if (inputs.weights[i] != 0) {
            losses.push_back(computed[i]);
        }
    }
    if (!std::isfinite(sum)) {
        return Error("loss.notFinite", "The loss is no longer a finite number.").with("trainedTokens", double(rows.places.size()));
    }
    return PlacedLosses{ padded.length, rows.places, std::move(losses), sum };
}

Result<BatchLoss> Trainer::run_loss(const MicroBatch & batch, Purpose purpose) {
    const Result<PlacedLosses> run = run_losses(batch, purpose);
    if (!run.ok()) {
        return run.error();
    }
    return BatchLoss{ run.value().sum, double(run.value().places.size()) };
}

Result<BatchLoss> Trainer::accumulate(const MicroBatch & batch) {
    const Result<BatchLoss> loss = run_loss(batch, Purpose::train);
    if (loss.ok()) {
        accumulated_tokens_ += loss.value().trained_tokens;
        ++micro_batches_;
    } else if (loss.error().code == "loss.notFinite") {
        clear_gradients(); // the graph has added what is no number
    }
    return loss;
}

Result<BatchLoss> Trainer::evaluate(const MicroBatch & batch) {
    return run_loss(batch, Purpose::evaluate);
}

Result<std::vector<float>> Trainer::token_losses(const MicroBatch & batch) {
    const Result<PlacedLosses> run = run_losses(batch, Purpose::evaluate);
    if (!run.ok()) {
        return run.error();
    }
    const auto & [length, places, losses, sum] = run.value();
    std::vector<float> by_token(batch.tokens(), std::numeric_limits<float>::quiet_NaN());
    for (size_t i = 0; i < places.size(); ++i) {
        const int32_t row = places[i] / length, token = places[i] % length + 1; // the logits of a place predict the next token
        by_token[size_t(row) * size_t(batch.length) + size_t(token)] = losses[i];
    }
    return by_token;
}

Result<double> Trainer::step(const OptimizerStep & options) {
    if (accumulated_tokens_ == 0) {
        return Error("step.noGradient", "There is no gradient to step with: no batch was accumulated since the last step.");
    }
    std::vector<std::vector<float>> gradients = normalized_gradients();
    const double norm = global_norm(gradients);
    if (!std::isfinite(norm)) {
        clear_gradients();
        return Error("gradient.notFinite", "The gradient is no longer finite; the adapter is unchanged.");
    }
    const float coefficient = clip_coefficient(norm, options.max_grad_norm);
    ++steps_;
    const auto & parameters = adapter_->parameters();
    for (size_t i = 0; i < parameters.size(); ++i) {
        if (options.max_grad_norm > 0) {
            for (float & g : gradients[i]) {
                g *= coefficient;
            }
        }
        std::vector<float> values = adapter_->read(parameters[i].value);
        if (options.kind == OptimizerKind::adamw) {
            update_adamw(values, gradients[i], moments_[i], steps_, options);
        } else {
            update_sgd(values, gradients[i], options);
        }
        adapter_->write(parameters[i].value, values);
    }
    clear_gradients();
    return norm;
}

Result<std::vector<float>> Trainer::logits(const std::vector<int32_t> & input_ids) {
    MicroBatch batch;
    batch.batch_size = 1;
    batch.length = int32_t(input_ids.size());
    batch.input_ids = input_ids;
    batch.labels.assign(input_ids.size(), ignored_label);
    batch.sequence_ids.assign(input_ids.size(), 0);
    GraphInputs inputs{ batch, {}, {}, {} };
    for (int32_t i = 0; i < batch.length; ++i) {
        batch.position_ids.push_back(i);
        inputs.places.push_back(i);
    }
    if (Problem problem = check_batch(batch, limits())) {
        return *problem;
    }
    if (const Status computed = compute(inputs, Purpose::logits); !computed.ok()) {
        return computed.error();
    }
    return graph_->read_logits();
}

BatchLimits Trainer::limits() const {
    return { model_->info().vocabulary_size, model_->info().context_length };
}

void Trainer::clear_gradients() {
    adapter_->clear_gradients();
    accumulated_tokens_ = 0;
    micro_batches_ = 0;
}

// The graph sums over tokens with weight 1, because half-precision products would lose the gradients of a
// loss that is divided first; the mean is taken here.
std::vector<std::vector<float>> Trainer::normalized_gradients() const {
    std::vector<std::vector<float>> gradients;
    const double tokens = accumulated_tokens_ > 0 ? accumulated_tokens_ : 1;
    for (const Parameter & parameter : adapter_->parameters()) {
        gradients.push_back(adapter_->read(parameter.gradient));
        for (float & g : gradients.back()) {
            g = float(double(g) / tokens);
        }
    }
    return gradients;
}

double Trainer::parameter_count() const {
    double count = 0;
    for (const Parameter & parameter : adapter_->parameters()) {
        count += double(parameter.count());
    }
    return count;
}

std::vector<NamedTensor> Trainer::gradients() const {
    std::vector<std::vector<float>> values = normalized_gradients();
    std::vector<NamedTensor> tensors;
    for (size_t i = 0; i < values.size(); ++i) {
        const Parameter & parameter = adapter_->parameters()[i];
        tensors.push_back({ parameter.name, { parameter.value->ne[0], parameter.value->ne[1] }, std::move(values[i]) });
    }
    return tensors;
}

std::vector<NamedTensor> Trainer::parameters() const {
    std::vector<NamedTensor> tensors;
    for (const Parameter & parameter : adapter_->parameters()) {
        tensors.push_back({ parameter.name, { parameter.value->ne[0], parameter.value->ne[1] }, adapter_->read(parameter.value) });
    }
    return tensors;
}

Status Trainer::set_parameters(const std::vector<NamedTensor> & tensors) {
    std::map<std::string, const Parameter *> by_name;
    for (const Parameter & parameter : adapter_->parameters()) {
        by_name[parameter.name] = &parameter;
    }
    for (const NamedTensor & tensor : tensors) {
        const auto found = by_name.find(tensor.name);
        const bool fits = found != by_name.end() && tensor.data.size() == found->second->count() && tensor.shape.size() == 2 &&
                          tensor.shape[0] == found->second->value->ne[0] && tensor.shape[1] == found->second->value->ne[1];
        if (!fits) {
            return Error("adapter.shapeMismatch", found == by_name.end() ? "The adapter has no parameter " + tensor.name + "."
                                                                         : "The parameter " + tensor.name + " has another shape.")
                .with("tensor", tensor.name);
        }
    }
    for (const NamedTensor & tensor : tensors) {
        adapter_->write(by_name[tensor.name]->value, tensor.data);
    }
    return Nothing{};
}

OptimizerState Trainer::optimizer_state() const {
    OptimizerState state{ steps_, {}, moments_ };
    for (const Parameter & parameter : adapter_->parameters()) {
        state.names.push_back(parameter.name);
    }
    return state;
}

Status Trainer::restore_optimizer(OptimizerState state) {
    const auto & parameters = adapter_->parameters();
    const auto mismatch = [](const std::string & what) { return Error("optimizer.mismatch", "The optimizer's state is of another adapter: " + what + ".").with("reason", what); };
    if (state.moments.size() != parameters.size() || state.names.size() != parameters.size()) {
        return mismatch(std::to_string(state.moments.size()) + " matrices, expected " + std::to_string(parameters.size()));
    }
    for (size_t i = 0; i < parameters.size(); ++i) {
        const auto fits = [&](const std::vector<float> & values) { return values.empty() || values.size() == parameters[i].count(); };
        if (state.names[i] != parameters[i].name) {
            return mismatch(state.names[i] + " in place of " + parameters[i].name);
        }
        if (!fits(state.moments[i].first) || state.moments[i].first.size() != state.moments[i].second.size()) {
            return mismatch(state.names[i] + " has another number of elements");
        }
    }
    steps_ = state.updates;
    moments_ = std::move(state.moments);
    clear_gradients();
    return Nothing{};
}

} // namespace luthier
