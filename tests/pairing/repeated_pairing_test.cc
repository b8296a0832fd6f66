// Messages of a pairing that are cut short, said again, exchanged between two pairings, or sent back to who said them:
// nobody is paired with anybody.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "pairing/meddling.h"

namespace attune::pairing {
namespace {

class EveryByteOfAPairing : public test::MeddledPairing, public ::testing::WithParamInterface<std::size_t> {};

// Cut behind each byte, or every so many. What is said next stands where the rest should be, or nothing does.
TEST_P(EveryByteOfAPairing, ThatIsTheLastOfAMessagePairsNobody) {
  std::size_t left = 0;
  for (std::size_t which = 0; which < test::kMessages; ++which) {
    const std::size_t size = size_of(which);
    ASSERT_GT(size, 2U);
    for (; left < size; left += GetParam()) {
      meddle(which, [&](Bytes& message) { message.resize(left); });
    }
    left -= size;
  }
  std::cout << aborted << " pairings with one message cut short, 0 couples\n";
}
INSTANTIATE_TEST_SUITE_P(Quick, EveryByteOfAPairing, ::testing::Values(std::size_t{37}));
INSTANTIATE_TEST_SUITE_P(Prove, EveryByteOfAPairing, ::testing::Values(std::size_t{1}));

class RepeatedPairing : public test::MeddledPairing {
 protected:
  // Every message of a pairing that came about, between the same two with the same words.
  std::vector<Bytes> recorded() {
    Code code = fresh_code();
    test::PairingUnderWay run{io, ada, ben, code, typed};
    std::vector<Bytes> all;
    run.pass(0, test::kMessages, [&](std::size_t, const Bytes& message) { all.push_back(message); });
    run.hang_up();
    EXPECT_EQ(run.joined().get().key.hash(), run.shown().get().key.hash());
    forget_who_was_kept();
    return all;
  }
};

TEST_F(RepeatedPairing, AMessageOfAnEarlierOneIsWorthNothing) {
  const std::vector<Bytes> earlier = recorded();
  for (std::size_t which = 0; which < test::kMessages; ++which) {
    meddle(which, [&](Bytes& message) { message = earlier[which]; });
  }
}

// All that the one side said then, to the other side now.
TEST_F(RepeatedPairing, AnEarlierOneIsNotHadAgainWithoutTheWords) {
  const std::vector<Bytes> earlier = recorded();
  for (const test::Speaker acted : {test::Speaker::joiner, test::Speaker::shower}) {
    Code code = fresh_code();
    test::PairingUnderWay run{io, ada, ben, code, typed};
    run.pass(0, test::kMessages, [&](std::size_t which, Bytes& message) {
      message = test::kConversation.at(which) == acted ? earlier[which] : Bytes{};
    });
    run.hang_up();
    const bool to_shower = acted == test::Speaker::joiner;
    EXPECT_TRUE(failed(to_shower ? run.shown() : run.joined()));
    EXPECT_TRUE(failed(to_shower ? run.joined() : run.shown()));
    EXPECT_TRUE(ada.kept.empty() && ben.kept.empty());
    EXPECT_EQ(code.tries_left(), to_shower ? kTries - 1 : kTries);  // a share counts, whoever it is from
  }
}

// The second time it stands in the place of what that side says next. Behind the last word of each nothing is waited
// for, and nothing more comes of it.
TEST_F(RepeatedPairing, AMessageThatIsSaidTwicePairsNobodyTwice) {
  for (std::size_t which = 0; which < test::kMessages; ++which) {
    SCOPED_TRACE("message " + std::to_string(which));
    forget_who_was_kept();
    Code code = fresh_code();
    test::PairingUnderWay run{io, ada, ben, code, typed};
    run.pass(0, test::kMessages, [&](std::size_t at, Bytes& message) {
      if (at == which) append(message, Bytes{message});
    });
    run.hang_up();
    const bool joiner_failed = failed(run.joined());
    const bool shower_failed = failed(run.shown());
    if (which < test::kJoinersStored) {
      EXPECT_TRUE(test::kConversation.at(which) == test::Speaker::joiner ? shower_failed : joiner_failed);
    }
    if (which < test::kShowersHello) {
      EXPECT_TRUE(joiner_failed && shower_failed);
    }
    EXPECT_EQ(ada.kept.size(), which + 1 < test::kShowersHello ? 0U : 1U);
    EXPECT_EQ(ben.kept.size(), which < test::kShowersHello ? 0U : 1U);
  }
}

// Two pairings at once, with the same words: one message of each goes into the other, or all from there on.
TEST_F(RepeatedPairing, TwoThatAreSplicedPairNobody) {
  for (const bool all_from_there : {false, true}) {
    for (std::size_t which = all_from_there ? 1 : 0; which < test::kMessages; ++which) {
      forget_who_was_kept();
      Code one_code = fresh_code();
      Code other_code = fresh_code();
      test::PairingUnderWay one{io, ada, ben, one_code, typed};
      test::PairingUnderWay other{io, ada, ben, other_code, typed};
      for (std::size_t at = 0; at < test::kMessages; ++at) {
        Bytes of_one = one.heard(at);
        Bytes of_other = other.heard(at);
        if (at == which || (all_from_there && at > which)) std::swap(of_one, of_other);
        one.deliver(at, of_one);
        other.deliver(at, of_other);
      }
      expect_no_couple(which, one);
      expect_no_couple(which, other);
    }
  }
}

// In the place of the next message that its speaker waits for.
TEST_F(RepeatedPairing, AMessageThatComesBackToWhoSaidItPairsNobody) {
  for (std::size_t which = 0; which < test::kMessages; ++which) {
    SCOPED_TRACE("message " + std::to_string(which));
    forget_who_was_kept();
    Code code = fresh_code();
    test::PairingUnderWay run{io, ada, ben, code, typed};
    // The two last words cross: the shower has said its own before it waits for the joiner's.
    run.pass(0, std::min(which, test::kJoinersStored));
    if (which == test::kShowersStored) {
      EXPECT_FALSE(run.heard(test::kJoinersStored).empty());
    }
    const Bytes message = run.heard(which);
    EXPECT_FALSE(message.empty());
    run.reflect(which, message);
    run.hang_up();
    EXPECT_TRUE(failed(run.joined()));
    EXPECT_TRUE(failed(run.shown()));
    EXPECT_EQ(ada.kept.size(), which > test::kShowersHello ? 1U : 0U);
    EXPECT_EQ(ben.kept.size(), which > test::kJoinersHello ? 1U : 0U);
  }
}

}  // namespace
}  // namespace attune::pairing
