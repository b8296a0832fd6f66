// Cases 25 to 34 of the 64: sizes, times, and logs of others.
#include <attune/journal.pb.h>

#include <array>
#include <limits>

#include "book/responses.h"
#include "peers/hostile_peer.h"

namespace attune::test {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::StartsWith;

// --- sizes

TEST_F(HostilePeer, Case25ABatchOfAMillionRecords) {
  Forged log = log_of_ben();
  log.add(payload_of("one"));
  begin_with(log);
  Message batch = log.batch(1, 1);
  const sync::v1::Record record = batch.batch().records(0);
  for (int i = 0; i < 4096; ++i) *batch.mutable_batch()->add_records() = record;
  expect_end(batch);  // one more than the most
  // As many as the largest message holds: they are counted before any is taken.
  std::string most;
  for (int i = 0; i < (1 << 19); ++i) most += field(3, "");
  most = field(3, most);
  begin_with(log);
  EXPECT_ERROR(Errc::peer_misbehaved, say_bytes(most));
  expect_unchanged();
  // A million would be a message that is too long, which its first four bytes say.
  Wire wire{ada, ben};
  wire.message("", 2 << 20);
  wire.run_to_the_end();
  EXPECT_ERROR(Errc::peer_misbehaved, wire.get());
  expect_unchanged();
}

TEST_F(HostilePeer, Case26AnEntryOfAGibibyteThatIsAnnounced) {
  {
    Wire wire{ada, ben};
    wire.message("x", 1U << 30U);
    wire.run_to_the_end();
    EXPECT_ERROR(Errc::peer_misbehaved, wire.get());
  }
  restart();
  begin();
  EXPECT_ERROR(Errc::peer_misbehaved, say_bytes(std::string{"\x1a\x80\x80\x80\x80\x04", 6}));  // a batch of that size
  restart();
  begin();
  const std::string record{"\x1a\x80\x80\x80\x80\x04", 6};  // and a record in a batch that is small
  EXPECT_ERROR(Errc::peer_misbehaved, say_bytes(field(3, record)));
  expect_unchanged();
}

// By hand, since our own encoder writes nothing past a limit.
std::string note(const std::string& body) {
  journal::v1::Op op;
  op.set_time(1'790'000'000'000);
  op.mutable_entry()->set_kind(journal::v1::ENTRY_KIND_NOTE);
  op.mutable_entry()->set_body(body);
  return std::string(kRandom, 'n') + op.SerializeAsString();
}

TEST_F(HostilePeer, Case27AnEntryOfOneMebibyteAndAByte) {
  for (const std::size_t more : {std::size_t{1}, std::size_t{8192}}) {  // past what words may be, and past any record
    Forged log = log_of_ben();
    log.add(note(std::string((1U << 20U) + more, 'x')));
    begin_with(log);
    expect_end(log.batch(1, 1));
  }
  Forged largest = log_of_ben();  // the largest that may be is taken
  largest.add(note(std::string(1U << 20U, 'x')));
  bring(largest);
  EXPECT_EQ(ada.book().entries(), 4U);
}

TEST_F(HostilePeer, Case28LengthsOfPaddingThatLie) {
  Bytes plain = net::padded(as_bytes("text"), 256);
  for (const auto& [at, value] : std::vector<std::pair<std::size_t, int>>{{0, 0xFF}, {1, 0xFF}, {1, 3}, {255, 1}}) {
    Bytes lying = plain;
    lying[at] = static_cast<std::byte>(value);
    Wire wire{ada, ben};
    wire.frame(lying);
    wire.run_to_the_end();
    EXPECT_ERROR(Errc::peer_misbehaved, wire.get());
    expect_unchanged();
  }
}

// --- times and numbers

// What the other side says of one moment, and what is kept and shown of it: an act is of 1970 at the earliest, what an
// entry speaks of lies in the years 1 to 9999.
struct FarMoment {
  std::int64_t said;
  Instant act;
  Instant spoken_of;
  std::string_view shown;
};
constexpr std::int64_t kPastTheLatest = kLatestInstant.time_since_epoch().count() + 1;
constexpr std::array kFarMoments{
    FarMoment{std::numeric_limits<std::int64_t>::max(), kLatestInstant, kLatestInstant,
              "9999-12-31T23:59:59.999+00:00"},
    FarMoment{kPastTheLatest, kLatestInstant, kLatestInstant, "9999-12-31T23:59:59.999+00:00"},
    FarMoment{std::numeric_limits<std::int64_t>::min(), Instant{}, kEarliestInstant, "0001-01-01T01:00:00.000+01:00"},
    FarMoment{-1, Instant{}, Instant{std::chrono::milliseconds{-1}}, "1970-01-01T00:59:59.999+01:00"},
};

std::string note_at(const FarMoment& far) {
  journal::v1::Op op;
  op.set_time(far.said);
  op.mutable_entry()->set_kind(journal::v1::ENTRY_KIND_NOTE);
  op.mutable_entry()->set_body("at " + std::to_string(far.said));
  op.mutable_entry()->set_at(far.said);
  op.mutable_entry()->set_at_offset(60);
  op.mutable_entry()->set_written_at(far.said);
  return std::string(kRandom, 'n') + op.SerializeAsString();
}

// No clock is shared: acts bear a wall time, and an edit names what it takes the place of.
TEST_F(HostilePeer, Case29TimesThatJumpToTheEnd) {
  for (const FarMoment& far : kFarMoments) {
    SCOPED_TRACE(far.said);
    Forged log = log_of_ben();
    const ObjectId id{ben.root(), crypto::random_id<ObjectNumber>()};
    log.add(id, note_at(far));
    bring(log);
    const journal::Version kept = ada.book().entry(id).current.value();
    EXPECT_EQ(kept.time, far.act);
    EXPECT_EQ(kept.content.at.when, far.spoken_of);
    EXPECT_EQ(kept.content.written_at.when, far.act);
    EXPECT_EQ(rfc3339(kept.content.at.when, kept.content.at.offset), far.shown);
    // Ada's answer comes after it, and no later than any act can be.
    book::respond(ada.book(), id, {journal::ResponseKind::comfort, "heard", {}});
    const auto said = book::responses(ada.book(), ada.book().entry(id)).all;
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0].author, ada.root());
    EXPECT_EQ(said[0].time, std::max(clock.now(), far.act));
  }
  // In the list they stand at its ends: two that count as the latest moment, one as the earliest.
  EXPECT_THAT(ada.bodies().front(), AnyOf(StartsWith("at 92"), StartsWith("at 25")));
  EXPECT_THAT(ada.bodies().back(), StartsWith("at -92"));
  // Ada's own acts count after them as ever.
  const ObjectId id = ada.write("first", true);
  ada.book().edit(id, {.title = {}, .body = "second", .mood = {}, .tags = {}, .at = {}});
  EXPECT_EQ(ada.book().entry(id).current->content.body, "second");
  EXPECT_LT(ada.book().entry(id).current->time, clock.now() + std::chrono::seconds{1});
  expect_that_the_session_goes_on();
}

