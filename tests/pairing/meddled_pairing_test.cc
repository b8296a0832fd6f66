// Two people who pair with the right words and somebody between them, and somebody who does not know the words: nobody
// is paired with anybody who should not be.
#include <gtest/gtest.h>

#include <iostream>

#include "core/error.h"
#include "crypto/spoken.h"
#include "net/middle.h"
#include "net/padding.h"
#include "pairing/pairing.h"
#include "pairing/people.h"
#include "pairing/relay.h"
#include "support/manual_clock.h"

namespace attune::pairing {
namespace {

constexpr std::string_view kWords = "amber-cabin-river";

class MeddledPairing : public ::testing::TestWithParam<std::size_t> {
 protected:
  struct Run {
    Run(asio::io_context& io, test::Person& ada, test::Person& ben, Code& code, const crypto::SecretBytes& typed)
        : ada_own{ada.own()}, ben_own{ben.own()}, middle{io} {
      ada.kept.clear();
      ben.kept.clear();
      joined.emplace(test::spawn(io, join(middle.take_one(), typed, ada_own, ada.keep())));
      shown.emplace(test::spawn(io, show(middle.take_other(), code, ben_own, ben.keep())));
    }
    // The next message of that side, with its length; empty: it said none.
    Bytes from(test::Speaker speaker) {
      Bytes& said = speaker == test::Speaker::joiner ? joiner_said : shower_said;
      append(said, speaker == test::Speaker::joiner ? middle.from_one() : middle.from_other());
      if (said.size() < 2) return {};
      const std::size_t size = 2 + net::read_be16(BytesView{said}.first(2));
      if (said.size() < size) return {};
      Bytes message = to_bytes(BytesView{said}.first(size));
      said.erase(said.begin(), said.begin() + static_cast<std::ptrdiff_t>(size));
      return message;
    }
    void to_the_other(test::Speaker speaker, const Bytes& message) {
      speaker == test::Speaker::joiner ? middle.to_other(message) : middle.to_one(message);
    }
    OwnSide ada_own, ben_own;
    test::Middle middle;
    std::optional<test::Outcome<Met>> joined, shown;
    Bytes joiner_said, shower_said;
  };
  static bool failed(test::Outcome<Met>& outcome) {
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

  // The message `which` goes on as `change` makes it; both sides have ended afterwards. Its size as it was said.
  template <class Change>
  std::size_t meddle(std::size_t which, Change change) {
    Code code{test::code_of(kWords), clock};
    Run run{io, ada, ben, code, typed};
    std::size_t size = 0;
    for (std::size_t i = 0; i < test::kConversation.size(); ++i) {
      Bytes message = run.from(test::kConversation.at(i));
      if (i == which) {
        size = message.size();
        change(message);
      }
      run.to_the_other(test::kConversation.at(i), message);
    }
    run.middle.hang_up();
    const bool joiner_failed = failed(*run.joined);
    const bool shower_failed = failed(*run.shown);
    expect_none(which, joiner_failed, shower_failed);
    return size;
  }
  void expect_none(std::size_t which, bool joiner_failed, bool shower_failed) {
    ++aborted;
    EXPECT_TRUE(joiner_failed || shower_failed) << "message " << which;
    if (which < 6) {  // up to the shower's Hello nobody keeps anything
      EXPECT_TRUE(joiner_failed && shower_failed) << "message " << which;
      EXPECT_TRUE(ada.kept.empty() && ben.kept.empty()) << "message " << which;
    }
    // From the joiner's Hello on the words were proven. Whoever got an altered message keeps nothing, or does not call
    // it done; what the other side kept is shown to nobody before a first session (protocol.md, section 4.5).
    if (which == 6) {
      EXPECT_TRUE(shower_failed && ben.kept.empty());
    }
    if (which == 7) {
      EXPECT_TRUE(shower_failed);
    }
    if (which == 8) {
      EXPECT_TRUE(joiner_failed);
    }
  }
  // As it is said; in passing, that dropping it pairs nobody either.
  [[nodiscard]] std::size_t size_of(std::size_t which) {
    const std::size_t size = meddle(which, [](Bytes& message) { message.clear(); });
    --aborted;
    return size;
  }

  asio::io_context io;
  test::ManualClock clock;
  test::Person ada{"Ada"};
  test::Person ben{"Ben"};
  const crypto::SecretBytes typed = test::code_of(kWords);
  std::size_t aborted = 0;
};

using EveryBitOfAPairing = MeddledPairing;

// Each bit, or every so many.
TEST_P(EveryBitOfAPairing, ThatIsFlippedPairsNobody) {
  std::size_t bit = 0;
  for (std::size_t which = 0; which < test::kConversation.size(); ++which) {
    const std::size_t bits = size_of(which) * 8;
    ASSERT_GT(bits, 0U);
    for (; bit < bits; bit += GetParam()) {
      meddle(which, [&](Bytes& message) { message[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8)); });
    }
    bit -= bits;
  }
  std::cout << aborted << " pairings with one bit flipped, 0 couples\n";
}
INSTANTIATE_TEST_SUITE_P(Quick, EveryBitOfAPairing, ::testing::Values(std::size_t{239}));
INSTANTIATE_TEST_SUITE_P(Prove, EveryBitOfAPairing, ::testing::Values(std::size_t{1}));

using WrongWords = MeddledPairing;

// As many runs as asked, each with three words of the list that are not the right ones.
TEST_P(WrongWords, PairNobody) {
  std::optional<Code> code;
  int accepted = 0;
  for (std::size_t run = 0; run < GetParam(); ++run) {
    if (!code || !code->alive()) code.emplace(crypto::draw_code(), clock);
    crypto::SecretBytes guess = crypto::draw_code();
    while (crypto::equal_secrets(guess.bytes(), code->words())) guess = crypto::draw_code();
    const int before = code->tries_left();
    test::Ends ends{io};
    const OwnSide ada_own = ada.own();
    const OwnSide ben_own = ben.own();
    auto shown = test::spawn(io, show(std::move(ends.other), *code, ben_own, ben.keep()));
    auto joined = test::spawn(io, join(std::move(ends.one), guess, ada_own, ada.keep()));
    io.restart();
    io.run();
    EXPECT_EQ(code->tries_left(), before - 1);
    if (!failed(shown)) ++accepted;
    if (!failed(joined)) ++accepted;
  }
  EXPECT_EQ(accepted, 0);
  EXPECT_TRUE(ada.kept.empty() && ben.kept.empty());
  std::cout << GetParam() << " pairings with wrong words, " << accepted << " accepted\n";
}
INSTANTIATE_TEST_SUITE_P(Quick, WrongWords, ::testing::Values(std::size_t{200}));
INSTANTIATE_TEST_SUITE_P(Prove, WrongWords, ::testing::Values(std::size_t{10'000}));

}  // namespace
}  // namespace attune::pairing
