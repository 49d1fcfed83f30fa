// The class `Trainer` of binding.d.ts.
#include "async.hpp"

#include "model_class.hpp"

#include "luthier/trainer.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace luthier::binding {

template <> struct ClassTraits<Trainer> {
    static constexpr const char * name = "Trainer";
    static constexpr napi_type_tag tag = { 0x6c7574686965722dull, 0x747261696e657201ull };
};

namespace {

// Marks a trainer as under way for as long as it lives.
class Busy {
  public:
    explicit Busy(std::shared_ptr<Trainer> trainer) : trainer_(std::move(trainer)) {}
    ~Busy() { trainer_->busy = false; }
    Busy(const Busy &) = delete;
    Busy & operator=(const Busy &) = delete;

    // Null where another call is under way.
    static std::shared_ptr<Busy> begin(const std::shared_ptr<Trainer> & trainer) {
        return trainer->busy.exchange(true) ? nullptr : std::make_shared<Busy>(trainer);
    }
    Trainer & trainer() const { return *trainer_; }

  private:
    std::shared_ptr<Trainer> trainer_;
};

Error busy_error() {
    return Error("trainer.busy", "Another call on this trainer is still under way.");
}

// A call on a worker thread, unless one is under way already.
template <typename T, typename Compute, typename Convert>
napi_value run_on_trainer(napi_env env, const Arguments & arguments, const char * name, Compute compute, Convert convert) {
    const std::shared_ptr<Busy> busy = Busy::begin(unwrap<Trainer>(env, arguments.self));
    return run_async<T>(
        env, name, [busy, compute]() -> Result<T> { return busy ? compute(busy->trainer()) : Result<T>(busy_error()); }, convert);
}

std::shared_ptr<Busy> begin_synchronous(napi_env env, const Arguments & arguments) {
    std::shared_ptr<Busy> busy = Busy::begin(unwrap<Trainer>(env, arguments.self));
    if (!busy) {
        throw TypeMistake{ busy_error().message };
    }
    return busy;
}

TrainerOptions get_options(napi_env env, napi_value value) {
    const auto property = [&](const char * name) { return get_property(env, value, name); };
    TrainerOptions options;
    AdapterOptions & adapter = options.adapter;
    adapter.rank = int32_t(get_integer(env, property("rank"), 1, 4096, "rank"));
    adapter.alpha = get_number(env, property("alpha"), "alpha");
    if (!(adapter.alpha > 0)) {
        throw TypeMistake{ "alpha must be positive" };
    }
    adapter.rs_lora = get_bool(env, property("rsLora"), "rsLora");
    for (const napi_value name : get_array(env, property("targetModules"), "targetModules")) {
        adapter.target_modules.push_back(get_string(env, name, "targetModules"));
    }
    if (!is_null(env, property("lastLayers"))) {
        adapter.last_layers = int32_t(get_integer(env, property("lastLayers"), 1, 100000, "lastLayers"));
    }
    adapter.seed = uint64_t(get_integer(env, property("seed"), 0, (int64_t(1) << 53) - 1, "seed"));
    if (!is_null(env, property("initialAdapter"))) {
        adapter.initial_adapter = get_string(env, property("initialAdapter"), "initialAdapter");
    }
    options.dropout = get_number(env, property("dropout"), "dropout");
    options.neftune_alpha = get_number(env, property("neftuneAlpha"), "neftuneAlpha");
    if (!(options.dropout >= 0 && options.dropout < 1 && options.neftune_alpha >= 0)) {
        throw TypeMistake{ "dropout must be from 0 to below 1, neftuneAlpha not negative" };
    }
    options.threads = int32_t(get_integer(env, property("threads"), 1, 512, "threads"));
    if (const napi_value largest = property("largestBatch"); !is_absent(env, largest)) {
        options.most_rows = int32_t(get_integer(env, get_property(env, largest, "batchSize"), 1, INT32_MAX, "batchSize"));
        options.longest_row = int32_t(get_integer(env, get_property(env, largest, "length"), 2, INT32_MAX, "length"));
    }
    options.reverse.checkpointing = get_bool(env, property("gradientCheckpointing"), "gradientCheckpointing");
    // For the test that shows what upstream's path through the K-V cache does to gradients.
    const char * cut = std::getenv("LUTHIER_TEST_CUT_KV_GRADIENT");
    options.reverse.cut_keys_and_values = cut && std::string(cut) == "1";
    // For the test that cuts the small weights of its models into slices, as large ones are.
    if (const char * bytes = std::getenv("LUTHIER_TEST_SLICE_BYTES")) {
        options.reverse.slice_bytes = std::max<int64_t>(1, std::atoll(bytes));
        options.fused = false;
    }
    // For the tests of ggml's operations, which other backends run.
    if (const char * plain = std::getenv("LUTHIER_TEST_PLAIN_OPERATIONS")) {
        options.fused = std::string(plain) == "0";
        options.reverse.spelled_out = std::string(plain) == "spelled-out";
    }
    // For the test of half-precision underflow.
    if (const char * weight = std::getenv("LUTHIER_TEST_TOKEN_WEIGHT")) {
        options.token_weight = std::strtof(weight, nullptr);
    }
    return options;
}

MicroBatch get_batch(napi_env env, napi_value value) {
    const auto ids = [&](const char * name) { return get_int32_array(env, get_property(env, value, name), name); };
    MicroBatch batch;
    batch.batch_size = int32_t(get_integer(env, get_property(env, value, "batchSize"), 0, INT32_MAX, "batchSize"));
    batch.length = int32_t(get_integer(env, get_property(env, value, "length"), 0, INT32_MAX, "length"));
    batch.input_ids = ids("inputIds");
    batch.labels = ids("labels");
    batch.position_ids = ids("positionIds");
    batch.sequence_ids = ids("sequenceIds");
    return batch;
}

OptimizerStep get_step(napi_env env, napi_value value) {
    const auto number = [&](const char * name) { return get_number(env, get_property(env, value, name), name); };
    const std::string kind = get_string(env, get_property(env, value, "optimizer"), "optimizer");
    if (kind != "adamw" && kind != "sgd") {
        throw TypeMistake{ "optimizer must be adamw or sgd" };
    }
    OptimizerStep step;
    step.kind = kind == "adamw" ? OptimizerKind::adamw : OptimizerKind::sgd;
    step.learning_rate = number("learningRate");
    step.beta1 = number("beta1");
    step.beta2 = number("beta2");
    step.epsilon = number("epsilon");
    step.weight_decay = number("weightDecay");
    step.max_grad_norm = number("maxGradNorm");
    return step;
}

napi_value make_loss(napi_env env, BatchLoss & loss) {
    const napi_value object = make_object(env);
    set(env, object, "lossSum", make_number(env, loss.loss_sum));
    set(env, object, "trainedTokens", make_number(env, loss.trained_tokens));
    return object;
}

napi_value make_placement(napi_env env, const Placement & placement) {
    const napi_value object = make_object(env);
    set(env, object, "deviceBytes", make_number(env, placement.device_bytes));
    set(env, object, "hostBytes", make_number(env, placement.host_bytes));
    set(env, object, "fallbacks", make_array(env, placement.fallbacks, [&](const Fallback & fallback) {
        const napi_value item = make_object(env);
        set(env, item, "operation", make_string(env, fallback.operation));
        set(env, item, "nodes", make_number(env, fallback.nodes));
        set(env, item, "movedBytes", make_number(env, fallback.moved_bytes));
        return item;
    }));
    return object;
}

napi_value make_tensors(napi_env env, const std::vector<NamedTensor> & tensors) {
    return make_array(env, tensors, [&](const NamedTensor & tensor) {
        const napi_value object = make_object(env);
        set(env, object, "name", make_string(env, tensor.name));
        set(env, object, "shape", make_array(env, tensor.shape, [&](int64_t extent) { return make_number(env, double(extent)); }));
        set(env, object, "data", make_typed_array(env, napi_float32_array, tensor.data.data(), tensor.data.size(), sizeof(float)));
        return object;
    });
}

napi_value create(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const auto model = unwrap<Model>(env, arguments.at(env, 0));
        const TrainerOptions options = get_options(env, arguments.at(env, 1));
        return run_async<std::shared_ptr<Trainer>>(
            env, "luthier:Trainer.create", [=] { return Trainer::create(model, options); },
            [](napi_env env, std::shared_ptr<Trainer> & trainer) {
                const double count = trainer->parameter_count();
                const napi_value placement = make_placement(env, trainer->placement());
                const napi_value instance = wrap<Trainer>(env, classes(env).trainer, std::move(trainer));
                set(env, instance, "parameterCount", make_number(env, count));
                set(env, instance, "placement", placement);
                return instance;
            });
    });
}

