// Name and type tag of the JavaScript class `Model`.
#pragma once

#include "classes.hpp"

#include "luthier/model.hpp"

namespace luthier::binding {

template <> struct ClassTraits<Model> {
    static constexpr const char * name = "Model";
    static constexpr napi_type_tag tag = { 0x6c7574686965722dull, 0x6d6f64656c000001ull };
};

} // namespace luthier::binding
