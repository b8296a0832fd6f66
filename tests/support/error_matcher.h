// EXPECT_ERROR(Errc::tampered, expression): the expression throws attune::Error with that code, and nothing else.
#pragma once

#include <gtest/gtest.h>

#include "core/error.h"

namespace attune {
inline void PrintTo(Errc code, std::ostream* out) { *out << name_of(code); }
}  // namespace attune

#define EXPECT_ERROR(expected, ...)                                                                    \
  do {                                                                                                 \
    try {                                                                                              \
      static_cast<void>(__VA_ARGS__);                                                                  \
      ADD_FAILURE() << "no error; wanted " << ::attune::name_of(expected) << " from " << #__VA_ARGS__; \
    } catch (const ::attune::Error& error) {                                                           \
      EXPECT_EQ(error.code(), expected) << error.what();                                               \
    }                                                                                                  \
  } while (false)
