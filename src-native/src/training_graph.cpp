// Lets llama.cpp build the forward graph (llama_model::build_graph), adds the loss and its derivative.
#include "luthier/training_graph.hpp"

#include "luthier/frozen_products.hpp"
#include "luthier/gpu_products.hpp"

#include "llama-adapter.h"
#include "llama-graph.h"
#include "llama-model.h"

#include <algorithm>

namespace luthier {

namespace {

constexpr int32_t output_multiple = 16;
// Rows of logits per chunk: a vocabulary of 152k needs 0.6 MB per row, three times over with ggml's operations.
// Every chunk unpacks the head twice, so that few rows make it dear.
constexpr int64_t chunk_bytes = 64 << 20, fused_chunk_bytes = 128 << 20;

int32_t chunk_rows(int64_t vocabulary_size, int64_t bytes = chunk_bytes) {
    return int32_t(std::clamp<int64_t>(bytes / (vocabulary_size * int64_t(sizeof(float))), 8, 512));
}

void name_node(const llama_ubatch &, ggml_tensor * node, const char * name, int layer) {
    if (layer >= 0) {
        ggml_format_name(node, "%s-%d", name, layer);
    } else {
        ggml_set_name(node, name);
    }
}

// What llama.cpp's graph does between the last norm and the logits.
struct Head {
    ggml_tensor * weight;                         // [width, vocabulary]
    std::vector<const ggml_tensor *> adjustments; // of the product: a scale, a soft cap, a bias, in order
};

Head find_head(const llm_graph_result & forward) {
    Head head{ nullptr, {} };
    for (const ggml_tensor * node = forward.t_logits; node; node = node->src[0]) {
        if (node->op == GGML_OP_MUL_MAT && node->src[1] == forward.t_embd) {
            head.weight = node->src[0];
            std::reverse(head.adjustments.begin(), head.adjustments.end());
            return head;
        }
        head.adjustments.push_back(node);
    }
    throw NoRule{ "output layer" };
}

} // namespace

// The batch in llama.cpp's terms. Rows are sequences of equal length, hence streams of their own; the
// packed sequences within a row are told apart by the mask, which compares sequence ids.
struct UnpackedBatch {
    std::vector<llama_token> tokens;
    std::vector<llama_pos> positions;
    std::vector<int32_t> sequence_counts, sequence_index;
    std::vector<llama_seq_id> sequences, unique_sequences;
    std::vector<llama_seq_id *> sequence_pointers;
    std::vector<int8_t> outputs;

    explicit UnpackedBatch(size_t count)
        : tokens(count), positions(count), sequence_counts(count, 1), sequence_index(LLAMA_MAX_SEQ, -1), sequences(count),
          sequence_pointers(count), outputs(count) {}

    llama_ubatch view(const GraphShape & shape) {
        unique_sequences.resize(size_t(shape.batch_size));
        for (size_t i = 0; i < sequences.size(); ++i) {
            sequence_pointers[i] = &sequences[i];
        }
        llama_ubatch batch = {};
        batch.b_equal_seqs = 1;
        batch.n_tokens = uint32_t(tokens.size());
        batch.n_seq_tokens = uint32_t(shape.length);
        batch.n_seqs = batch.n_seqs_unq = uint32_t(shape.batch_size);
        batch.n_pos = 1;
        batch.token = tokens.data();
        batch.pos = positions.data();
        batch.n_seq_id = sequence_counts.data();
        batch.seq_id = sequence_pointers.data();
        batch.seq_id_unq = unique_sequences.data();
        batch.seq_idx = sequence_index.data();
        batch.output = outputs.data();
        return batch;
    }
};

struct TrainingGraph::Forward {
    explicit Forward(int64_t most_nodes) : result(most_nodes) {}

