// Being heard: each rule of a response as a sentence.
#include "journal/responses.h"

#include <gmock/gmock.h>

#include "journal/ops.h"

namespace attune::test {
namespace {

using journal::AuthorsWord;
using journal::Entry;
using journal::EntryContent;
using journal::EntryKind;
using journal::Erase;
using journal::Response;
using journal::ResponseKind;
using journal::Responses;
using journal::Seen;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr bool kShared = true;

OpId op(std::uint8_t id) { return made_id<OpId>(id); }
Seen ada(std::uint8_t id, std::int64_t ms, journal::Act act) { return seen(id, ms, std::move(act), kAda, kShared); }
Seen ben(std::uint8_t id, std::int64_t ms, journal::Act act) { return seen(id, ms, std::move(act), kBen, kShared); }
Response says(ResponseKind kind, std::string text = "", std::optional<OpId> to = std::nullopt) {
  return {kind, std::move(text), to};
}
EntryContent apology() {
  EntryContent content = said("I read your letters");
  content.kind = EntryKind::apology;
  return content;
}
EntryContent just_listen(EntryContent content = said("a hard day")) {
  content.just_listen = true;
  return content;
}

Entry entry_of(const std::vector<Seen>& ops) { return journal::fold_entry(kEntry, ops).value_or(Entry{}); }
Responses folded(const std::vector<Seen>& ops) { return journal::fold_responses(entry_of(ops), ops); }
bool refused(const std::vector<Seen>& ops, const RootId& who, const Response& response) {
  return why_not_respond(entry_of(ops), folded(ops), who, response).has_value();
}
std::vector<ResponseKind> offered_to(const std::vector<Seen>& ops, const RootId& who) {
  return offered(entry_of(ops), folded(ops), who);
}
std::vector<ResponseKind> kinds(const Responses& responses) {
  std::vector<ResponseKind> found;
  for (const auto& one : responses.all) found.push_back(one.response.kind);
  return found;
}

TEST(Responses, StandInTheOrderOfTheirTimes) {
  const Responses responses = folded({ben(3, 30, says(ResponseKind::thanks)), ada(1, 10, said("a")),
                                      ben(2, 20, says(ResponseKind::comfort, "I am here"))});
  EXPECT_THAT(kinds(responses), ElementsAre(ResponseKind::comfort, ResponseKind::thanks));
  EXPECT_EQ(responses.all[0].author, kBen);
  EXPECT_EQ(responses.all[0].time, at_ms(20));
  EXPECT_EQ(responses.all[0].response.text, "I am here");
}

TEST(Responses, AreOfThePartnerAndNotOfTheAuthor) {
  EXPECT_THAT(folded({ada(1, 10, apology()), ada(2, 20, says(ResponseKind::reflect, "x")),
                      ada(3, 21, says(ResponseKind::comfort, "x")), ada(4, 22, says(ResponseKind::thanks)),
                      ada(5, 23, says(ResponseKind::accept)), ada(6, 24, says(ResponseKind::not_yet))})
                  .all,
              IsEmpty());
}

TEST(Responses, CountInTheCouplesLogAlone) {
  EXPECT_THAT(folded({ada(1, 10, said("a")), seen(2, 20, says(ResponseKind::thanks), kBen)}).all, IsEmpty());
}

TEST(Responses, AcceptAnApologyAndNothingElse) {
  const std::vector<Seen> both{ben(2, 20, says(ResponseKind::not_yet, "give me time")),
                               ben(3, 30, says(ResponseKind::accept))};
  EXPECT_THAT(kinds(folded({ada(1, 10, apology()), both[0], both[1]})),
              ElementsAre(ResponseKind::not_yet, ResponseKind::accept));
  EXPECT_THAT(folded({ada(1, 10, said("a")), both[0], both[1]}).all, IsEmpty());
  EXPECT_TRUE(refused({ada(1, 10, said("a"))}, kBen, says(ResponseKind::accept)));
  EXPECT_FALSE(refused({ada(1, 10, apology())}, kBen, says(ResponseKind::accept)));
}

// Nobody accepts an apology that they never read.
TEST(Responses, AreMarkedWhereTheTextIsAnotherNow) {
  EntryContent other = apology();
  other.body = "you made me do it";
  other.replaces = {op(1)};
  const Seen accepted = ben(2, 20, says(ResponseKind::accept, "", op(1)));
  EXPECT_FALSE(folded({ada(1, 10, apology()), accepted}).all.at(0).of_other_text);
  EXPECT_TRUE(folded({ada(1, 10, apology()), accepted, ada(3, 30, other)}).all.at(0).of_other_text);
  EXPECT_TRUE(folded({gone(1, kAda, kShared), accepted, ada(3, 30, other)}).all.at(0).of_other_text);
}

TEST(Heard, IsWhoseReflectionTheAuthorUnderstood) {
  std::vector<Seen> ops{ada(1, 10, said("a")), ben(2, 20, says(ResponseKind::reflect, "what I hear is"))};
  EXPECT_FALSE(folded(ops).heard);
  ops.push_back(ada(3, 30, says(ResponseKind::understood, "", op(2))));
  EXPECT_TRUE(folded(ops).heard);
  EXPECT_EQ(folded(ops).all.at(0).word, AuthorsWord::understood);
}

TEST(Heard, IsTakenBackByALaterNotQuite) {
  std::vector<Seen> ops{ada(1, 10, said("a")), ben(2, 20, says(ResponseKind::reflect, "what I hear is")),
                        ada(4, 40, says(ResponseKind::not_quite, "rather", op(2))),
                        ada(3, 30, says(ResponseKind::understood, "", op(2)))};
  EXPECT_FALSE(folded(ops).heard);
  EXPECT_EQ(folded(ops).all.at(0).word, AuthorsWord::not_quite);
  ops.push_back(ada(5, 50, says(ResponseKind::understood, "", op(2))));
  EXPECT_TRUE(folded(ops).heard);
}

TEST(Heard, IsForTheAuthorAloneToSay) {
  EXPECT_FALSE(folded({ada(1, 10, said("a")), ben(2, 20, says(ResponseKind::reflect, "what I hear is")),
                       ben(3, 30, says(ResponseKind::understood, "", op(2)))})
                   .heard);
  const std::vector<Seen> taken_back_by_the_other{
      ada(1, 10, said("a")), ben(2, 20, says(ResponseKind::reflect, "what I hear is")),
      ada(3, 30, says(ResponseKind::understood, "", op(2))), ben(4, 40, says(ResponseKind::not_quite, "no", op(2)))};
  EXPECT_TRUE(folded(taken_back_by_the_other).heard);
}

TEST(Heard, NeedsAReflectionThatIsThere) {
  std::vector<Seen> ops{ada(1, 10, said("a")), ada(3, 30, says(ResponseKind::understood, "", op(2))),
                        ada(4, 30, says(ResponseKind::understood, "", op(5))),
                        ada(6, 30, says(ResponseKind::understood)), ben(5, 20, says(ResponseKind::comfort, "here"))};
  EXPECT_FALSE(folded(ops).heard);
  EXPECT_THAT(kinds(folded(ops)), ElementsAre(ResponseKind::comfort));
  ops.push_back(ben(2, 99, says(ResponseKind::reflect, "it comes late")));
  EXPECT_TRUE(folded(ops).heard);
}

TEST(JustListen, OffersComfortAndThanksAlone) {
  const std::vector<Seen> ops{ada(1, 10, just_listen())};
  EXPECT_THAT(offered_to(ops, kBen), ElementsAre(ResponseKind::comfort, ResponseKind::thanks));
  EXPECT_TRUE(refused(ops, kBen, says(ResponseKind::reflect, "what I hear is")));
  EXPECT_FALSE(refused(ops, kBen, says(ResponseKind::comfort, "I am here")));
  EXPECT_THAT(offered_to({ada(1, 10, just_listen(apology()))}, kBen),
              ElementsAre(ResponseKind::comfort, ResponseKind::thanks));
}

// The one who spoke would believe that it was heard.
TEST(JustListen, HidesNothingThatWasSaidAllTheSame) {
  std::vector<Seen> ops{ada(1, 10, just_listen()), ben(2, 20, says(ResponseKind::reflect, "what I hear is"))};
  ASSERT_EQ(folded(ops).all.size(), 1U);
  EXPECT_TRUE(folded(ops).all[0].unasked);
  EXPECT_THAT(offered_to(ops, kAda), IsEmpty());
  EXPECT_FALSE(refused(ops, kAda, says(ResponseKind::understood, "", op(2)))) << "the author may all the same";
  ops.push_back(ben(3, 30, says(ResponseKind::thanks)));
  EXPECT_FALSE(folded(ops).all[1].unasked);
}

TEST(Responses, AreNothingUnderAnErasedEntry) {
  const std::vector<Seen> ops{ada(1, 10, said("a")), ben(2, 20, says(ResponseKind::reflect, "x")),
                              ada(3, 30, says(ResponseKind::understood, "", op(2))), ada(4, 5, Erase{})};
  EXPECT_EQ(folded(ops), Responses{});
  EXPECT_TRUE(refused(ops, kBen, says(ResponseKind::thanks)));
  EXPECT_THAT(offered_to(ops, kBen), IsEmpty());
}

TEST(Responses, ThatTheirAuthorErasedDoNotComeBack) {
  const std::vector<Seen> ops{ada(1, 10, said("a")), ben(2, 20, says(ResponseKind::comfort, "x")), ben(3, 5, Erase{}),
                              ben(4, 99, says(ResponseKind::thanks))};
  EXPECT_THAT(folded(ops).all, IsEmpty());
  EXPECT_TRUE(refused(ops, kBen, says(ResponseKind::thanks)));
  EXPECT_THAT(offered_to(ops, kBen), IsEmpty());
}

TEST(Responses, AreNotForAPrivateEntryNorForOneWithoutText) {
  EXPECT_TRUE(refused({seen(1, 10, said("a"))}, kAda, says(ResponseKind::understood, "", op(2))));
  EXPECT_TRUE(refused({gone(1, kAda, kShared), seen(2, 20, journal::EarlierVersion{op(1), at_ms(10), said("a")})}, kBen,
                      says(ResponseKind::thanks)));
}

TEST(Responses, AreOfferedToEachWhatIsTheirs) {
  std::vector<Seen> ops{ada(1, 10, said("a"))};
  EXPECT_THAT(offered_to(ops, kBen), ElementsAre(ResponseKind::reflect, ResponseKind::comfort, ResponseKind::thanks));
  EXPECT_THAT(offered_to(ops, kAda), IsEmpty());
  ops.push_back(ben(2, 20, says(ResponseKind::reflect, "what I hear is")));
  EXPECT_THAT(offered_to(ops, kAda), ElementsAre(ResponseKind::understood, ResponseKind::not_quite));
  EXPECT_THAT(offered_to({ada(1, 10, apology())}, kBen),
              ElementsAre(ResponseKind::reflect, ResponseKind::comfort, ResponseKind::thanks, ResponseKind::accept,
                          ResponseKind::not_yet));
}

TEST(Responses, OfTheWrongPersonAreRefused) {
  const std::vector<Seen> ops{ada(1, 10, apology()), ben(2, 20, says(ResponseKind::reflect, "what I hear is"))};
  EXPECT_TRUE(refused(ops, kAda, says(ResponseKind::reflect, "to myself")));
  EXPECT_TRUE(refused(ops, kAda, says(ResponseKind::accept)));
  EXPECT_TRUE(refused(ops, kBen, says(ResponseKind::understood, "", op(2))));
  EXPECT_TRUE(refused(ops, kAda, says(ResponseKind::understood, "", op(1)))) << "that is no reflection";
  EXPECT_FALSE(refused(ops, kAda, says(ResponseKind::understood, "", op(2))));
}

TEST(Responses, HaveWordsWhereTheirKindIsOfWords) {
  for (const ResponseKind kind : {ResponseKind::reflect, ResponseKind::not_quite, ResponseKind::comfort}) {
    EXPECT_TRUE(why_not_words(says(kind))) << name_of(kind);
    EXPECT_TRUE(why_not_words(says(kind, " \n"))) << name_of(kind);
    EXPECT_FALSE(why_not_words(says(kind, "words"))) << name_of(kind);
  }
  for (const ResponseKind kind : {ResponseKind::understood, ResponseKind::thanks, ResponseKind::accept}) {
    EXPECT_FALSE(why_not_words(says(kind))) << name_of(kind);
    EXPECT_TRUE(why_not_words(says(kind, "words"))) << name_of(kind);
  }
  EXPECT_FALSE(why_not_words(says(ResponseKind::not_yet)));
  EXPECT_FALSE(why_not_words(says(ResponseKind::not_yet, "soon")));
}

TEST(Responses, KnowTheOneReflection) {
  std::vector<Seen> ops{ada(1, 10, said("a"))};
  EXPECT_EQ(only_reflection(folded(ops)), std::nullopt);
  ops.push_back(ben(2, 20, says(ResponseKind::reflect, "x")));
  EXPECT_EQ(only_reflection(folded(ops)), op(2));
  ops.push_back(ben(3, 20, says(ResponseKind::reflect, "y")));
  EXPECT_EQ(only_reflection(folded(ops)), std::nullopt);
}

TEST(Responses, TakeTheirTimeFromTheAuthorAlone) {
  EXPECT_EQ(folded({ada(1, 10, said("a")), ben(2, 999, says(ResponseKind::reflect, "x")),
                    ada(3, 30, says(ResponseKind::understood, "", op(2)))})
                .newest,
            at_ms(30));
}

}  // namespace
}  // namespace attune::test
