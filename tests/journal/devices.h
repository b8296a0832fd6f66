// Four devices of two persons that write on one object apart and hear of each other in pieces: for properties.
#pragma once

#include <gtest/gtest.h>

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <random>
#include <sstream>
#include <utility>
#include <vector>

#include "core/bytes.h"
#include "journal/entry.h"
#include "journal/ops.h"

namespace attune::test {

// A property over many cases, each from a seed of its own: a suite of this is instantiated as Quick with kQuickCases
// and as Slow with kSlowCases. rapidcheck prints the seed that all of them are drawn from.
inline constexpr int kQuickCases = 500;
inline constexpr int kSlowCases = 10'000;
class Property : public ::testing::TestWithParam<int> {
 protected:
  template <class Holds>
  static void always(Holds holds) {
    auto params = rc::detail::configuration().testParams;
    params.maxSuccess = GetParam();
    const auto seeded = [&] {
      holds(*rc::gen::noShrink(rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>())));
    };
    const auto result = rc::detail::checkTestable(seeded, rc::detail::TestMetadata{}, params);
    std::ostringstream words;
    rc::detail::printResultMessage(result, words);
    EXPECT_TRUE(result.template is<rc::detail::SuccessResult>()) << "seed " << params.seed << ": " << words.str();
  }
};

class Devices {
 public:
  static constexpr std::size_t kCount = 4;  // 0 and 1 are Ada's, 2 and 3 Ben's

  Devices(std::uint64_t seed, ObjectId object) : object_{object}, random_{seed} {
    // Clocks are off by a few ticks, and now and then by more than anybody's lifetime.
    for (auto& off : clocks_) off = draw(8) == 0 ? 250'000'000'000'000 : static_cast<std::int64_t>(draw(2 * kTick));
  }

  std::uint64_t draw(std::uint64_t below) { return random_() % below; }
  [[nodiscard]] const ObjectId& object() const { return object_; }
  [[nodiscard]] static const RootId& person(std::size_t device) { return device < 2 ? kAda : kBen; }
  [[nodiscard]] const std::vector<journal::Seen>& known(std::size_t device) const { return known_[device]; }
  // An id of something that stands, or of nothing.
  OpId some_op() { return draw(6) == 0 ? numbered(1'000'000 + draw(3)) : numbered(1 + draw(made_ + 1)); }

  // What the clock of that device shows; each look is a little later.
  Instant now(std::size_t device) {
    clock_ += static_cast<std::int64_t>(draw(kTick));
    return std::min(at_ms(kStart + clock_ + clocks_[device]), kLatestInstant);
  }
  // As an honest program writes it, in the couple's log.
  OpId act(std::size_t device, journal::Act act, Instant newest = {}) {
    return put(device, {.time = journal::next_time(now(device), newest), .act = std::move(act)}, true);
  }
  // As a changed program may: any time, in its own log or the couple's.
  OpId force(std::size_t device, journal::Act act) {
    const Instant time = draw(4) == 0 ? kLatestInstant : at_ms(kStart + static_cast<std::int64_t>(draw(64 * kTick)));
    return put(device, {.time = time, .act = std::move(act)}, draw(8) != 0);
  }
  // Somebody else's op, word by word in one's own log: so it has the same id.
  void copy(std::size_t device) {
    if (known_[device].empty()) return;
    journal::Seen copied = known_[device][draw(known_[device].size())];
    copied.author = person(device);
    take(device, copied);
  }
  // Some of what one device knows.
  void bring(std::size_t from, std::size_t to, std::uint64_t of_ten = 10) {
    for (const journal::Seen& seen : std::vector{known_[from]}) {
      if (draw(10) < of_ten) take(to, seen);
    }
  }
  void bring_all() {
    for (std::size_t from = 0; from < kCount; ++from) bring(from, 0);
    for (std::size_t to = 1; to < kCount; ++to) bring(0, to);
  }
  // The same in another order, and some of it twice.
  std::vector<journal::Seen> shuffled(std::vector<journal::Seen> ops) {
    for (std::size_t size = ops.size(), i = 0; i < size; ++i) {
      if (draw(4) == 0) ops.push_back(ops[i]);
    }
    std::ranges::shuffle(ops, random_);
    return ops;
  }
  // The same with some of the payloads gone.
  std::vector<journal::Seen> with_gaps(std::vector<journal::Seen> ops) {
    for (journal::Seen& seen : ops) {
      if (draw(4) == 0) seen.op.reset();
    }
    return ops;
  }

 private:
  static constexpr std::int64_t kStart = 1'790'000'000'000;
  static constexpr std::uint64_t kTick = 600'000;  // ten minutes

  static OpId numbered(std::uint64_t number) {
    std::array<std::byte, OpId::size> bytes{};
    std::ranges::copy(be64(number * 0x9E37'79B9'7F4A'7C15U), bytes.begin());  // in no order of making
    std::ranges::copy(be64(number), bytes.begin() + 8);
    return OpId{bytes};
  }
  OpId put(std::size_t device, journal::Op op, bool shared) {
    const OpId id = numbered(++made_);
    known_[device].push_back({id, person(device), shared, std::move(op)});
    return id;
  }
  void take(std::size_t device, const journal::Seen& seen) {
    const auto same = [&](const journal::Seen& other) { return other.id == seen.id && other.author == seen.author; };
    if (std::ranges::none_of(known_[device], same)) known_[device].push_back(seen);
  }

  ObjectId object_;
  std::mt19937_64 random_;
  std::uint64_t made_ = 0;
  std::int64_t clock_ = 0;
  std::array<std::int64_t, kCount> clocks_{};
  std::array<std::vector<journal::Seen>, kCount> known_;
};

inline std::vector<journal::Seen> without(std::vector<journal::Seen> ops, const RootId& author) {
  std::erase_if(ops, [&](const journal::Seen& seen) { return seen.author == author; });
  return ops;
}

inline bool later(const journal::Seen& a, const journal::Seen& b) {
  return std::pair{a.op->time, a.id} > std::pair{b.op->time, b.id};
}

}  // namespace attune::test