napi_value accumulate(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const MicroBatch batch = get_batch(env, arguments.at(env, 0));
        return run_on_trainer<BatchLoss>(env, arguments, "luthier:Trainer.accumulate", [batch](Trainer & trainer) { return trainer.accumulate(batch); }, make_loss);
    });
}

napi_value evaluate(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const MicroBatch batch = get_batch(env, arguments.at(env, 0));
        return run_on_trainer<BatchLoss>(env, arguments, "luthier:Trainer.evaluate", [batch](Trainer & trainer) { return trainer.evaluate(batch); }, make_loss);
    });
}

napi_value make_floats(napi_env env, std::vector<float> & values) {
    return make_typed_array(env, napi_float32_array, values.data(), values.size(), sizeof(float));
}

napi_value token_losses(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const MicroBatch batch = get_batch(env, arguments.at(env, 0));
        return run_on_trainer<std::vector<float>>(
            env, arguments, "luthier:Trainer.tokenLosses", [batch](Trainer & trainer) { return trainer.token_losses(batch); }, make_floats);
    });
}

napi_value step(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const OptimizerStep options = get_step(env, arguments.at(env, 0));
        return run_on_trainer<double>(
            env, arguments, "luthier:Trainer.step", [options](Trainer & trainer) { return trainer.step(options); },
            [](napi_env env, double & norm) {
                const napi_value object = make_object(env);
                set(env, object, "gradNorm", make_number(env, norm));
                return object;
            });
    });
}

