// What comes due, by the zones that a node was handed: on the asker's wall, and where a zone is not known here.
#include <gmock/gmock.h>

#include "book/agreements.h"
#include "book/home.h"
#include "identity/root.h"
#include "journal/schedule.h"
#include "journal/schedule_text.h"
#include "journal/walls.h"
#include "node/homes.h"

namespace attune::test {
namespace {

using api::v1::AgreementRequest;
using api::v1::Request;
using api::v1::Response;
using ::testing::ElementsAre;

// Knows one place, with a summer.
class MadeUpZones final : public Zones {
 public:
  [[nodiscard]] const Zone* named(const std::string& name) const override {
    return name == "Made/Up" ? &zone_ : nullptr;
  }

 private:
  EuropeanZone zone_{std::chrono::minutes{60}};
};

class Due : public ::testing::Test {
 protected:
  Due() {
    std::vector<identity::SelfKey> keys;
    keys.push_back(identity::self_key_from(ada.self_seed, nullptr));
    PosixFiles{}.make_directory(folder.at("home"));
    auto home = std::make_unique<node::Home>(
        folder.at("home"),
        identity::Vault{ada.id, ada.backup_recipient, crypto::random_secret<crypto::DeviceSecret>(),
                        crypto::random_secret<identity::StoreSecret>(), std::move(keys), false},
        clock, std::make_unique<MadeUpZones>());
    home->people().add(ada.id,
                       {identity::sign_statement(ada.signing, identity::Admit{home->vault().device_id(), 1}).wire});
    home->book().pair({ben.id, "Ben", "able amber apple"}, made_couple_key());
    node = std::make_unique<node::Node>(io, std::move(home), log, [] {});
  }

  Response ask(const AgreementRequest& wanted) {
    Request request;
    *request.mutable_agreement() = wanted;
    return test::ask(io, *node, request);
  }
  // Ben's log as it is, once more: what is held already is passed over.
  void hear_from_ben() {
    const Parcel parcel = bens.parcel();
    book::Book& book = node->home().book();
    book.receive(book.learn(parcel.name, parcel.device), parcel.first, parcel.incoming(), parcel.link, parcel.seal,
                 book::Book::Handed::vouched);
  }
  std::string agreed(const std::string& every) {
    AgreementRequest request;
    request.mutable_propose()->set_text("we talk");
    request.mutable_propose()->set_every(every);
    request.mutable_propose()->set_zone("Made/Up");
    const Response response = ask(request);
    EXPECT_FALSE(response.has_error()) << response.error().message();
    const ObjectId id = *node->home().book().find(book::ObjectKind::agreement, response.act().id());
    bens.say(id, {clock.now(), journal::Accepted{book::agreement(node->home().book(), id).pending.front()}});
    hear_from_ben();
    return response.act().id();
  }
  // Of Ben, by a clock that nobody here knows.
  std::string agreed_elsewhere() {
    const ObjectId id{ben.id, crypto::random_id<ObjectNumber>()};
    journal::Proposed said{"we call", journal::Schedule{}, {}};
    said.every->every = journal::Schedule::Every::day;
    said.every->from = on(2026, 1, 1);
    said.every->zone = "Nowhere/Land";
    const OpId version = bens.say(id, {clock.now(), said});
    hear_from_ben();
    AgreementRequest request;
    request.set_accept(version.hex());
    const Response response = ask(request);
    EXPECT_FALSE(response.has_error()) << response.error().message();
    return response.act().id();
  }
  std::vector<std::string> moments(const AgreementRequest& request) {
    std::vector<std::string> all;
    const Response response = ask(request);
    EXPECT_FALSE(response.has_error()) << response.error().message();
    for (const auto& one : response.due().due()) all.push_back(one.at());
    return all;
  }
  static AgreementRequest due(const std::string& until, const std::string& here) {
    AgreementRequest request;
    request.mutable_due()->set_until(until);
    request.set_here(here);
    request.set_now_offset(120);
    return request;
  }

