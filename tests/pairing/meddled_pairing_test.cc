// Two people who pair with the right words and somebody between them, and somebody who does not know the words: nobody
// is paired with anybody who should not be.
#include <gtest/gtest.h>

#include <iostream>

#include "crypto/spoken.h"
#include "pairing/meddling.h"

namespace attune::pairing {
namespace {

class EveryBitOfAPairing : public test::MeddledPairing, public ::testing::WithParamInterface<std::size_t> {};

// Each bit, or every so many.
TEST_P(EveryBitOfAPairing, ThatIsFlippedPairsNobody) {
  std::size_t bit = 0;
  for (std::size_t which = 0; which < test::kMessages; ++which) {
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

class WrongWords : public test::MeddledPairing, public ::testing::WithParamInterface<std::size_t> {};

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
