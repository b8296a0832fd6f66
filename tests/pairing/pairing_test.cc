#include <gtest/gtest.h>

#include "pairing/pairing.h"

#include <asio/write.hpp>

#include "core/error.h"
#include "net/loopback.h"
#include "net/padding.h"
#include "pairing/meddling.h"
#include "pairing/messages.h"
#include "pairing/people.h"
#include "support/error_matcher.h"
#include "support/manual_clock.h"

namespace attune::pairing {
namespace {

constexpr std::string_view kWords = test::kSpokenWords;
using Outcome = test::Outcome<Met>;

// Ben shows the code, Ada joins.
class Pairing : public ::testing::Test {
 protected:
  void pair(std::string_view typed = kWords) {
    test::Ends ends{io};
    run(std::move(ends.one), std::move(ends.other), typed);
  }
  // With somebody in between, who hangs up in place of message `end`.
  template <class Change>
  void pair_through(std::size_t end, Change change) {
    const auto typed_code = test::code_of(kWords);
    test::PairingUnderWay under_way{io, ada, ben, code, typed_code};
    under_way.pass(0, end, change);
    under_way.hang_up();
    joined.emplace(under_way.joined());
    shown.emplace(under_way.shown());
    io.restart();
  }
  void pair_through(std::size_t end) {
    pair_through(end, [](std::size_t, const Bytes&) {});
  }
  void run(net::Tcp::socket at_ada, net::Tcp::socket at_ben, std::string_view typed) {
    const auto typed_code = test::code_of(typed);
    const OwnSide ada_own = ada.own();
    const OwnSide ben_own = ben.own();
    shown.emplace(test::spawn(io, show(std::move(at_ben), code, ben_own, ben.keep())));
    joined.emplace(test::spawn(io, join(std::move(at_ada), typed_code, ada_own, ada.keep())));
    io.run();
    io.restart();
  }
  // What Ben's side answers to bytes made by hand, after which the other side hangs up.
  std::size_t says_to(const std::vector<Bytes>& messages) {
    test::Ends ends{io};
    const OwnSide ben_own = ben.own();
    const auto counted = [this] { left_when_told.push_back(code.tries_left()); };
    shown.emplace(test::spawn(io, show(std::move(ends.other), code, ben_own, ben.keep(), counted)));
    for (const Bytes& message : messages) {
      asio::write(ends.one, asio::buffer(net::be16(message.size())));
      asio::write(ends.one, asio::buffer(message.data(), message.size()));
    }
    ends.one.shutdown(net::Tcp::socket::shutdown_send);
    auto heard = test::spawn(io, test::everything(ends.one));
    io.run();
    io.restart();
    return heard.get().first.size();
  }
  void expect_nothing_kept() const {
    EXPECT_TRUE(ada.kept.empty());
    EXPECT_TRUE(ben.kept.empty());
  }