napi_value logits(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const std::vector<int32_t> ids = get_int32_array(env, arguments.at(env, 0), "inputIds");
        return run_on_trainer<std::vector<float>>(
            env, arguments, "luthier:Trainer.logits", [ids](Trainer & trainer) { return trainer.logits(ids); }, make_floats);
    });
}

napi_value save_adapter(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const std::string path = get_string(env, arguments.at(env, 0), "path");
        return run_on_trainer<double>(
            env, arguments, "luthier:Trainer.saveAdapter", [path](Trainer & trainer) { return trainer.save_adapter(path); },
            [](napi_env env, double & bytes) {
                const napi_value object = make_object(env);
                set(env, object, "bytes", make_number(env, bytes));
                return object;
            });
    });
}

napi_value gradients(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) { return make_tensors(env, begin_synchronous(env, arguments)->trainer().gradients()); });
}

napi_value parameters(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) { return make_tensors(env, begin_synchronous(env, arguments)->trainer().parameters()); });
}

napi_value set_parameters(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        std::vector<NamedTensor> tensors;
        for (const napi_value item : get_array(env, arguments.at(env, 0), "tensors")) {
            NamedTensor tensor;
            tensor.name = get_string(env, get_property(env, item, "name"), "name");
            for (const napi_value extent : get_array(env, get_property(env, item, "shape"), "shape")) {
                tensor.shape.push_back(get_integer(env, extent, 0, INT32_MAX, "shape"));
            }
            tensor.data = get_float32_array(env, get_property(env, item, "data"), "data");
            tensors.push_back(std::move(tensor));
        }
        const Status status = begin_synchronous(env, arguments)->trainer().set_parameters(tensors);
        return make_result(env, status, [&](Nothing) { return make_null(env); });
    });
}

napi_value optimizer_state(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const OptimizerState state = begin_synchronous(env, arguments)->trainer().optimizer_state();
        const auto floats = [&](const std::vector<float> & values) {
            return make_typed_array(env, napi_float32_array, values.data(), values.size(), sizeof(float));
        };
        std::vector<size_t> order(state.moments.size());
        std::iota(order.begin(), order.end(), size_t(0));
        const napi_value object = make_object(env);
        set(env, object, "updates", make_number(env, double(state.updates)));
        set(env, object, "moments", make_array(env, order, [&](size_t i) {
                const napi_value item = make_object(env);
                set(env, item, "name", make_string(env, state.names[i]));
                set(env, item, "first", floats(state.moments[i].first));
                set(env, item, "second", floats(state.moments[i].second));
                return item;
            }));
        return object;
    });
}

napi_value restore_optimizer(napi_env env, napi_callback_info info) {
    return guarded(env, info, [&](const Arguments & arguments) {
        const napi_value value = arguments.at(env, 0);
        OptimizerState state;
        state.updates = get_integer(env, get_property(env, value, "updates"), 0, int64_t(1) << 53, "updates");
        for (const napi_value item : get_array(env, get_property(env, value, "moments"), "moments")) {
            state.names.push_back(get_string(env, get_property(env, item, "name"), "name"));
            state.moments.push_back({ get_float32_array(env, get_property(env, item, "first"), "first"),
                                      get_float32_array(env, get_property(env, item, "second"), "second") });
        }
        const Status status = begin_synchronous(env, arguments)->trainer().restore_optimizer(std::move(state));
        return make_result(env, status, [&](Nothing) { return make_null(env); });
    });
}

} // namespace

void define_trainer(napi_env env, napi_value exports) {
    const napi_property_descriptor properties[] = {
        method("create", create, static_method), method("accumulate", accumulate),
        method("evaluate", evaluate),            method("step", step),
        method("logits", logits),                method("saveAdapter", save_adapter),
        method("gradients", gradients),          method("parameters", parameters),
        method("setParameters", set_parameters), method("optimizerState", optimizer_state),
        method("tokenLosses", token_losses),
        method("restoreOptimizer", restore_optimizer), method("dispose", dispose<Trainer>),
    };
    napi_value constructor;
    check(env, napi_define_class(env, "Trainer", NAPI_AUTO_LENGTH, construct<Trainer>, nullptr, std::size(properties), properties, &constructor));
    check(env, napi_create_reference(env, constructor, 1, &classes(env).trainer));
    set(env, exports, "Trainer", constructor);
}

} // namespace luthier::binding
