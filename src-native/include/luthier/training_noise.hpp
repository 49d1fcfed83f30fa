// What is random in training: LoRA dropout and NEFTune's noise. Every number is a function of the seed, the
// step, the micro-batch and its place, so that a run can go on anywhere and a layer be computed twice.
#pragma once

#include "luthier/adapter.hpp"

#include <cstdint>
#include <deque>
#include <string>

struct ggml_cgraph;
struct ggml_context;
struct ggml_tensor;

namespace luthier {

struct NoiseOptions {
    uint64_t seed = 0;
    double dropout = 0;       // share of the inputs of A that is switched off, 0 to below 1
    double neftune_alpha = 0; // 0: no noise

    bool any() const { return dropout > 0 || neftune_alpha > 0; }
};

// Which micro-batch of which step is computed, both counted from 0.
struct NoiseMoment {
    int64_t step = 0;
    int64_t micro_batch = 0;
    int32_t length = 0; // of the rows as they were collated
};

class TrainingNoise {
  public:
    explicit TrainingNoise(const NoiseOptions & options) : options_(options) {}
    TrainingNoise(const TrainingNoise &) = delete;
    TrainingNoise & operator=(const TrainingNoise &) = delete;

    // Puts the noise into a forward graph: dropout between x and A·x wherever an A of the adapter stands, and
    // the noise on what the embedding table gives. The new nodes are in the way of the graph's end, not yet in
    // its list of nodes.
    void add_to(ggml_context * context, ggml_cgraph * forward, const ggml_tensor * token_embeddings, const Adapter & adapter);

    // For the next computation.
    void set_moment(const NoiseMoment & moment) { moment_ = moment; }

    // One source of numbers of a graph; as a node's user data it stays where it is.
    struct Source {
        const TrainingNoise * noise;
        uint64_t name_hash;
    };
    uint64_t key_of(const Source & source) const;
    double dropout() const { return options_.dropout; }
    // alpha / √(length · width), as transformers' neftune_post_forward_hook
    float embedding_bound(int64_t width) const;

  private:
    void * add_source(const std::string & name);

    NoiseOptions options_;
    NoiseMoment moment_;
    std::deque<Source> sources_;
};

// True for the nodes that `add_to` made for dropout.
bool is_dropout(const ggml_tensor * node);
// dx of y = dropout(x): the same places of dy are switched off, and the others scaled alike.
ggml_tensor * dropout_gradient(ggml_context * context, const ggml_tensor * node, ggml_tensor * dy);

} // namespace luthier
