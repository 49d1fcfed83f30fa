// Rules of the reverse pass, one per operation: the vector-Jacobian product, given dy, the gradient of the
// operation's result. Each adds to the gradients of node's sources; apply_vjp_rule chooses among them.
//
// ggml's shapes: ne[0] is contiguous. mul_mat(w [k, n], x [k, t]) = y [n, t] with y_nt = Σ_k w_kn x_kt.
#pragma once

#include "luthier/reverse_pass.hpp"

namespace luthier {

// vjp_elementwise.cpp
void vjp_add(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);
void vjp_mul(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);
void vjp_scale(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);
void vjp_square(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);
void vjp_unary(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);
void vjp_dropout(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);
void vjp_glu(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);

// vjp_rows.cpp: operations that mix the elements of a row
void vjp_norm(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);
void vjp_rms_norm(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);
void vjp_soft_max(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);
void vjp_rope(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);

// vjp_shapes.cpp: operations that move elements
void vjp_reshape(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);
void vjp_permute(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);
void vjp_transpose(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);
void vjp_get_rows(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);

// vjp_products.cpp
void vjp_mul_mat(ReversePass & pass, ggml_tensor * node, ggml_tensor * dy);

// A float among a node's parameters; index counts in steps of four bytes.
float float_parameter(const ggml_tensor * node, int index);

} // namespace luthier
