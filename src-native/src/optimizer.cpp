// The updates of optimizer.hpp, element by element.
#include "luthier/optimizer.hpp"

#include <algorithm>
#include <cmath>

namespace luthier {

double global_norm(const std::vector<std::vector<float>> & gradients) {
    double sum = 0;
    for (const auto & gradient : gradients) {
        for (const float g : gradient) {
            sum += double(g) * double(g);
        }
    }
    return std::sqrt(sum);
}

float clip_coefficient(double norm, double max_grad_norm) {
    return max_grad_norm > 0 ? float(std::min(1.0, max_grad_norm / (norm + 1e-6))) : 1.0f;
}

void update_adamw(std::vector<float> & parameter, const std::vector<float> & gradient, Moments & moments, int64_t step, const OptimizerStep & options) {
    moments.first.resize(parameter.size());
    moments.second.resize(parameter.size());
    // PyTorch computes these scalars in double (Python floats) and rounds them at each tensor operation.
    const double correction1 = 1 - std::pow(options.beta1, double(step));
    const double correction2 = 1 - std::pow(options.beta2, double(step));
    const float decay = float(1 - options.learning_rate * options.weight_decay);
    const float lerp_weight = float(1 - options.beta1);
    const float beta2 = float(options.beta2);
    const float square_weight = float(1 - options.beta2);
    const float root_correction = float(std::sqrt(correction2));
    const float epsilon = float(options.epsilon);
    const float step_size = float(-(options.learning_rate / correction1));
    for (size_t i = 0; i < parameter.size(); ++i) {
        const float g = gradient[i];
        float & m = moments.first[i];
        float & v = moments.second[i];
        parameter[i] *= decay;                    // param.mul_(1 - lr * weight_decay)
        m = m + lerp_weight * (g - m);            // exp_avg.lerp_(grad, 1 - beta1)
        v = v * beta2 + square_weight * g * g;    // exp_avg_sq.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        const float denominator = std::sqrt(v) / root_correction + epsilon;
        parameter[i] += step_size * m / denominator; // param.addcdiv_(exp_avg, denom, value=-step_size)
    }
}

void update_sgd(std::vector<float> & parameter, const std::vector<float> & gradient, const OptimizerStep & options) {
    const float decay = float(options.weight_decay);
    const float rate = float(-options.learning_rate);
    for (size_t i = 0; i < parameter.size(); ++i) {
        const float g = gradient[i] + decay * parameter[i];
        parameter[i] += rate * g;
    }
}

} // namespace luthier
