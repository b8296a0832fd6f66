// Cases 25 to 34 of the 64: sizes, times, and logs of others.
#include <attune/journal.pb.h>

#include <limits>

#include "peers/hostile_peer.h"

namespace attune::test {
namespace {

using ::testing::Contains;

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
std::string note(const std::string& body, std::int64_t time = 1'790'000'000'000) {
  journal::v1::Op op;
  op.set_time(time);
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

// No clock is shared: acts bear a wall time, and an edit names what it takes the place of.
TEST_F(HostilePeer, Case29TimesThatJumpToTheEnd) {
  for (const std::int64_t time : {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min(),
                                  std::int64_t{-1}, std::int64_t{253'402'300'800'000}}) {
    Forged log = log_of_ben();
    log.add(note("at " + std::to_string(time), time));
    begin_with(log);
    try {
      say(log.batch(1, 1));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::peer_misbehaved);
      EXPECT_TRUE(ada.contents() == before);
    }
  }
  // Ada's own acts count after them as ever.
  const ObjectId id = ada.write("first", true);
  ada.book().edit(id, {.title = {}, .body = "second", .mood = {}, .tags = {}, .at = {}});
  EXPECT_EQ(ada.book().entry(id).current->content.body, "second");
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

TEST_F(HostilePeer, Case31TheIdOfALogOfOurs) {
  for (const CoupleId& space : {couple, CoupleId{}}) {
    const log::Held ours = log_of(ada.root(), space);
    auto held = named(ours);
    held.set_author(std::string{ben.root().raw()});
    held.set_couple(std::string{couple.raw()});
    restart();
    say(rosters());
    expect_end(inventory({held}));
    Forged log = log_of_ben();
    log.add(payload_of("in her log"));
    Message batch = log.batch(1, 1);
    batch.mutable_batch()->set_log(std::string{ours.name.id.raw()});
    restart();
    begin();
    // Its records go nowhere: of a private one as if it did not exist, of a shared one because no seal of Ada's is
    // there.
    try {
      say(batch);
      EXPECT_EQ(space, couple);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::peer_misbehaved);
    }
    expect_unchanged();
  }
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
  begin({named(ours)});
  // In the place of what she wrote, behind it, and as a branch that nobody asked for.
  for (int how = 0; how < 3; ++how) {
    Message batch = fork.batch(1, 1);
    if (how == 1) batch.mutable_batch()->set_first(ours.n + 1);
    if (how == 2) batch.mutable_batch()->set_branch(true);
    restart();
    begin({named(ours)});
    before = ada.contents();
    try {
      say(batch);
      EXPECT_TRUE(heard_not_mine());
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::peer_misbehaved);
    }
    expect_unchanged();
    EXPECT_FALSE(log_of(ada.root(), couple).retired);
  }
}

}  // namespace
}  // namespace attune::test
