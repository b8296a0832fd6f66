#include "storage/key.h"

#include <gtest/gtest.h>

namespace attune::storage {
namespace {

TEST(Key, NumbersSortAsTheyAre) {
  EXPECT_LT(Key{Table::record}.u32(1).u64(255).str(), Key{Table::record}.u32(1).u64(256).str());
  EXPECT_LT(Key{Table::record}.u32(1).u64(~0ULL).str(), Key{Table::record}.u32(2).u64(0).str());
}

TEST(Key, ATablesLetterComesFirst) {
  EXPECT_EQ(Key{Table::meta}.raw("name").str(), "Mname");
  EXPECT_EQ(Key{Table::log_number}.id(LogId{}).str(), "N" + std::string(32, '\0'));
}

TEST(Key, TheEndIsBehindEverythingThatStartsAlike) {
  const Key key = Key{Table::record}.u32(0xFFFFFFFF);
  EXPECT_EQ(key.end(), "S");
  EXPECT_LT(Key{Table::record}.u32(0xFFFFFFFF).u64(~0ULL).str(), key.end());
  EXPECT_EQ(Key{Table::record}.u32(7).end(), Key{Table::record}.u32(8).str());
}

}  // namespace
}  // namespace attune::storage
