// Tests of the core without Node, made to run under the sanitizers (LUTHIER_TESTS=ON).
//
// Usage: luthier-tests FIXTURES, the folder test/fixtures/gradients.
#include "expect.hpp"
#include "kernel_tests.hpp"

#include "luthier/backend.hpp"
#include "luthier/chat_template.hpp"
#include "luthier/gpu_products.hpp"
#include "luthier/trainer.hpp"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace luthier;

namespace {

// tokens [7 8 9 10 11], labels [-100 -100 9 10 11]: places 1, 2, 3 predict 9, 10, 11
void trained_rows_are_those_before_labels() {
    const MicroBatch batch{ 1, 5, { 7, 8, 9, 10, 11 }, { -100, -100, 9, 10, 11 }, { 0, 1, 2, 3, 4 }, { 0, 0, 0, 0, 0 } };
    const TrainedRows rows = find_trained_rows(batch);
    expect(rows.places == std::vector<int32_t>{ 1, 2, 3 }, "places of trained rows");
    expect(rows.targets == std::vector<int32_t>{ 9, 10, 11 }, "targets of trained rows");
    const MicroBatch padded = pad_to_multiple(batch, 8);
    expect(padded.length == 8 && padded.sequence_ids[5] == padding_sequence, "padding to a multiple of 8");
    expect(find_trained_rows(padded).places == rows.places, "padding changes no place in a single row");
    const GraphInputs inputs = make_graph_inputs(padded, rows, 1.0f);
    expect(inputs.places.size() == 8 && inputs.weights[1] == 1.0f && inputs.weights[0] == 0.0f, "rows of weight 0 fill the shape");
}

// At the first step both moments are corrected to g and g², so that the update is lr · g / (|g| + ε).
void first_adamw_step_is_the_sign() {
    OptimizerStep options;
    options.learning_rate = 0.1;
    options.weight_decay = 0.5;
    std::vector<float> parameter{ 2.0f };
    Moments moments;
    update_adamw(parameter, { -3.0f }, moments, 1, options);
    expect(std::fabs(parameter[0] - (2.0 * (1 - 0.1 * 0.5) + 0.1)) < 1e-6, "first step of AdamW");
    std::vector<float> plain{ 2.0f };
    update_sgd(plain, { -3.0f }, options);
    expect(std::fabs(plain[0] - (2.0 - 0.1 * (-3.0 + 0.5 * 2.0))) < 1e-6, "step of SGD");
    expect(clip_coefficient(0.5, 1.0) == 1.0f && clip_coefficient(4.0, 0) == 1.0f, "no clipping below the limit or at 0");
    expect(std::fabs(clip_coefficient(4.0, 1.0) - 0.25f) < 1e-6f, "clipping to the limit");
    expect(std::fabs(global_norm({ { 3.0f }, { 4.0f } }) - 5.0) < 1e-12, "norm over all tensors");
}

// Of two matrices [4, 3], the first two rows each: there is room between them. All of both have none.
void gaps_before_products_are_closed() {
    const ggml_context_ptr context(ggml_init({ 1 << 20, nullptr, true }));
    ggml_tensor * all = ggml_new_tensor_3d(context.get(), GGML_TYPE_F32, 4, 3, 2);
    ggml_tensor * some = ggml_view_3d(context.get(), all, 4, 2, 2, all->nb[1], all->nb[2], 0);
    ggml_tensor * product = ggml_mul_mat(context.get(), all, some);
    ggml_cgraph * graph = ggml_new_graph_custom(context.get(), 16, false);
    ggml_build_forward_expand(graph, product);
    graph = prepare_products_for_gpu(context.get(), graph);
    expect(product->src[0] == all, "whole matrices stay as they are");
    expect(product->src[1]->op == GGML_OP_CONT && product->src[1]->src[0] == some, "a copy without gaps takes the operand's place");
    expect(ggml_graph_node(graph, ggml_graph_n_nodes(graph) - 2) == product->src[1], "the copy comes before the product");
    expect(product->op_params[0] == GGML_PREC_F32, "sums in float32");
}

std::vector<uint8_t> read_bytes(const std::string & path) {
    std::ifstream file(path, std::ios::binary);
    return { std::istreambuf_iterator<char>(file), {} };
}

// Every prefix of a model's header is refused, and nothing is read beyond its end.
void every_cut_header_is_refused(const std::string & model) {
    const std::vector<uint8_t> bytes = read_bytes(model);
    const std::string path = (std::filesystem::temp_directory_path() / "luthier-core-test.gguf").string();
    for (size_t length = 0; length < 8000; length += length < 64 ? 1 : 37) {
        std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char *>(bytes.data()), std::streamsize(length));
        expect(!read_gguf_header(path, "model").ok(), "header cut at " + std::to_string(length));
    }
    std::filesystem::remove(path);
    expect(read_gguf_header(model, "model").ok(), "the whole header");
}

