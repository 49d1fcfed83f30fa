// Tests of src/kernels; failures are counted in expect.hpp.
#pragma once

void test_kernels();
