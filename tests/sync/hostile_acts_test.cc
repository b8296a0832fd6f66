// A partner whose program keeps no rule: forged, backdated, contradictory, replayed and oversized acts of every kind on
// what two people share. Nothing of what Ada stated, agreed to, called or wrote becomes another thing by them, the
// session lives on or ends cleanly, and what is honest goes on to arrive.
#include <gtest/gtest.h>

#include "attune/journal.pb.h"
#include "book/shared_object.h"
#include "journal/agreement.h"
#include "journal/boundary.h"
#include "journal/pause.h"
#include "journal/responses.h"
#include "sync/hostile.h"

namespace attune::test {
namespace {

using journal::Act;
using journal::ResponseKind;
using ::testing::Contains;
using ::testing::IsEmpty;

constexpr std::chrono::minutes kHalfAnHour{30};
// From the beginning of time to its end, and around now.
const std::vector<Instant> kTimes{Instant{}, Instant{std::chrono::milliseconds{1}}, kLatestInstant,
                                  kLatestInstant - std::chrono::milliseconds{1}};

class HostileActs : public Hostile {
 protected:
  HostileActs() {
    boundary = made(journal::BoundaryStated{"no calls after ten", "time", {}});
    revision = book::load_shared(ada.book().shelf(), boundary).ops.front().id;
    agreement = made(journal::Proposed{"we talk on sundays", {}, {}});
    first_version = last_op(agreement);
    second_version = act(ada, agreement, journal::Proposed{"we talk on mondays", {}, {}});
    withdrawn = made(journal::Proposed{"we never drink", {}, {}});
    withdrawn_version = last_op(withdrawn);
    pause = made(journal::Paused{"a walk", clock.now() + kHalfAnHour});
    entry = ada.write("I felt alone", true);
    journal::EntryContent apology = words("I read your letters");
    apology.kind = journal::EntryKind::apology;
    clock.advance(std::chrono::seconds{1});
    meet(ada, ben);
    bens_apology = ben.book().write({apology, true});
    act(ben, agreement, journal::Accepted{first_version});
    reflection = act(ben, entry, journal::Response{ResponseKind::reflect, "you missed me", {}});
    act(ada, withdrawn, journal::Withdrawn{"not like this"});
    meet(ada, ben);
    stated = said();
    restart();
  }

  ObjectId made(Act first) {
    const ObjectId id{ada.root(), crypto::random_id<ObjectNumber>()};
    act(ada, id, std::move(first));
    return id;
  }
  OpId act(Device& by, const ObjectId& id, Act what) {
    clock.advance(std::chrono::milliseconds{1});
    return book::append(by.book(), couple, id, Instant{}, std::move(what));
  }
  OpId last_op(const ObjectId& id) { return book::load_shared(ada.book().shelf(), id).ops.back().id; }
  std::vector<journal::Seen> ops(const ObjectId& id) { return book::load_shared(ada.book().shelf(), id).ops; }

  // All that depends on Ada's will, and nothing of what Ben may add beside it.
  struct Said {
    journal::BoundaryStatus boundary;
    journal::BoundaryStated limit;
    std::optional<OpId> in_force;
    journal::AgreementStatus withdrawn;
    Instant pause_until;
    bool resumed, erased, heard;
    std::string body;
    friend bool operator==(const Said&, const Said&) = default;
  };
  Said said() {
    const auto limit = journal::fold_boundary(boundary, ops(boundary)).value();
    const auto agreed = journal::fold_agreement(agreement, ops(agreement)).value();
    const auto ended = journal::fold_agreement(withdrawn, ops(withdrawn)).value();
    const auto paused = journal::fold_pause(pause, ops(pause)).value();
    const journal::Entry mine = ada.book().entry(entry);
    return {limit.status,
            limit.current.stated,
            agreed.in_force,
            ended.status,
            paused.until,
            paused.resumed_at.has_value(),
            mine.erased,
            journal::fold_responses(mine, ops(entry)).heard,
            mine.current ? mine.current->content.body : ""};
  }

