// Logs that stand as far as somebody vouches for them: a person with a laptop and a device that was stolen, and the
// partner.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "book/revocation.h"

namespace attune::book {

using test::Home;
using test::words;
using Handed = Book::Handed;

class Standing : public ::testing::Test {
 protected:
  Standing() {
    laptop_.pair_with(ben_);
    bens_.pair_with(ada_);
    test::bring(laptop_, stolen_);
  }

  ObjectId write(Home& home, const std::string& text, bool shared = true) {
    clock_.advance(std::chrono::milliseconds{1});
    return home.book().write({words(text), shared});
  }
  test::Revocation revoke(std::uint64_t number = 1) { return test::revoke(ada_, laptop_, stolen_.device(), number); }
  static void add(Home& home, const test::Owner& owner, const identity::Statement& statement) {
    home.book().add_statements(owner.root, {statement.wire});
  }
  std::vector<std::string> bodies(Home& home) { return test::bodies(home.book().list({.limit = 0})); }
  // The couple's log that this home appends to, as it is held at another one.
  static log::Held log_of(Home& writer, Home& at) {
    for (const log::Held& held : writer.book().logs().all()) {
      if (held.mine && !held.retired && !held.name.own_space()) return *at.book().logs().find(held.name.id);
    }
    throw std::logic_error{"nothing was shared"};
  }
  static void hand_over_all(Home& from, Home& to, Handed handed, std::size_t limit = SIZE_MAX) {
    for (const log::Held& held : from.book().logs().all()) {
      while (held.mine && test::hand_over(from, held, to, limit, handed)) {
      }
    }
  }
  static void expect_sound(Home& home) {
    EXPECT_THAT(home.book().verify().problems, ::testing::IsEmpty());
    const auto before = home.indexes();
    home.book().rebuild_indexes();
    EXPECT_EQ(home.indexes(), before);
  }

  test::ManualClock clock_;
  test::Owner ada_, ben_;
  Home laptop_{ada_, clock_};
  Home stolen_{ada_, clock_};
  Home bens_{ben_, clock_};
};

}  // namespace attune::book