  Folder folder;
  // Saturday, 24 October 2026, 10:00 UTC: the night before clocks go back.
  ManualClock clock{Instant{std::chrono::milliseconds{1'792'836'000'000}}};
  identity::Root ada = drawn_person(), ben = drawn_person();
  Scribe bens{ben.id, identity::couple_of(ada.id, ben.id)};
  node::Log log{clock};
  asio::io_context io{1};
  std::unique_ptr<node::Node> node;
};

TEST_F(Due, MomentsStandOnTheAskersWallOnBothSidesOfAChangeOfClocks) {
  agreed("day at 18:00");
  EXPECT_THAT(moments(due("2026-10-25", "Made/Up")),
              ElementsAre("2026-10-24T18:00:00.000+02:00", "2026-10-25T18:00:00.000+01:00"));
  // A wall without a name is as far from UTC as it is now.
  EXPECT_THAT(moments(due("2026-10-25", "")),
              ElementsAre("2026-10-24T18:00:00.000+02:00", "2026-10-25T19:00:00.000+02:00"));
}

TEST_F(Due, ADayEndsOnTheAskersWall) {
  agreed("day at 0:30");
  // At 0:30 there it is 22:30 of the day before in UTC, and after the change 23:30.
  AgreementRequest request = due("2026-10-26", "");
  request.set_now_offset(0);
  EXPECT_THAT(moments(request), ElementsAre("2026-10-24T22:30:00.000+00:00", "2026-10-25T23:30:00.000+00:00",
                                            "2026-10-26T23:30:00.000+00:00"));
}

TEST_F(Due, WithoutADayItIsTodayAndTheNextSeven) {
  agreed("day at 0:00");
  EXPECT_EQ(moments(due("", "Made/Up")).size(), 8U);
  EXPECT_TRUE(moments(due("2026-10-23", "Made/Up")).empty());
  EXPECT_EQ(ask(due("soon", "Made/Up")).error().code(), "usage");
}

TEST_F(Due, WhatCameOnceAndIsOverIsNoScheduleToPropose) {
  AgreementRequest request;
  request.mutable_propose()->set_text("we talk");
  request.mutable_propose()->set_zone("Made/Up");
  request.mutable_propose()->set_every("2026-10-23 at 18:00");
  EXPECT_EQ(ask(request).error().code(), "usage");
  request.mutable_propose()->set_every("2026-10-24 at 18:00");
  EXPECT_FALSE(ask(request).has_error());
}

TEST_F(Due, AZoneThatIsNotKnownHereIsSaidBesideTheRest) {
  agreed("day at 18:00");
  const std::string elsewhere = agreed_elsewhere();
  const Response response = ask(due("2026-10-24", "Made/Up"));
  EXPECT_EQ(response.due().due_size(), 1);
  ASSERT_EQ(response.due().unknown_size(), 1);
  EXPECT_EQ(response.due().unknown(0).id(), elsewhere);
  EXPECT_EQ(response.due().unknown(0).zone(), "Nowhere/Land");
  AgreementRequest kept;
  kept.mutable_mark()->set_id(elsewhere);
  kept.mutable_mark()->set_kind("kept");
  const Response refused = ask(kept);
  EXPECT_EQ(refused.error().code(), "refused");
  EXPECT_FALSE(refused.error().hint().empty());
  EXPECT_TRUE(book::agreements(node->home().book(), book::Book::Which::all).front()->marks.empty());
}

TEST_F(Due, AScheduleNeedsAZoneThatIsKnownAndAMarkAKind) {
  for (const std::string zone : {"", "Nowhere/Land"}) {
    AgreementRequest request;
    request.mutable_propose()->set_text("we talk");
    request.mutable_propose()->set_every("day at 9");
    request.mutable_propose()->set_zone(zone);
    EXPECT_EQ(ask(request).error().code(), "usage");
  }
  AgreementRequest mark;
  mark.mutable_mark()->set_id(agreed("day at 9"));
  mark.mutable_mark()->set_kind("forgotten");
  EXPECT_EQ(ask(mark).error().code(), "usage");
  mark.mutable_mark()->set_kind("kept");
  mark.mutable_mark()->set_on("2026-02-30");
  EXPECT_EQ(ask(mark).error().code(), "usage");
  EXPECT_EQ(ask(AgreementRequest{}).error().code(), "incompatible");
}

// More than anybody reads, whatever was agreed: the first of them, and the list stays one answer.
TEST_F(Due, ManyThatComeForEverAreCutAfterTheFirst) {
  agreed("day at 18:00");
  agreed("day at 19:00");
  const auto all = moments(due("9999-12-31", "Made/Up"));
  EXPECT_EQ(all.size(), journal::kMostDays);
  EXPECT_EQ(all[1], "2026-10-24T19:00:00.000+02:00");
}

// However much the other proposes: a list stays short and says that there is more, and `show` has all of it.
TEST_F(Due, OfManyVersionsThatWaitAListShowsTheNewest) {
  const std::string id = agreed("day at 18:00");
  const auto& book = node->home().book();
  const ObjectId object = *book.find(book::ObjectKind::agreement, id);
  constexpr int kMany = 25;
  for (int i = 0; i < kMany; ++i) {
    clock.advance(std::chrono::seconds{1});
    bens.say(object, {clock.now(), journal::Proposed{"amended " + std::to_string(i), {}, {}}});
  }
  hear_from_ben();
  AgreementRequest list;
  list.set_list(false);
  const api::v1::Agreement brief = ask(list).agreements().agreements(0);
  EXPECT_TRUE(brief.more());
  EXPECT_LT(brief.pending_size(), kMany);
  EXPECT_EQ(brief.pending(brief.pending_size() - 1).text(), "amended 24");
  AgreementRequest show;
  show.set_show(id);
  const api::v1::Agreement whole = ask(show).agreement();
  EXPECT_FALSE(whole.more());
  EXPECT_EQ(whole.pending_size(), kMany);
  AgreementRequest accept;
  accept.set_accept(brief.pending(brief.pending_size() - 1).short_id());
  EXPECT_EQ(ask(accept).act().said_to().text(), "amended 24") << "the words that were accepted";
}

TEST_F(Due, OfManyMarksAListShowsTheNewest) {
  const std::string id = agreed("day at 18:00");
  const ObjectId object = *node->home().book().find(book::ObjectKind::agreement, id);
  constexpr int kMany = 205, kShown = 200;
  const journal::Day first = on(2026, 1, 1);
  for (int i = 0; i < kMany; ++i) {
    bens.say(object, {clock.now(), journal::Marked{journal::MarkKind::kept, first + std::chrono::days{i}, {}, {}}});
  }
  hear_from_ben();
  AgreementRequest list;
  list.set_list(false);
  const api::v1::Agreement brief = ask(list).agreements().agreements(0);
  ASSERT_EQ(brief.marks_size(), kShown);
  EXPECT_TRUE(brief.more());
  EXPECT_EQ(brief.marks(kShown - 1).on(), journal::in_words(first + std::chrono::days{kMany - 1}));
  AgreementRequest show;
  show.set_show(id);
  EXPECT_EQ(ask(show).agreement().marks_size(), kMany);
}

// Before somebody says yes: to which words, and to which version of them, if they may at all.
TEST_F(Due, WhatAnAcceptWouldAcceptIsToldAndNothingChanges) {
  const std::string id = agreed("day at 18:00");
  const auto what = [&](const std::string& named) {
    AgreementRequest request;
    request.set_accept_what(named);
    return ask(request);
  };
  EXPECT_EQ(what(id).error().message(), "no version of it waits for an answer");
  const ObjectId object = *node->home().book().find(book::ObjectKind::agreement, id);
  clock.advance(std::chrono::seconds{1});
  const OpId amended = bens.say(object, {clock.now(), journal::Proposed{"amended", {}, {}}});
  hear_from_ben();
  EXPECT_EQ(what(id).act().id(), amended.hex());
  EXPECT_EQ(what(id).act().said_to().text(), "amended");
  EXPECT_EQ(what(amended.hex().substr(0, 8)).act().id(), amended.hex());
  const auto agreement = book::agreement(node->home().book(), object);
  EXPECT_THAT(agreement.pending, ElementsAre(amended)) << "nobody said yes";
  bens.say(object, {clock.now(), journal::Withdrawn{}});
  hear_from_ben();
  EXPECT_EQ(what(id).error().code(), "refused");
  EXPECT_EQ(what(amended.hex()).error().code(), "refused");
}

}  // namespace
}  // namespace attune::test
