#include "core/damaged_file.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "support/error_matcher.h"

namespace attune {
namespace {

Error caught(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return Error{Errc::internal, "nothing was thrown"};
}

Error read_badly(Errc code) {
  return caught([&] { naming_file("/a/vault", [&]() -> int { throw Error{code, "it is cut short"}; }); });
}

TEST(DamagedFile, IsNamedAndKeepsItsCode) {
  for (const Errc code : {Errc::damaged, Errc::tampered}) {
    EXPECT_EQ(std::string{read_badly(code).what()}, "/a/vault: it is cut short");
    EXPECT_EQ(read_badly(code).code(), code);
    EXPECT_EQ(exit_status(read_badly(code).code()), 6);
  }
}

TEST(DamagedFile, IsNotNamedWhereNothingIsWrongWithIt) {
  for (const Errc code : {Errc::wrong_passphrase, Errc::incompatible, Errc::disk, Errc::busy}) {
    EXPECT_EQ(std::string{read_badly(code).what()}, "it is cut short");
    EXPECT_EQ(read_badly(code).code(), code);
  }
  EXPECT_EQ(naming_file("/a/vault", [] { return 7; }), 7);
}

TEST(DamagedFile, KeepsItsOwnHint) {
  EXPECT_EQ(in_file("/a", Error{Errc::damaged, "cut"}, "another copy").hint(), "another copy");
  EXPECT_EQ(in_file("/a", Error{Errc::damaged, "cut", "is it a backup?"}, "another copy").hint(), "is it a backup?");
}

}  // namespace
}  // namespace attune