TEST_F(HostilePeer, Case30TheYear9999) {
  Forged log = log_of_ben();
  journal::EntryContent last = words("the last moment");
  last.at = last.written_at = {kLatestInstant, std::chrono::minutes{-23 * 60}};
  log.say({ben.root(), crypto::random_id<ObjectNumber>()}, {kLatestInstant, last});
  bring(log);
  EXPECT_THAT(ada.bodies(), Contains("the last moment"));
  book::Filter until;
  until.until = kLatestInstant;
  EXPECT_EQ(ada.book().list(until).size(), 3U);
  expect_that_the_session_goes_on();
}

// --- logs of ours

// Ada disowns that place of that log, once, and says nothing else of it.
void expect_disowned(const std::vector<Message>& heard, const LogId& log, std::uint64_t n) {
  std::vector<std::pair<std::string, std::uint64_t>> disowned;
  for (const Message& message : heard) {
    if (message.has_not_mine()) disowned.emplace_back(message.not_mine().log(), message.not_mine().n());
  }
  EXPECT_THAT(disowned, ElementsAre(Pair(std::string{log.raw()}, n)));
  EXPECT_TRUE(std::ranges::none_of(heard, [](const Message& message) { return message.has_confirm(); }));
}

TEST_F(HostilePeer, Case31TheIdOfALogOfOurs) {
  Forged log = log_of_ben();
  log.add(payload_of("in her log"));
  for (const CoupleId& space : {CoupleId{}, couple}) {
    const log::Held ours = log_of(ada.root(), space);
    auto held = named(ours);
    held.set_author(std::string{ben.root().raw()});
    held.set_couple(std::string{couple.raw()});
    restart();
    say(rosters());
    expect_end(inventory({held}));
  }
  const auto in_her_log = [&](const CoupleId& space) {
    Message batch = log.batch(1, 1);
    batch.mutable_batch()->set_log(std::string{log_of(ada.root(), space).name.id.raw()});
    return batch;
  };
  // Its records go nowhere: of a private one as if it did not exist.
  restart();
  begin();
  expect_end(in_her_log(CoupleId{}));
  // Of a shared one because no seal of Ada's is there, which is told; the rest of the session goes on.
  restart();
  begin();
  say(in_her_log(couple));
  expect_disowned(heard, log_of(ada.root(), couple).name.id, 1);
  EXPECT_EQ(exchange->so_far().aside.disputed, 1U);
  EXPECT_EQ(exchange->so_far().received, 0U);
  expect_unchanged();
  expect_that_the_session_goes_on();
}

