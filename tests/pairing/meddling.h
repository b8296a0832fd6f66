// Two people who pair with the right words, and somebody between them who holds each message until they pass something
// on: whatever that is, nobody is paired with anybody who should not be.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "core/error.h"
#include "net/middle.h"
#include "net/padding.h"
#include "pairing/people.h"
#include "support/manual_clock.h"

namespace attune::test {

// Who speaks, message by message, up to the last Stored.
enum class Speaker { joiner, shower };
inline constexpr std::array kConversation{Speaker::joiner, Speaker::shower, Speaker::joiner,
                                          Speaker::shower, Speaker::joiner, Speaker::shower,
                                          Speaker::joiner, Speaker::joiner, Speaker::shower};
inline constexpr std::size_t kMessages = kConversation.size();
// The first messages by which each side knows who the other is, and the last word of each.
inline constexpr std::size_t kShowersHello = 5;
inline constexpr std::size_t kJoinersHello = 6;
inline constexpr std::size_t kJoinersStored = 7;
inline constexpr std::size_t kShowersStored = 8;

inline constexpr std::string_view kSpokenWords = "amber-cabin-river";

class PairingUnderWay {
 public:
  // What is borrowed outlives it.
  PairingUnderWay(asio::io_context& io, Person& joiner, Person& shower, pairing::Code& code,
                  const crypto::SecretBytes& typed)
      : joiner_own_{joiner.own()},
        shower_own_{shower.own()},
        middle_{io},
        joined_{spawn(io, pairing::join(middle_.take_one(), typed, joiner_own_, joiner.keep()))},
        shown_{spawn(io, pairing::show(middle_.take_other(), code, shower_own_, shower.keep()))} {}
  PairingUnderWay(const PairingUnderWay&) = delete;
  PairingUnderWay& operator=(const PairingUnderWay&) = delete;

  // That message as it was said, with its length; empty: it was not said.
  [[nodiscard]] Bytes heard(std::size_t which) {
    const bool of_joiner = kConversation.at(which) == Speaker::joiner;
    Bytes& said = of_joiner ? joiner_said_ : shower_said_;
    append(said, of_joiner ? middle_.from_one() : middle_.from_other());
    if (said.size() < 2) return {};
    const std::size_t size = 2 + net::read_be16(BytesView{said}.first(2));
    if (said.size() < size) return {};
    Bytes message = to_bytes(BytesView{said}.first(size));
    said.erase(said.begin(), said.begin() + static_cast<std::ptrdiff_t>(size));
    return message;
  }
  // In the place of that message, to whom it is for; or back to who said it.
  void deliver(std::size_t which, BytesView message) { to(kConversation.at(which) != Speaker::joiner, message); }
  void reflect(std::size_t which, BytesView message) { to(kConversation.at(which) == Speaker::joiner, message); }
  // Messages `first` and on, before `end`, each as change(which, message) makes it.
  template <class Change>
  void pass(std::size_t first, std::size_t end, Change change) {
    for (std::size_t which = first; which < end; ++which) {
      Bytes message = heard(which);
      change(which, message);
      deliver(which, message);
    }
  }
  void pass(std::size_t first, std::size_t end) {
    pass(first, end, [](std::size_t, const Bytes&) {});
  }
  // Both sides have ended then.
  void hang_up() { middle_.hang_up(); }

  [[nodiscard]] Outcome<pairing::Met>& joined() { return joined_; }
  [[nodiscard]] Outcome<pairing::Met>& shown() { return shown_; }

 private:
  void to(bool joiner, BytesView message) { joiner ? middle_.to_one(message) : middle_.to_other(message); }

  pairing::OwnSide joiner_own_, shower_own_;
  Middle middle_;
  Outcome<pairing::Met> joined_, shown_;
  Bytes joiner_said_, shower_said_;
};

// Ada joins and Ben shows the words.
class MeddledPairing : public ::testing::Test {
 protected:
  static bool failed(Outcome<pairing::Met>& outcome) {
    try {
      static_cast<void>(outcome.get());
      return false;
    } catch (const Error& error) {
      EXPECT_TRUE(error.code() == Errc::wrong_code || error.code() == Errc::peer_misbehaved ||
                  error.code() == Errc::unreachable)
          << error.what();
      return true;
    }
  }
  [[nodiscard]] pairing::Code fresh_code() const { return pairing::Code{code_of(kSpokenWords), clock}; }
  void forget_who_was_kept() {
    ada.kept.clear();
    ben.kept.clear();
  }

  // One pairing in which that message goes on as change(message) makes it. Its size as it was said.
  template <class Change>
  std::size_t meddle(std::size_t which, Change change) {
    forget_who_was_kept();
    pairing::Code code = fresh_code();
    PairingUnderWay run{io, ada, ben, code, typed};
    std::size_t size = 0;
    run.pass(0, kMessages, [&](std::size_t at, Bytes& message) {
      if (at != which) return;
      size = message.size();
      change(message);
    });
    expect_no_couple(which, run);
    return size;
  }
  // As it is said; in passing, that dropping it pairs nobody either.
  [[nodiscard]] std::size_t size_of(std::size_t which) {
    const std::size_t size = meddle(which, [](Bytes& message) { message.clear(); });
    --aborted;
    return size;
  }
  // Of a pairing in which that message did not arrive as it was said, and which ends now.
  void expect_no_couple(std::size_t which, PairingUnderWay& run) {
    SCOPED_TRACE("message " + std::to_string(which));
    run.hang_up();
    const bool joiner_failed = failed(run.joined());
    const bool shower_failed = failed(run.shown());
    ++aborted;
    EXPECT_TRUE(joiner_failed || shower_failed);
    if (which <= kShowersHello) {  // up to there nobody keeps anything
      EXPECT_TRUE(joiner_failed && shower_failed);
      EXPECT_TRUE(ada.kept.empty() && ben.kept.empty());
    }
    // From the joiner's Hello on the words were proven. Whoever got an altered message keeps nothing, or does not call
    // it done; what the other side kept is shown to nobody before a first session (protocol.md, section 4.5).
    if (which == kJoinersHello) {
      EXPECT_TRUE(ben.kept.empty());
    }
    if (which == kJoinersHello || which == kJoinersStored) {
      EXPECT_TRUE(shower_failed);
    }
    if (which == kShowersStored) {
      EXPECT_TRUE(joiner_failed);
    }
  }

  asio::io_context io;
  ManualClock clock;
  Person ada{"Ada"};
  Person ben{"Ben"};
  const crypto::SecretBytes typed = code_of(kSpokenWords);
  std::size_t aborted = 0;
};

}  // namespace attune::test
