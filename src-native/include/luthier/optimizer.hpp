// AdamW and SGD on the host in float32, in the order of operations of PyTorch's single-tensor code.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace luthier {

enum class OptimizerKind { adamw, sgd };

struct OptimizerStep {
    OptimizerKind kind = OptimizerKind::adamw;
    double learning_rate = 0;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay = 0;
    double max_grad_norm = 0; // 0: no clipping
};

// Empty until AdamW has updated the parameter.
struct Moments {
    std::vector<float> first, second;
};

// What the next update depends on beside the parameters; in the parameters' order.
struct OptimizerState {
    int64_t updates = 0; // done so far: AdamW's bias correction counts them
    std::vector<std::string> names;
    std::vector<Moments> moments;
};

// √Σg² over all tensors, in double precision (torch.nn.utils.get_total_norm with norm_type 2).
double global_norm(const std::vector<std::vector<float>> & gradients);

// torch.nn.utils.clip_grad_norm_: max / (norm + 1e-6), at most 1.
float clip_coefficient(double norm, double max_grad_norm);

// torch.optim.AdamW (_single_tensor_adam with decoupled weight decay); `step` counts from 1.
void update_adamw(std::vector<float> & parameter, const std::vector<float> & gradient, Moments & moments, int64_t step, const OptimizerStep & options);

// torch.optim.SGD without momentum: the decay is added to the gradient.
void update_sgd(std::vector<float> & parameter, const std::vector<float> & gradient, const OptimizerStep & options);

} // namespace luthier
