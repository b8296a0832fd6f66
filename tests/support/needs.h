// What a test needs of the machine it runs on. Where that is lacking, the test reports itself as skipped, never as
// passed; for whoever decides by these tests (ATTUNE_RUN_ALL is set) nothing may lack, and it fails.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>

#define ATTUNE_NOT_RUN(why)                                              \
  do {                                                                   \
    if (std::getenv("ATTUNE_RUN_ALL") != nullptr) GTEST_FAIL() << (why); \
    GTEST_SKIP() << (why);                                               \
  } while (false)
