// The commitment to the answers of a check-in, and its key.
#include "book/answers.h"

#include <gtest/gtest.h>

#include "journal/codec.h"
#include "log/chain.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using journal::Answered;
using journal::Answers;
using journal::AnswersDigest;
using journal::Day;

RootId root(char fill) { return *RootId::from(std::string(32, fill)); }
CoupleId couple(char fill) { return *CoupleId::from(std::string(32, fill)); }
AnswersSecret key(std::byte fill) {
  return AnswersSecret::born([&](auto into) { std::ranges::fill(into, fill); });
}

const Day kDay{std::chrono::days{20000}};
const ObjectId kCheckIn = check_in_object(couple('c'), kDay);
const Answers kAnswers{"calm", 4, 3, "that you called", "the evenings", "a walk", "and I am tired"};
const Answered kAnswered{*OpId::from(std::string(32, 'o')), kAnswers};
constexpr Instant kTime{std::chrono::milliseconds{5}};

TEST(CheckInObject, IsTheSameForBothOnOneDateAndNobodysOwn) {
  EXPECT_EQ(check_in_object(couple('c'), kDay), kCheckIn);
  EXPECT_EQ(kCheckIn.creator, root('c'));  // in the place of a person's root
  EXPECT_NE(check_in_object(couple('c'), kDay + std::chrono::days{1}), kCheckIn);
  EXPECT_NE(check_in_object(couple('d'), kDay).number, kCheckIn.number);
  EXPECT_NE(check_in_object(couple('c'), Day{std::chrono::days{-1}}).number, kCheckIn.number);
}

TEST(AnswersDigest, IsAnotherForAnyOtherKeyAnswerAuthorOrCheckIn) {
  const AnswersSecret one = key(std::byte{1});
  const AnswersDigest digest = digest_of(kCheckIn, root('a'), one.bytes(), kAnswers);
  EXPECT_EQ(digest_of(kCheckIn, root('a'), one.bytes(), kAnswers), digest);
  EXPECT_NE(digest_of(kCheckIn, root('a'), key(std::byte{2}).bytes(), kAnswers), digest);
  EXPECT_NE(digest_of(check_in_object(couple('c'), kDay + std::chrono::days{1}), root('a'), one.bytes(), kAnswers),
            digest);
  Answers other = kAnswers;
  other.closeness = 4;
  EXPECT_NE(digest_of(kCheckIn, root('a'), one.bytes(), other), digest);
}

// Else Ben could commit to whatever Ada has committed to, wait for hers, and hand them back as his own.
TEST(AnswersDigest, OfOnePersonOpensNothingForTheOther) {
  const AnswersSecret one = key(std::byte{1});
  EXPECT_NE(digest_of(kCheckIn, root('a'), one.bytes(), kAnswers),
            digest_of(kCheckIn, root('b'), one.bytes(), kAnswers));
}

TEST(AnswersDigest, IsWhatAnIndependentProgramComputes) {
  EXPECT_EQ(kCheckIn.number.hex(), "8e767beed9ce03d0df20add068acfef6");
  EXPECT_EQ(digest_of(kCheckIn, root('a'), key(std::byte{1}).bytes(), kAnswers).hex(),
            "15ead6c9c25c2429cfd7bd0f76667d01b878d8ce3603c1b8da0778793afebf03");
}

TEST(AnsweredPayload, HoldsTheActAndTheKey) {
  const AnsweredPayload payload{kTime, kAnswered, key(std::byte{'k'})};
  const std::string_view text = as_text(payload.bytes());
  EXPECT_EQ(journal::decode(text.substr(log::kPayloadRandom)), (journal::Op{kTime, kAnswered}));
  EXPECT_TRUE(crypto::equal_secrets(answers_key_in(text).bytes(), key(std::byte{'k'}).bytes()));
  // All else is as the journal encodes it.
  std::string plain{text.substr(log::kPayloadRandom)};
  plain.replace(plain.find(std::string(32, 'k')), 32, std::string(32, '\0'));
  EXPECT_EQ(plain, journal::encode({kTime, kAnswered}));
}

TEST(AnsweredPayload, IsAnotherEachTime) {
  const AnsweredPayload one{kTime, kAnswered, key(std::byte{'k'})};
  const AnsweredPayload two{kTime, kAnswered, key(std::byte{'k'})};
  EXPECT_NE(as_text(one.bytes()).substr(0, 32), as_text(two.bytes()).substr(0, 32));
}

TEST(AnsweredPayload, PastALimitIsRefused) {
  Answered broken = kAnswered;
  broken.answers.closeness = 6;
  EXPECT_ERROR(Errc::usage, AnsweredPayload(kTime, broken, new_answers_key()));
}

TEST(AnsweredPayload, WithoutAKeyIsDamaged) {
  const std::string random(log::kPayloadRandom, 'r');
  EXPECT_ERROR(Errc::damaged, answers_key_in(""));
  EXPECT_ERROR(Errc::damaged, answers_key_in(random));
  EXPECT_ERROR(Errc::damaged, answers_key_in(random + journal::encode({kTime, journal::Erase{}})));
  const std::string whole = random + journal::encode({kTime, kAnswered});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_ERROR(Errc::damaged, answers_key_in(std::string_view{whole}.substr(0, size)));
}

TEST(Opening, CarriesTheKeyThatOpensTheCommitment) {
  const OpId theirs = *OpId::from(std::string(32, 't'));
  const auto opened = opening({kAnswered.commitment, kAnswered.commitment, theirs, kAnswers}, key(std::byte{1}));
  EXPECT_EQ(opened.theirs, theirs);
  EXPECT_EQ(digests_of(kCheckIn)(root('a'), opened.key, opened.answers),
            digest_of(kCheckIn, root('a'), key(std::byte{1}).bytes(), kAnswers));
}

}  // namespace
}  // namespace attune::book
