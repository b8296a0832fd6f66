#include "core/duration.h"

#include <gtest/gtest.h>

namespace attune {
namespace {

using std::chrono::seconds;

TEST(Duration, IsANumberAndAUnit) {
  EXPECT_EQ(parse_duration("45s"), seconds{45});
  EXPECT_EQ(parse_duration("20m"), seconds{1200});
  EXPECT_EQ(parse_duration("1h"), seconds{3600});
  EXPECT_EQ(parse_duration("30d"), seconds{30 * 86400});
}

TEST(Duration, NothingElseIsOne) {
  for (const char* text : {"", "m", "20", "0m", "-5m", "+5m", " 5m", "5 m", "5m ", "5M", "1.5h", "1h30m", "31d", "721h",
                           "4294967297s", "99999999999999999999d", "m5"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, IsWrittenInTheLargestUnitThatFits) {
  for (const char* text : {"1s", "59s", "90s", "1m", "20m", "90m", "1h", "25h", "1d", "30d"}) {
    EXPECT_EQ(written_duration(*parse_duration(text)), text);
  }
  EXPECT_EQ(written_duration(seconds{60}), "1m");
  EXPECT_EQ(written_duration(seconds{86400}), "1d");
}

}  // namespace
}  // namespace attune
