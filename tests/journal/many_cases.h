// Properties over so many cases as the suite is for: 500 in the quick one, 10,000 in the slow one. rapidcheck prints
// the seed that it drew.
#pragma once

#include <gtest/gtest.h>

#include <rapidcheck.h>

#include <iostream>

namespace attune::test {

class ManyCases : public ::testing::TestWithParam<int> {
 protected:
  // `property` is handed a seed; everything it does follows from that.
  template <class Property>
  static void hold(Property property) {
    rc::detail::TestParams params = rc::detail::configuration().testParams;
    params.maxSuccess = GetParam();
    const auto result = rc::detail::checkTestable(
        [&] { property(*rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>())); },
        rc::detail::TestMetadata{}, params);
    rc::detail::printResultMessage(result, std::cerr);
    std::cerr << '\n';
    EXPECT_TRUE(result.template is<rc::detail::SuccessResult>()) << "seed " << params.seed;
  }
};

}  // namespace attune::test

#define ATTUNE_MANY_CASES(Suite)                                  \
  INSTANTIATE_TEST_SUITE_P(Quick, Suite, ::testing::Values(500)); \
  INSTANTIATE_TEST_SUITE_P(Slow, Suite, ::testing::Values(10'000))