  // In one log of Ben's, in this order and batch.
  Forged log_with(const std::vector<std::pair<ObjectId, Act>>& acts, Instant at) {
    Forged log{ben.root(), couple};
    for (const auto& [object, what] : acts) log.say(object, {at, what});
    return log;
  }
  void arrives(const Forged& log) {
    restart();
    begin({log.held()});
    say(log.batch(1, log.n()));
    const log::Held* held = ada.book().logs().find(log.name.id);
    ASSERT_TRUE(held != nullptr && held->n == log.n()) << "it was not even taken";
  }
  // The session lives: what comes after it is taken.
  void expect_that_the_session_lives() {
    Forged honest{ben.root(), couple};
    honest.add(payload_of("still here"));
    say(inventory({honest.held()}));
    arrives(honest);
    EXPECT_THAT(ada.bodies(), Contains("still here"));
  }
  void expect_that_nothing_moved() {
    EXPECT_EQ(said(), stated);
    EXPECT_THAT(ada.book().verify().problems, IsEmpty());
  }

  ObjectId boundary, agreement, withdrawn, pause, entry, bens_apology;
  OpId revision, first_version, second_version, withdrawn_version, reflection;
  Said stated{};
};

TEST_F(HostileActs, ActsThatAreNotTheirsHaveNoEffectWheneverTheySayTheyWereMade) {
  const OpId nothing = crypto::random_id<OpId>();
  const std::vector<std::pair<ObjectId, Act>> acts{
      {boundary, journal::BoundaryStated{"calls at any time", "time", {}}},
      {boundary, journal::BoundaryLifted{revision}},
      {boundary, journal::BoundaryAcknowledged{nothing}},
      {boundary, journal::Erase{}},
      {pause, journal::Paused{"for ever", clock.now() + std::chrono::hours{20}}},
      {pause, journal::Resumed{}},
      {pause, journal::Erase{}},
      {entry, words("I was wrong about you")},
      {entry, journal::Erase{}},
      {entry, journal::SharedAs{crypto::random_id<ObjectNumber>()}},
      {entry, journal::Response{ResponseKind::understood, {}, reflection}},
      {entry, journal::Response{ResponseKind::accept, {}, {}}},
      {agreement, journal::Accepted{second_version}},
      {agreement, journal::Declined{second_version, "no"}},
      {agreement, journal::Accepted{nothing}},
      {agreement, journal::Proposed{"you pay for everything", {}, {}}},
      {withdrawn, journal::Accepted{withdrawn_version}},
      {withdrawn, journal::Proposed{"we never drink", {}, {}}},
  };
  for (const Instant at : kTimes) {
    for (const auto& [object, what] : acts) {
      // Ben's yes to the pending version binds both, and is his to say; all else is not.
      if (std::holds_alternative<journal::Accepted>(what) && object == agreement &&
          std::get<journal::Accepted>(what).version == second_version)
        continue;
      arrives(log_with({{object, what}}, at));
      expect_that_nothing_moved();
    }
  }
  expect_that_the_session_lives();
}

TEST_F(HostileActs, ContradictingOneselfInOneBatchBindsNobodyElse) {
  for (const Instant at : kTimes) {
    Forged log{ben.root(), couple};
    const OpId proposed = log.say(agreement, {at, journal::Proposed{"in Ben's words", {}, {}}});
    log.say(agreement, {at, journal::Declined{proposed, ""}});
    log.say(agreement, {at, journal::Accepted{proposed}});
    log.say(agreement, {at, journal::Marked{journal::MarkKind::missed, journal::kLatestDay, {}, "you"}});
    log.say(agreement, {at, journal::Marked{journal::MarkKind::kept, journal::kEarliestDay, {}, ""}});
    arrives(log);
    expect_that_nothing_moved();
  }
}

TEST_F(HostileActs, NothingBeginsInAnothersName) {
  for (const Act& what :
       {Act{journal::BoundaryStated{"Ada's limit", "", {}}}, Act{journal::Proposed{"Ada promises", {}, {}}},
        Act{journal::Paused{"Ada is away", clock.now() + kHalfAnHour}}, Act{words("Ada wrote this")}}) {
    const ObjectId forged{ada.root(), crypto::random_id<ObjectNumber>()};
    arrives(log_with({{forged, what}}, clock.now()));
    EXPECT_FALSE(journal::fold_boundary(forged, ops(forged)));
    EXPECT_FALSE(journal::fold_agreement(forged, ops(forged)));
    EXPECT_FALSE(journal::fold_pause(forged, ops(forged)));
    for (const auto kind : {book::ObjectKind::boundary, book::ObjectKind::agreement, book::ObjectKind::pause}) {
      EXPECT_THAT(ada.book().all(kind, book::Book::Which::all), ::testing::Not(Contains(forged)));
    }
    EXPECT_ERROR(Errc::not_found, ada.book().entry(forged));
    expect_that_nothing_moved();
  }
}

TEST_F(HostileActs, WhatEndsAnAgreementForBenIsBensToSay) {
  arrives(log_with({{agreement, journal::Withdrawn{"enough"}}}, Instant{}));
  const auto ended = journal::fold_agreement(agreement, ops(agreement)).value();
  EXPECT_EQ(ended.status, journal::AgreementStatus::withdrawn);
  EXPECT_FALSE(ended.in_force);
  // And nothing brings it back: not an accept, not the old version once more.
  for (const Instant at : kTimes) {
    arrives(
        log_with({{agreement, journal::Accepted{first_version}}, {agreement, journal::Accepted{second_version}}}, at));
    EXPECT_FALSE(journal::fold_agreement(agreement, ops(agreement)).value().in_force);
  }
}

TEST_F(HostileActs, TheSameActInAnotherLogIsOneAct) {
  Forged log{ben.root(), couple};
  log.add(entry, std::string(kRandom, 'r') +
                     journal::encode({clock.now(), journal::Response{ResponseKind::comfort, "I am here", {}}}));
  Forged again{ben.root(), couple};
  again.add(entry, log.payload(1));
  arrives(log);
  arrives(again);
  const auto responses = journal::fold_responses(ada.book().entry(entry), ops(entry));
  EXPECT_EQ(std::ranges::count(responses.all, std::string{"I am here"},
                               [](const journal::Responded& one) { return one.response.text; }),
            1);
  // Twice in one log is no log that an honest program could have written.
  Forged twice{ben.root(), couple};
  twice.add(entry, log.payload(1));
  twice.add(entry, log.payload(1));
  restart();
  begin({twice.held()});
  before = ada.contents();
  say(twice.batch(1, 2));
  EXPECT_TRUE(ada.contents() == before);
  expect_that_nothing_moved();
}

// By hand, since our own encoder writes nothing past a limit.
std::string bytes_of(const journal::v1::Op& op) { return std::string(kRandom, 'r') + op.SerializeAsString(); }

std::vector<journal::v1::Op> oversized() {
  const std::string long_text((16U << 10U) + 1, 'x');
  const std::string long_reason(1025, 'x');
  std::vector<journal::v1::Op> ops;
  const auto add = [&]() -> journal::v1::Op& {
    ops.emplace_back().set_time(1'790'000'000'000);
    return ops.back();
  };
  auto& response = *add().mutable_response();
  response.set_kind(journal::v1::RESPONSE_KIND_COMFORT);
  response.set_text(long_text);
  add().mutable_boundary_stated()->set_text(long_text);
  auto& topic = *add().mutable_boundary_stated();
  topic.set_text("x");
  topic.set_topic(std::string(65, 'x'));
  add().mutable_boundary_asked()->set_text(long_text);
  add().mutable_proposed()->set_text(long_text);
  auto& zone = *add().mutable_proposed();
  zone.set_text("x");
  zone.mutable_every()->set_every(journal::v1::EVERY_DAY);
  zone.mutable_every()->set_zone(std::string(65, 'x'));
  auto& declined = *add().mutable_declined();
  declined.set_version(std::string(32, 'v'));
  declined.set_why(long_reason);
  add().mutable_withdrawn()->set_why(long_reason);
  auto& marked = *add().mutable_marked();
  marked.set_kind(journal::v1::MARK_KIND_KEPT);
  marked.set_note(long_reason);
  auto& opened = *add().mutable_opened();
  opened.set_commitment(std::string(32, 'c'));
  opened.set_theirs(std::string(32, 't'));
  opened.set_key(std::string(32, 'k'));
  opened.mutable_answers()->set_hard(long_text);
  add().mutable_paused()->set_text(long_text);
  add().mutable_committed()->set_digest("short");
  add().mutable_accepted()->set_version(std::string(33, 'v'));
  add().mutable_boundary_lifted()->set_revision("short");
  return ops;
}

TEST_F(HostileActs, WhatIsPastALimitEndsTheSessionAndLeavesNothing) {
  for (const journal::v1::Op& op : oversized()) {
    for (const ObjectId& object : {boundary, agreement, pause, entry, ObjectId{ben.root(), ObjectNumber{}}}) {
      Forged log{ben.root(), couple};
      log.add(object, bytes_of(op));
      restart();
      begin({log.held()});
      before = ada.contents();
      SCOPED_TRACE(op.ShortDebugString().substr(0, 80));
      EXPECT_ERROR(Errc::peer_misbehaved, say(log.batch(1, 1)));
      EXPECT_TRUE(ada.contents() == before);
    }
  }
  expect_that_nothing_moved();
  expect_that_the_session_lives();
}

class Tampered : public HostileActs, public ::testing::WithParamInterface<std::size_t> {};

// Every act, cut short and with each byte turned, or each so many, on an object of each kind: refused or without
// effect.
TEST_P(Tampered, ActsAreRefusedOrHaveNoEffect) {
  std::size_t first = 0;
  const std::vector<Act> acts{
      journal::Response{ResponseKind::understood, {}, reflection},
      journal::BoundaryStated{"x", "y", journal::kLatestDay},
      journal::BoundaryAcknowledged{crypto::random_id<OpId>()},
      journal::BoundaryLifted{revision},
      journal::Proposed{"x", journal::Schedule{.every = journal::Schedule::Every::day, .from = {}, .zone = "UTC"}, {}},
      journal::Marked{journal::MarkKind::moved, {}, journal::kLatestDay, "x"},
      journal::Committed{crypto::random_id<journal::AnswersDigest>()},
      journal::Paused{"x", kLatestInstant},
      journal::Resumed{}};
  for (const Act& what : acts) {
    const std::string good = std::string(kRandom, 'r') + journal::encode({clock.now(), what});
    for (std::size_t at = kRandom + first++ % GetParam(); at < good.size(); at += GetParam()) {
      for (const bool cut : {true, false}) {
        std::string bad = cut ? good.substr(0, at) : good;
        if (!cut) bad[at] = static_cast<char>(bad[at] ^ 0x41);
        Forged log{ben.root(), couple};
        log.add(boundary, bad);
        restart();
        begin({log.held()});
        try {
          say(log.batch(1, 1));
        } catch (const Error& error) {
          EXPECT_EQ(error.code(), Errc::peer_misbehaved);
        }
      }
    }
    EXPECT_EQ(said(), stated);
  }
  EXPECT_THAT(ada.book().verify().problems, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Quick, Tampered, ::testing::Values(std::size_t{5}));
INSTANTIATE_TEST_SUITE_P(Slow, Tampered, ::testing::Values(std::size_t{1}));

}  // namespace
}  // namespace attune::test