  asio::io_context io;
  test::ManualClock clock;
  Code code{test::code_of(kWords), clock};
  test::Person ada{"Ada"};
  test::Person ben{"Ben"};
  std::optional<Outcome> joined;
  std::optional<Outcome> shown;
  std::vector<int> left_when_told;  // the tries, each time that one was said to be used up
};

TEST_F(Pairing, MakesOneCoupleOfTwoWithTheSameWords) {
  pair();
  const Met at_ada = joined->get();
  const Met at_ben = shown->get();
  EXPECT_EQ(at_ada.root, ben.root.id);
  EXPECT_EQ(at_ada.name, "Ben");
  EXPECT_EQ(at_ada.device, ben.id());
  EXPECT_EQ(at_ben.root, ada.root.id);
  EXPECT_EQ(at_ben.name, "Ada");
  EXPECT_EQ(at_ben.device, ada.id());
  EXPECT_EQ(at_ada.key.hash(), at_ben.key.hash());
  EXPECT_EQ(at_ada.key.revokes, 0U);
  EXPECT_EQ(at_ada.check, at_ben.check);
  EXPECT_EQ(std::ranges::count(at_ada.check, ' '), 2);
  EXPECT_EQ(ada.kept, std::vector{ben.root.id});
  EXPECT_EQ(ben.kept, std::vector{ada.root.id});
}

TEST_F(Pairing, MakesAnotherKeyAndOtherCheckWordsEachTime) {
  pair();
  const Met first = joined->get();
  Code again{test::code_of(kWords), clock};
  test::Ends ends{io};
  const auto typed = test::code_of(kWords);
  const OwnSide ada_own = ada.own();
  const OwnSide ben_own = ben.own();
  auto showing = test::spawn(io, show(std::move(ends.other), again, ben_own, ben.keep()));
  auto joining = test::spawn(io, join(std::move(ends.one), typed, ada_own, ada.keep()));
  io.run();
  const Met second = joining.get();
  EXPECT_NE(first.key.hash(), second.key.hash());
  EXPECT_NE(first.check, second.check);
}

TEST_F(Pairing, TellsBothSidesThatTheWordsDiffer) {
  pair("amber-cabin-rivet");
  EXPECT_ERROR(Errc::wrong_code, joined->get());
  EXPECT_ERROR(Errc::wrong_code, shown->get());
  EXPECT_EQ(code.tries_left(), 2);
  expect_nothing_kept();
}

TEST_F(Pairing, WorksAtTheThirdTry) {
  pair("amber-cabin-rivet");
  pair("amber-cabin-rivet");
  pair();
  EXPECT_EQ(joined->get().key.hash(), shown->get().key.hash());
}

TEST_F(Pairing, EndsTheCodeAfterThreeTries) {
  for (int i = 0; i < kTries; ++i) pair("amber-cabin-rivet");
  EXPECT_FALSE(code.alive());
  pair();
  EXPECT_ERROR(Errc::wrong_code, joined->get());
  EXPECT_ERROR(Errc::wrong_code, shown->get());
  expect_nothing_kept();
}

TEST_F(Pairing, EndsTheCodeAfterFiveMinutes) {
  clock.advance(kCodeLives - std::chrono::milliseconds{1});
  EXPECT_TRUE(code.alive());
  clock.set(clock.now() - std::chrono::hours{1});  // the calendar may jump
  clock.advance(std::chrono::milliseconds{1});
  EXPECT_FALSE(code.alive());
  pair();
  EXPECT_ERROR(Errc::wrong_code, joined->get());
  EXPECT_ERROR(Errc::wrong_code, shown->get());
  EXPECT_EQ(code.tries_left(), kTries);
  expect_nothing_kept();
}

TEST_F(Pairing, EndsTheCodeOnceItHasPaired) {
  pair();
  EXPECT_FALSE(code.alive());
  pair();
  EXPECT_ERROR(Errc::wrong_code, joined->get());
  EXPECT_EQ(ben.kept.size(), 1U);
}

TEST_F(Pairing, MakesOneCoupleWhereTwoJoinAtOnce) {
  test::Person eve{"Eve"};
  test::Ends one{io};
  test::Ends two{io};
  const auto typed = test::code_of(kWords);
  const OwnSide ben_own = ben.own();
  const OwnSide ada_own = ada.own();
  const OwnSide eve_own = eve.own();
  auto shown_one = test::spawn(io, show(std::move(one.other), code, ben_own, ben.keep()));
  auto shown_two = test::spawn(io, show(std::move(two.other), code, ben_own, ben.keep()));
  auto ada_joins = test::spawn(io, join(std::move(one.one), typed, ada_own, ada.keep()));
  auto eve_joins = test::spawn(io, join(std::move(two.one), typed, eve_own, eve.keep()));
  io.run();
  EXPECT_EQ(ben.kept.size(), 1U);
}

TEST_F(Pairing, CountsNoTryForWhatIsNoShare) {
  const Bytes start = write_start(Nonce{});
  crypto::CpaceShare high{};
  high.fill(std::byte{0xFF});
  auto bit_255 = cpace_over(as_bytes(kWords), Nonces{}).share();
  bit_255.back() |= std::byte{0x80};
  const Bytes unreadable = to_bytes(as_bytes("\xFF\xFF"));
  for (const Bytes& share :
       {write_share(crypto::CpaceShare{}), write_share(high), write_share(bit_255), unreadable, Bytes{}, start}) {
    says_to({start, share});
    EXPECT_ERROR(Errc::peer_misbehaved, shown->get());
  }
  says_to({Bytes(3, std::byte{9})});
  EXPECT_ERROR(Errc::peer_misbehaved, shown->get());
  says_to({write_share({})});
  EXPECT_ERROR(Errc::peer_misbehaved, shown->get());
  says_to({Bytes(kMaxClear + 1)});
  EXPECT_ERROR(Errc::peer_misbehaved, shown->get());
  EXPECT_EQ(says_to({}), 0U);  // and says nothing to who says nothing
  EXPECT_EQ(code.tries_left(), kTries);
  EXPECT_TRUE(left_when_told.empty());
}

TEST_F(Pairing, CountsATryForAShareAlsoWhereTheConnectionDies) {
  const auto share = cpace_over(as_bytes("some-other-words"), Nonces{}).share();
  for (int left = kTries - 1; left >= 0; --left) {
    EXPECT_GT(says_to({write_start(Nonce{}), write_share(share)}), 20U);
    EXPECT_ERROR(Errc::unreachable, shown->get());
    EXPECT_EQ(code.tries_left(), left);
  }
  EXPECT_EQ(left_when_told, (std::vector{2, 1, 0}));
  EXPECT_EQ(says_to({write_start(Nonce{}), write_share(share)}), 20U);  // the nonce, and no share any more
  EXPECT_ERROR(Errc::wrong_code, shown->get());
  EXPECT_EQ(left_when_told.size(), 3U);  // nobody has cost what is not there any more
}

// Sends back what it hears, but for a nonce of its own where asked.
asio::awaitable<void> mirror(net::Tcp::socket socket, bool own_nonce) {
  for (int i = 0; i < 2; ++i) {
    Bytes wire(2);
    co_await net::read_all(socket, wire);
    wire.resize(2 + net::read_be16(wire));
    const auto body = std::span<std::byte>(wire).subspan(2);
    co_await net::read_all(socket, body);
    if (own_nonce && i == 0) wire.back() ^= std::byte{1};
    co_await net::write_all(socket, wire);
  }
}

TEST_F(Pairing, RefusesItsOwnWordsComingBack) {
  for (const bool own_nonce : {false, true}) {
    test::Ends ends{io};
    const auto typed = test::code_of(kWords);
    const OwnSide ada_own = ada.own();
    auto mirroring = test::spawn(io, mirror(std::move(ends.other), own_nonce));
    auto joining = test::spawn(io, join(std::move(ends.one), typed, ada_own, ada.keep()));
    io.run();
    io.restart();
    EXPECT_ERROR(Errc::peer_misbehaved, joining.get());
  }
  expect_nothing_kept();
}

TEST_F(Pairing, IsRefusedWithOneselfOnBothSides) {
  ben.root = identity::Root{.id = ada.root.id,
                            .signing = ada.root.signing.clone(),
                            .backup = ada.root.backup.clone(),
                            .backup_recipient = ada.root.backup_recipient,
                            .self_seed = ada.root.self_seed.clone()};
  ben.statements = {ben.admit(ben.id())};
  pair();
  EXPECT_ERROR(Errc::refused, joined->get());
  EXPECT_ERROR(Errc::refused, shown->get());
  expect_nothing_kept();
}

TEST_F(Pairing, IsRefusedOnBothSidesWhereOneDoesNotKeepIt) {
  ben.refuses = Errc::disk;
  pair();
  EXPECT_ERROR(Errc::disk, shown->get());
  EXPECT_ERROR(Errc::refused, joined->get());
  ben.refuses.reset();
  ada.refuses = Errc::refused;
  Code fresh{test::code_of(kWords), clock};
  test::Ends ends{io};
  const auto typed = test::code_of(kWords);
  const OwnSide ada_own = ada.own();
  const OwnSide ben_own = ben.own();
  auto showing = test::spawn(io, show(std::move(ends.other), fresh, ben_own, ben.keep()));
  auto joining = test::spawn(io, join(std::move(ends.one), typed, ada_own, ada.keep()));
  io.run();
  EXPECT_ERROR(Errc::refused, showing.get());
  EXPECT_ERROR(Errc::refused, joining.get());
}

TEST_F(Pairing, SurvivesNobodyInTheMiddleWhoChangesAnything) {
  pair_through(test::kMessages);
  EXPECT_EQ(joined->get().key.hash(), shown->get().key.hash());  // to stand between does no harm by itself
}

class Meddled : public Pairing, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(Meddled, ChangedMessagesPairNobody) {
  const std::size_t which = GetParam();
  pair_through(test::kMessages, [&](std::size_t at, Bytes& message) {
    if (at == which) message.back() ^= std::byte{8};
  });
  const auto failed = [](Outcome& outcome) {
    try {
      static_cast<void>(outcome.get());
      return false;
    } catch (const Error& error) {
      return error.code() == Errc::wrong_code || error.code() == Errc::peer_misbehaved ||
             error.code() == Errc::unreachable;
    }
  };
  EXPECT_TRUE(failed(*joined) || failed(*shown));
  if (which < 6) {  // up to the shower's Hello
    EXPECT_TRUE(failed(*joined) && failed(*shown));
    expect_nothing_kept();
  }
  if (which == 6) {
    EXPECT_TRUE(ben.kept.empty());
  }
}

TEST_P(Meddled, CutConnectionsPairNobodyUnlessBothHaveStored) {
  const std::size_t which = GetParam();
  pair_through(which);
  const bool joiner_kept = which >= 7;  // its own third message is out
  EXPECT_EQ(ben.kept.size(), joiner_kept ? 1U : 0U);
  EXPECT_EQ(code.tries_left(), which <= 2 ? kTries : kTries - 1);
  if (which == 8) return;  // the shower has the joiner's word already
  EXPECT_ERROR(Errc::unreachable, shown->get());
}

INSTANTIATE_TEST_SUITE_P(EachMessage, Meddled, ::testing::Range(std::size_t{0}, test::kMessages));

TEST_F(Pairing, StaysStoredWhereTheOthersWordNeverComes) {
  pair_through(test::kJoinersStored);
  EXPECT_ERROR(Errc::unreachable, joined->get());
  EXPECT_ERROR(Errc::unreachable, shown->get());
  EXPECT_EQ(ada.kept.size(), 1U);
  EXPECT_EQ(ben.kept.size(), 1U);
}

TEST_F(Pairing, LosesPatienceWithSomebodyWhoSaysNothing) {
  test::Ends ends{io};
  OwnSide own = ben.own();
  own.patience = std::chrono::milliseconds{40};
  auto showing = test::spawn(io, show(std::move(ends.other), code, own, ben.keep()));
  io.run();
  io.restart();
  EXPECT_ERROR(Errc::unreachable, showing.get());

  test::Ends again{io};
  const auto typed = test::code_of(kWords);
  auto joining = test::spawn(io, join(std::move(again.one), typed, own, ada.keep()));
  io.run();
  EXPECT_ERROR(Errc::unreachable, joining.get());
  EXPECT_EQ(code.tries_left(), kTries);
}

TEST_F(Pairing, BringsRostersAndCountsTheRevokesOfBoth) {
  const DeviceId lost = crypto::random_id<DeviceId>();
  const DeviceId other = crypto::random_id<DeviceId>();
  ada.statements.push_back(ada.admit(lost));
  ada.statements.push_back(ada.revoke(lost, 1));
  ben.statements.push_back(ben.revoke(lost, 1));
  ben.statements.push_back(ben.revoke(other, 2));
  pair();
  const Met at_ada = joined->get();
  const Met at_ben = shown->get();
  EXPECT_EQ(at_ada.key.revokes, 3U);
  EXPECT_EQ(at_ben.key.revokes, 3U);
  EXPECT_FALSE(at_ada.key.revokes_hash.is_none());
  EXPECT_EQ(at_ben.key.revokes_hash, at_ada.key.revokes_hash);
  EXPECT_EQ(at_ada.statements.size(), 3U);
  EXPECT_EQ(at_ben.statements.size(), 3U);
}

TEST_F(Pairing, IsNotPossibleWithARevokedDevice) {
  ada.statements.push_back(ada.revoke(ada.id(), 1));
  pair();
  EXPECT_ERROR(Errc::peer_misbehaved, shown->get());
  EXPECT_TRUE(ben.kept.empty());
}

TEST_F(Pairing, IsNotPossibleUnderTheAdmitOfAnotherDevice) {
  ada.statements.front() = ada.admit(ben.id());
  pair();
  EXPECT_ERROR(Errc::peer_misbehaved, shown->get());
  EXPECT_TRUE(ben.kept.empty());
}

}  // namespace
}  // namespace attune::pairing