MicroBatch sample_batch(int32_t rows, int32_t length) {
    MicroBatch batch{ rows, length, {}, {}, {}, {} };
    for (int32_t i = 0; i < rows * length; ++i) {
        const int32_t token = (i * 37) % 256;
        batch.input_ids.push_back(token);
        batch.labels.push_back(i % 3 == 0 ? ignored_label : token);
        batch.position_ids.push_back(i % length);
        batch.sequence_ids.push_back(0);
    }
    return batch;
}

// The sanitizers watch 200 steps over changing shapes; what a step leaves behind is reported at the end.
void many_steps_leave_nothing_behind(const std::string & folder) {
    const auto model = Model::open(folder + "/llama/model-bf16.gguf", false);
    TrainerOptions options;
    options.adapter.rank = 3;
    options.adapter.target_modules = model.value()->info().target_modules;
    options.threads = 2;
    const auto trainer = Trainer::create(model.value(), options);
    expect(trainer.ok(), "creating a trainer for many steps");
    OptimizerStep update;
    update.learning_rate = 1e-3;
    bool holds = true;
    for (int step = 0; step < 200; ++step) {
        holds = trainer.value()->accumulate(sample_batch(1 + step % 2, 5 + step % 7 * 16)).ok() && trainer.value()->step(update).ok() && holds;
    }
    expect(holds, "200 steps");
}

void trainer_runs_from_open_to_save(const std::string & folder, bool checkpointing) {
    const auto model = Model::open(folder + "/qwen3/model-bf16.gguf", false);
    expect(model.ok(), "opening a model");
    TrainerOptions options;
    options.adapter.rank = 4;
    options.adapter.target_modules = model.value()->info().target_modules;
    options.threads = 2;
    options.reverse.checkpointing = checkpointing;
    const auto trainer = Trainer::create(model.value(), options);
    expect(trainer.ok(), "creating a trainer");
    double first = 0, last = 0;
    for (int step = 0; step < 8; ++step) {
        const auto loss = trainer.value()->accumulate(sample_batch(2, 20 + step));
        expect(loss.ok(), "accumulating");
        OptimizerStep update;
        update.learning_rate = 0.02;
        update.max_grad_norm = 1;
        expect(trainer.value()->step(update).ok(), "stepping");
        last = loss.value().loss_sum / loss.value().trained_tokens;
        first = step == 0 ? last : first;
    }
    expect(last < first, "the loss falls");
    expect(trainer.value()->logits({ 1, 2, 3 }).value().size() == 3 * 272, "logits of three tokens");
    const std::string path = (std::filesystem::temp_directory_path() / "luthier-core-adapter.gguf").string();
    expect(trainer.value()->save_adapter(path).ok(), "saving");
    options.adapter.initial_adapter = path;
    expect(Trainer::create(model.value(), options).ok(), "starting from the saved adapter");
    std::filesystem::remove(path);
}

void templates_fail_as_values() {
    const auto compiled = ChatTemplate::compile("{% for m in messages %}{{ m }}{% endfor %}{{ raise_exception('no') }}");
    expect(compiled.ok(), "compiling a template");
    expect(compiled.value()->render("{\"messages\":[1,2]}", 0).error().code == "template.refused", "a refusal");
    expect(ChatTemplate::compile("{% if").error().code == "template.syntax", "a syntax error");
}

} // namespace

int main(int count, char ** arguments) {
    if (count != 2) {
        std::fprintf(stderr, "usage: luthier-tests FIXTURES\n");
        return 2;
    }
    const std::string folder = arguments[1];
    set_log_level(LogLevel::none);
    trained_rows_are_those_before_labels();
    first_adamw_step_is_the_sign();
    gaps_before_products_are_closed();
    every_cut_header_is_refused(folder + "/llama/model.gguf");
    templates_fail_as_values();
    trainer_runs_from_open_to_save(folder, false);
    trainer_runs_from_open_to_save(folder, true);
    many_steps_leave_nothing_behind(folder);
    test_kernels();
    std::fprintf(stderr, failures == 0 ? "all passed\n" : "%d failed\n", failures);
    return failures == 0 ? 0 : 1;
}