    llm_graph_result result;
    llama_adapter_cvec no_control_vectors;
    llama_adapter_loras loras;
    int32_t vocabulary_size = 0;
};

GraphInputs make_graph_inputs(const MicroBatch & batch, const TrainedRows & rows, float token_weight) {
    const size_t wanted = (rows.places.size() + output_multiple - 1) / output_multiple * output_multiple;
    const size_t count = std::min(wanted, batch.tokens());
    std::vector<int32_t> target_of(batch.tokens(), -1);
    for (size_t i = 0; i < rows.places.size(); ++i) {
        target_of[size_t(rows.places[i])] = rows.targets[i];
    }
    size_t fillers = count - rows.places.size();
    GraphInputs inputs{ batch, {}, {}, {} };
    for (size_t place = 0; place < batch.tokens(); ++place) {
        const bool is_trained = target_of[place] >= 0;
        if (!is_trained && fillers == 0) {
            continue;
        }
        fillers -= is_trained ? 0 : 1;
        inputs.places.push_back(int32_t(place));
        inputs.targets.push_back(is_trained ? target_of[place] : 0);
        inputs.weights.push_back(is_trained ? token_weight : 0.0f);
    }
    return inputs;
}

TrainingGraph::TrainingGraph(const GraphShape & shape) : shape_(shape) {}
TrainingGraph::~TrainingGraph() = default;

Result<std::unique_ptr<TrainingGraph>> TrainingGraph::build(const GraphSources & sources, const GraphShape & shape) {
    std::unique_ptr<TrainingGraph> graph(new TrainingGraph(shape));
    graph->build_forward(sources);

    const llm_graph_result & forward = graph->forward_->result;
    const size_t chunks = size_t(shape.outputs / chunk_rows(graph->forward_->vocabulary_size)) + 1;
    // a rule adds fewer than ten nodes, a chunk of the loss fewer than forty
    size_t slices = 0;
    for (const auto & [name, weight] : sources.model.llama().tensors_by_name) {
        slices += size_t(slice_count(weight, sources.reverse.slice_bytes)) * (weight == sources.model.llama().output ? chunks : 1);
    }
    const size_t most_nodes = size_t(ggml_graph_n_nodes(forward.gf)) * 16 + chunks * 64 + slices * nodes_per_slice + 1024;
    graph->context_.reset(ggml_init({ most_nodes * ggml_tensor_overhead() + 4 * ggml_graph_overhead_custom(most_nodes, false), nullptr, true }));
    graph->graph_ = ggml_new_graph_custom(graph->context_.get(), most_nodes, false);
    graph->forward_graph_ = ggml_new_graph_custom(graph->context_.get(), most_nodes, false);
    ReversePass reverse(graph->context_.get(), graph->graph_, graph->operations_, sources.reverse);
    if (sources.noise.any() && shape.purpose == Purpose::train) {
        graph->noise_ = std::make_unique<TrainingNoise>(sources.noise);
        graph->noise_->add_to(graph->context_.get(), forward.gf, sources.model.llama().tok_embd, sources.adapter);
    }
    try {
        if (sources.fused) {
            graph->fuse(sources);
        }
        ggml_build_forward_expand(graph->graph_, forward.t_embd);
        ggml_build_forward_expand(graph->forward_graph_, forward.t_embd);
        if (shape.purpose == Purpose::logits) {
            graph->build_logits(reverse);
        } else {
            const Head head = find_head(forward);
            sources.fused && head.adjustments.empty() ? graph->build_fused_loss(reverse, head.weight) : graph->build_loss(reverse);
        }
        if (shape.purpose == Purpose::train) {
            graph->build_reverse(sources, reverse);
        }
    } catch (const NoRule & missing) {
        return Error("model.untrainable", "This version cannot train the model: it has no gradient for the operation " + missing.operation + ".")
            .with("operation", missing.operation);
    }
    graph->graph_ = widen_quantized_products(graph->context_.get(), graph->graph_, sources.reverse);
    if (sources.reverse.device) {
        graph->graph_ = prepare_products_for_gpu(graph->context_.get(), graph->graph_);
    }
    return graph;
}

void TrainingGraph::build_forward(const GraphSources & sources) {
    const llama_model & model = sources.model.llama();
    const int64_t adapter_nodes = int64_t(sources.adapter.parameters().size()) * 4;
    // llama_context::graph_max_nodes allows 8 nodes per tensor of the model
    forward_ = std::make_unique<Forward>(std::max<int64_t>(1024, int64_t(model.n_tensors()) * 8 + adapter_nodes));
    forward_->vocabulary_size = int32_t(model.vocab.n_tokens());
    forward_->loras[&sources.adapter.lora()] = 1.0f;

    // building reads the shape alone; the values come with set_inputs
    UnpackedBatch batch(size_t(shape_.batch_size) * size_t(shape_.length));
    llm_graph_params params = {};
    params.arch = model.arch;
    params.hparams = model.hparams;
    params.cparams = sources.cparams;
    params.cparams.n_ctx_seq = uint32_t(shape_.length); // LongRoPE has other factors for long rows
    params.ubatch = batch.view(shape_);
    params.gtype = LLM_GRAPH_TYPE_DEFAULT;
    params.backend_cpu = sources.backend;
    params.cvec = &forward_->no_control_vectors;
    params.loras = &forward_->loras;
    params.mctx = nullptr; // the mark of a training graph, see patch 0001
    params.n_outputs = uint32_t(shape_.outputs);
    params.cb = name_node;
    params.res = &forward_->result;
    model.build_graph(params);
}

void TrainingGraph::build_logits(ReversePass & reverse) {
    const Head head = find_head(forward_->result);
    logits_ = head_product(head.weight, forward_->result.t_embd);
    for (const ggml_tensor * adjustment : head.adjustments) {
        logits_ = reverse.replay(adjustment, logits_);
    }
    ggml_set_output(logits_);
    ggml_build_forward_expand(graph_, logits_);
}

// −log softmax(l)_t = log Σ exp(l − m) + m − l_t, with m the row's largest logit. Its derivative by l is
// softmax(l) − onehot(t); subtracting 1 before the product with the LM head keeps its relative precision
// where the head is bfloat16. The LM head runs on the trained rows alone, a chunk at a time, and no
// row of the size of the vocabulary leaves the chunk.
void TrainingGraph::build_loss(ReversePass & reverse) {
    ggml_context * context = context_.get();
    const Head head = find_head(forward_->result);
    ggml_tensor * hidden = forward_->result.t_embd; // [width, outputs], after the last norm
    const int64_t vocabulary = head.weight->ne[1];
    targets_ = ggml_new_tensor_1d(context, GGML_TYPE_I32, shape_.outputs);
    weights_ = ggml_new_tensor_2d(context, GGML_TYPE_F32, 1, shape_.outputs);
    ggml_set_input(targets_);
    ggml_set_input(weights_);

    const int32_t step = chunk_rows(vocabulary);
    for (int32_t first = 0; first < shape_.outputs; first += step) {
        const int64_t rows = std::min(step, shape_.outputs - first);
        ggml_tensor * input = ggml_view_2d(context, hidden, hidden->ne[0], rows, hidden->nb[1], size_t(first) * hidden->nb[1]);
        ggml_tensor * target = ggml_view_2d(context, targets_, 1, rows, targets_->nb[0], size_t(first) * targets_->nb[0]);
        ggml_tensor * weight = ggml_view_2d(context, weights_, 1, rows, weights_->nb[1], size_t(first) * weights_->nb[1]);

        // picks one element of each row: [vocabulary, rows] seen as `rows` matrices of vocabulary × 1
        const auto pick = [&](ggml_tensor * matrix, ggml_tensor * index) {
            ggml_tensor * columns = ggml_reshape_3d(context, matrix, 1, vocabulary, rows);
            return ggml_reshape_2d(context, ggml_get_rows(context, columns, index), 1, rows);
        };
        ggml_tensor * logits = head_product(head.weight, input); // [vocabulary, rows]
        std::vector<ggml_tensor *> adjusted;
        for (const ggml_tensor * adjustment : head.adjustments) {
            logits = reverse.replay(adjustment, logits);
            adjusted.push_back(logits);
        }
        ggml_tensor * largest = pick(logits, ggml_reshape_2d(context, ggml_argmax(context, logits), 1, rows));
        ggml_tensor * wanted = pick(logits, target);
        ggml_tensor * powers = ggml_exp(context, ggml_sub(context, logits, largest));
        ggml_tensor * sum = ggml_sum_rows(context, powers); // [1, rows]
        ggml_tensor * loss = ggml_add(context, ggml_log(context, sum), ggml_sub(context, largest, wanted));
        loss = ggml_mul(context, loss, weight);
        ggml_set_output(loss);
        ggml_build_forward_expand(graph_, loss);
        losses_.push_back(loss);
        if (shape_.purpose != Purpose::train) {
            continue;
        }

        ggml_tensor * softmax = ggml_mul(context, powers, ggml_div(context, weight, sum)); // times the weight
        ggml_tensor * reduced = ggml_sub(context, pick(softmax, target), weight);
        ggml_tensor * columns = ggml_reshape_3d(context, softmax, 1, vocabulary, rows);
        ggml_tensor * difference = ggml_set_rows(context, columns, ggml_reshape_3d(context, reduced, 1, 1, rows), target);
        difference = ggml_reshape_2d(context, difference, vocabulary, rows);
        for (auto step = adjusted.rbegin(); step != adjusted.rend(); ++step) {
            difference = reverse.gradient_through(*step, difference);
        }
        add_hidden_gradient(head_gradient(reverse, head.weight, difference));
    }
}

// The same loss, with the logits' gradient in the logits' own memory.
void TrainingGraph::build_fused_loss(ReversePass & reverse, ggml_tensor * head) {
    ggml_context * context = context_.get();
    ggml_tensor * hidden = forward_->result.t_embd;
    const bool trains = shape_.purpose == Purpose::train;
    targets_ = ggml_new_tensor_1d(context, GGML_TYPE_I32, shape_.outputs);
    weights_ = ggml_new_tensor_1d(context, GGML_TYPE_F32, shape_.outputs);
    ggml_tensor * losses = ggml_new_tensor_1d(context, GGML_TYPE_F32, shape_.outputs);
    for (ggml_tensor * outside : { targets_, weights_, losses }) {
        ggml_set_input(outside);
    }
    ggml_set_output(losses); // written by the cross entropy, kept until it is read
    losses_.push_back(losses);

    const int32_t step = chunk_rows(head->ne[1], fused_chunk_bytes);
    for (int32_t first = 0; first < shape_.outputs; first += step) {
        const int64_t rows = std::min(step, shape_.outputs - first);
        const auto part = [&](ggml_tensor * all) { return ggml_view_1d(context, all, rows, size_t(first) * ggml_type_size(all->type)); };
        ggml_tensor * input = ggml_view_2d(context, hidden, hidden->ne[0], rows, hidden->nb[1], size_t(first) * hidden->nb[1]);
        ggml_tensor * logits = head_product(head, input);
        ggml_tensor * d_logits = fused_cross_entropy(context, operations_, logits, part(targets_), part(weights_), part(losses), activation_type(head), trains);
        ggml_build_forward_expand(graph_, d_logits);
        if (trains) {
            add_hidden_gradient(head_gradient(reverse, head, d_logits));
        }
    }
}

ggml_tensor * TrainingGraph::head_product(ggml_tensor * head, ggml_tensor * hidden) {
    return fused_ ? fused_product(context_.get(), operations_, head, hidden) : ggml_mul_mat(context_.get(), head, hidden);
}

ggml_tensor * TrainingGraph::head_gradient(ReversePass & reverse, ggml_tensor * head, ggml_tensor * d_logits) {
    return fused_ ? fused_product_gradient(context_.get(), operations_, head, d_logits) : product_gradient_of_input(reverse, head, d_logits);
}

void TrainingGraph::add_hidden_gradient(ggml_tensor * gradient) {
    hidden_gradient_ = hidden_gradient_ ? ggml_concat(context_.get(), hidden_gradient_, gradient, 1) : gradient;
    ggml_build_forward_expand(graph_, hidden_gradient_);
}

void TrainingGraph::fuse(const GraphSources & sources) {
    fused_ = true;
    FusionInput input{ forward_->result.t_embd, find_head(forward_->result).weight, {}, {} };
    const auto add_mask = [&](const ggml_tensor * mask, int32_t window) {
        ggml_tensor * first_key = ggml_new_tensor_1d(context_.get(), GGML_TYPE_I32, int64_t(shape_.batch_size) * shape_.length);
        ggml_set_input(first_key);
        windows_.push_back({ first_key, window });
        input.masks.push_back({ mask, first_key });
    };
    for (const auto & graph_input : forward_->result.inputs) {
        if (const auto * causal = dynamic_cast<const llm_graph_input_attn_kv *>(graph_input.get())) {
            add_mask(causal->self_kq_mask, 0);
        } else if (const auto * mixed = dynamic_cast<const llm_graph_input_attn_kv_iswa *>(graph_input.get())) {
            add_mask(mixed->self_kq_mask, 0);
            if (mixed->hparams.swa_type == LLAMA_SWA_TYPE_STANDARD) {
                add_mask(mixed->self_kq_mask_swa, int32_t(mixed->hparams.n_swa));
            }
        }
    }
    for (const Parameter & parameter : sources.adapter.parameters()) {
        input.parameters.push_back(parameter.value);
    }
    fuse_operations(context_.get(), operations_, input);
}

void TrainingGraph::build_reverse(const GraphSources & sources, ReversePass & reverse) {
    std::vector<ggml_tensor *> values;
    for (const Parameter & parameter : sources.adapter.parameters()) {
        values.push_back(parameter.value);
    }
    reverse.mark(forward_graph_, values);
    reverse.add_gradient(forward_->result.t_embd, hidden_gradient_);
    reverse.run(forward_graph_);
    for (const Parameter & parameter : sources.adapter.parameters()) {
        if (ggml_tensor * gradient = reverse.gradient_of(parameter.value)) {
            ggml_build_forward_expand(graph_, ggml_add_inplace(context_.get(), parameter.gradient, gradient));
        }
    }
}

void TrainingGraph::set_inputs(const GraphInputs & inputs) {
    const MicroBatch & batch = inputs.batch;
    UnpackedBatch unpacked(batch.tokens());
    unpacked.tokens = batch.input_ids;
    for (size_t i = 0; i < batch.tokens(); ++i) {
        const bool is_padding = batch.sequence_ids[i] == padding_sequence;
        unpacked.sequences[i] = batch.sequence_ids[i];
        unpacked.positions[i] = is_padding ? 0 : batch.position_ids[i]; // padding sees padding, and nothing sees it
    }
    for (const int32_t place : inputs.places) {
        unpacked.outputs[size_t(place)] = 1;
    }
    const llama_ubatch view = unpacked.view(shape_);
    forward_->result.set_inputs(&view);
    set_first_keys(batch);
    if (noise_) {
        noise_->set_moment(inputs.moment);
    }
    if (shape_.purpose != Purpose::logits) {
        ggml_backend_tensor_set(targets_, inputs.targets.data(), 0, ggml_nbytes(targets_));
        ggml_backend_tensor_set(weights_, inputs.weights.data(), 0, ggml_nbytes(weights_));
    }
}

// The place in its row where each token's sequence, or its window, starts. Padding sees nothing.
void TrainingGraph::set_first_keys(const MicroBatch & batch) {
    for (const Window & window : windows_) {
        if (!window.first_key->buffer) {
            continue; // no attention reads it
        }
        std::vector<int32_t> first(batch.tokens());
        int32_t start = 0;
        for (size_t i = 0; i < first.size(); ++i) {
            const int32_t place = int32_t(i % size_t(batch.length));
            start = place == 0 || batch.sequence_ids[i] != batch.sequence_ids[i - 1] ? place : start;
            first[i] = batch.sequence_ids[i] == padding_sequence ? place + 1 : window.keys > 0 ? std::max(start, place - window.keys + 1) : start;
        }
        ggml_backend_tensor_set(window.first_key, first.data(), 0, ggml_nbytes(window.first_key));
    }
}

std::vector<float> TrainingGraph::read_losses() const {
    std::vector<float> losses;
    for (const ggml_tensor * chunk : losses_) {
        const size_t start = losses.size();
        losses.resize(start + size_t(ggml_nelements(chunk)));
        ggml_backend_tensor_get(chunk, losses.data() + start, 0, ggml_nbytes(chunk));
    }
    return losses;
}

std::vector<float> TrainingGraph::read_logits() const {
    std::vector<float> logits(size_t(ggml_nelements(logits_)));
    ggml_backend_tensor_get(logits_, logits.data(), 0, ggml_nbytes(logits_));
    return logits;
}

} // namespace luthier