TEST_F(HostilePeer, Case32MoreOfALogOfOursThanThereIs) {
  for (const std::uint64_t more : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1'000'000}}) {
    auto held = named(log_of(ada.root(), couple));
    held.set_n(held.n() + more);
    held.set_link(std::string(32, 'x'));
    restart();
    begin({held});
    EXPECT_TRUE(heard_not_mine());
    expect_unchanged();
    EXPECT_FALSE(log_of(ada.root(), couple).retired);
  }
  expect_that_the_session_goes_on();
}

// It is believed of them, since a disk that was put back says the same: what is noted of that device changes, and
// nothing else.
TEST_F(HostilePeer, Case33LessOfALogOfOursThanTheyWereGiven) {
  const log::Held log = log_of(ada.root(), couple);
  const auto expect_little_changed = [&] {
    const auto now = ada.contents();
    const auto same = [&](const auto& entry) {
      return now.contains(entry.first) && now.at(entry.first) == entry.second;
    };
    EXPECT_LE(now.size(), before.size() + 1);  // what that device says it holds
    EXPECT_LE(before.size() - static_cast<std::size_t>(std::ranges::count_if(before, same)), 1U);
    EXPECT_EQ(ada.book().entries(), 3U);
    EXPECT_FALSE(log_of(ada.root(), couple).retired);
  };
  auto held = named(log);
  held.set_n(0);
  held.set_link(std::string{ada.book().logs().link_at(log.number, 0)->raw()});
  begin({held, named(log_of(ben.root(), couple))});
  EXPECT_EQ(records_heard(), log.n);  // they are given it again
  expect_little_changed();
  held.set_link(std::string(32, 'x'));
  restart();
  begin({held});
  EXPECT_TRUE(heard_not_mine());
  expect_little_changed();
}

TEST_F(HostilePeer, Case34ALogOfOursSentBackForked) {
  const log::Held ours = log_of(ada.root(), couple);
  Forged fork{ada.root(), couple};
  fork.name = ours.name;
  fork.add(payload_of("she never said it"));
  const auto expect_as_it_was = [&] {
    expect_unchanged();
    EXPECT_FALSE(log_of(ada.root(), couple).retired);
    EXPECT_EQ(log_of(ada.root(), couple).link, ours.link);
  };
  const auto begin_again = [&] {
    restart();
    begin({named(ours)});
    before = ada.contents();
  };
  // As a branch that nobody asked for.
  begin_again();
  Message branch = fork.batch(1, 1);
  branch.mutable_batch()->set_branch(true);
  expect_end(branch);
  expect_as_it_was();
  // In the place of what she wrote and behind it; also under a seal that she made, for her own records there.
  const auto& key = ada_.self_keys.back();
  const std::string seal = identity::make_seal(key, ours.name.id, ours.n, ours.link).bytes();
  for (const std::uint64_t first : {std::uint64_t{1}, ours.n, ours.n + 1}) {
    for (const bool sealed : {false, true}) {
      Message batch = fork.batch(1, 1);
      batch.mutable_batch()->set_first(first);
      if (sealed) batch.mutable_batch()->set_seal(seal);
      begin_again();
      say(batch);
      expect_disowned(heard, ours.name.id, first);
      EXPECT_EQ(exchange->so_far().aside.disputed, 1U);
      EXPECT_EQ(exchange->so_far().received, 0U);
      expect_as_it_was();
    }
  }
  expect_that_the_session_goes_on();
}

}  // namespace
}  // namespace attune::test
