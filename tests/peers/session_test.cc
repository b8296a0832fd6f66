// Cases 45 to 58 of the 64, but for 47 and 55: what a hostile device does to the session and the channel under it.
#include <asio/write.hpp>

#include "net/first_message.h"
#include "net/middle.h"
#include "peers/hostile_peer.h"

namespace attune::test {
namespace {

using std::chrono_literals::operator""ms;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

Message end() {
  Message message;
  message.mutable_end();
  return message;
}

// Two devices that share a key, before there is a channel.
struct Callers {
  Callers() {
    caller.keys.push_back(crypto::random_secret<crypto::NoisePsk>());
    answerer.keys.push_back(caller.keys[0].clone());
  }
  Node caller{"caller"};
  Node answerer{"answerer"};
};

// What stands where a message of the handshake of that size is expected, with a length of its own or with the right
// one.
Bytes data_of(std::size_t wire, bool right_length) {
  Bytes data(wire, std::byte{7});
  if (right_length) std::ranges::copy(net::be16(wire - 2), data.begin());
  return data;
}

// Data in the place of the third message, or beside the first.
void expect_no_answer_to_data(bool early, bool right_length) {
  Callers two;
  asio::io_context io;
  Ends ends{io};
  auto accepted = spawn(io, net::accept_channel(std::move(ends.other), two.answerer.context));
  auto handshake = net::begin_handshake(crypto::NoiseRole::initiator, two.caller.keys[0], two.caller.device);
  Bytes said = net::with_length(handshake.write(net::first_payload(two.caller.clock.now())));
  const Bytes data = data_of(net::kThirdWire, right_length);
  if (early) append(said, data);
  asio::write(ends.one, asio::buffer(said.data(), said.size()));
  Bytes second(net::kSecondWire);
  auto answered = spawn(io, net::read_all(ends.one, second));
  while (!answered.done()) io.run_one();
  if (!early) asio::write(ends.one, asio::buffer(data.data(), data.size()));
  auto rest = spawn(io, everything(ends.one));
  io.run();
  EXPECT_ERROR(Errc::peer_misbehaved, accepted.get());
  EXPECT_EQ(rest.get(), std::pair(Bytes{}, true)) << "something was said, or it was not closed";
  EXPECT_THAT(two.answerer.asked, IsEmpty());
}

// And in the place of the second, to one who dialled.
void expect_nothing_said_to_data(bool right_length) {
  Callers two;
  asio::io_context io;
  Ends ends{io};
  auto opened = spawn(io, open_with(std::move(ends.one), two.caller, 0));
  const Bytes data = data_of(net::kSecondWire, right_length);
  asio::write(ends.other, asio::buffer(data.data(), data.size()));
  auto heard = spawn(io, everything(ends.other));
  io.run();
  EXPECT_ERROR(Errc::peer_misbehaved, opened.get());
  EXPECT_EQ(heard.get().first.size(), net::kFirstWire) << "it said more than its first message";
  EXPECT_THAT(two.caller.asked, IsEmpty());
}

TEST_F(HostilePeer, Case45DataBeforeTheHandshakeIsOver) {
  for (const bool right_length : {false, true}) {
    for (const bool early : {false, true}) expect_no_answer_to_data(early, right_length);
    expect_nothing_said_to_data(right_length);
  }
}

TEST_F(HostilePeer, Case46AMillionFramesOfNothing) {
  {  // a length of zero
    Wire wire{ada, ben};
    wire.bytes(Bytes(2'000'000));
    wire.run_to_the_end();
    EXPECT_ERROR(Errc::peer_misbehaved, wire.get());
  }
  {  // an authentic frame without contents
    Wire wire{ada, ben};
    wire.frame(net::padded({}, 256));
    wire.run_to_the_end();
    EXPECT_ERROR(Errc::peer_misbehaved, wire.get());
  }
  expect_unchanged();
  // Messages without contents are of a kind that nobody knows yet, and passed over.
  restart();
  begin();
  for (int i = 0; i < 1'000'000; ++i) exchange->take({});
  expect_unchanged();
  expect_that_the_session_goes_on();
}

TEST_F(HostilePeer, Case48APeerThatNeverReads) {
  for (int i = 0; i < 24; ++i) ada.write(std::string(900'000, static_cast<char>('a' + i)), true);
  before = ada.contents();
  growth.emplace();  // of what waits to be sent, and not of what is written here
  {
    net::Limits limits = kLong;
    limits.stall = 150ms;
    Wire wire{ada, ben, true, limits};
    wire.say(rosters());
    wire.say(inventory());
    wire.run_to_the_end();
    EXPECT_ERROR(Errc::unreachable, wire.get());
    EXPECT_FALSE(wire.so_far().up_to_date);
    EXPECT_EQ(wire.so_far().sent, 0U);
  }
  EXPECT_EQ(ada.book().entries(), 27U);
}

TEST_F(HostilePeer, Case49TheEndInTheMiddleOfABatch) {
  Forged log = log_of_ben();
  for (int i = 0; i < 4; ++i) log.add(payload_of("entry"));
  begin({log.held()});
  say(log.batch(1, 2));
  say(end());
  EXPECT_TRUE(exchange->over());
  EXPECT_FALSE(exchange->so_far().up_to_date);
  EXPECT_EQ(ada.book().logs().find(log.name.id)->n, 2U);
  // In the middle of its bytes it is no end, but more of the batch.
  const std::string batch = log.batch(3, 4).SerializeAsString();
  Wire wire{ada, ben};
  wire.say(rosters());
  wire.say(inventory({log.held()}));
  wire.message(batch.substr(0, batch.size() / 2), batch.size());
  wire.say(end());
  EXPECT_FALSE(wire.over());
  wire.hang_up();
  EXPECT_ERROR(Errc::unreachable, wire.get());
  EXPECT_EQ(ada.book().logs().find(log.name.id)->n, 2U);
}

TEST_F(HostilePeer, Case50AConnectionThatClosesWithoutAnEnd) {
  Forged log = log_of_ben();
  log.add(payload_of("came through"));
  for (const bool in_a_frame : {false, true}) {
    Wire wire{ada, ben};
    wire.say(rosters());
    wire.say(inventory({log.held()}));
    wire.say(log.batch(1, 1));
    Message sent;
    sent.mutable_sent();
    wire.say(sent);
    if (in_a_frame) wire.bytes(Bytes{std::byte{1}, std::byte{16}, std::byte{0}});
    wire.hang_up();
    EXPECT_ERROR(Errc::unreachable, wire.get());
    EXPECT_FALSE(wire.so_far().up_to_date);
    EXPECT_THAT(ada.bodies(), Contains("came through"));
  }
}

// No kind of message is marked critical. What cannot be read at all ends the session, and so does a kind that is known
// where it makes no sense.
TEST_F(HostilePeer, Case51AMessageThatCannotBeUnderstood) {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep = "\x0b" + deep + "\x0c";  // groups within groups, unknown to us
  for (const std::string& bytes :
       {std::string{"\xff\xff\xff"}, std::string{"\x0a\x7f"}, std::string{"\x1a\x02\x0a\x7f"}, deep}) {
    restart();
    begin();
    EXPECT_ERROR(Errc::peer_misbehaved, say_bytes(bytes));
    expect_unchanged();
  }
  std::vector<Message> out_of_place(4);
  out_of_place[0].mutable_branch()->set_log(std::string(32, 'x'));
  out_of_place[1].mutable_differs()->set_log(std::string(32, 'x'));
  out_of_place[2].mutable_healed()->set_log(std::string(32, 'x'));
  out_of_place[3] = rosters();
  for (const Message& message : out_of_place) {
    restart();
    begin();
    expect_end(message);
  }
}

TEST_F(HostilePeer, Case52AKindOfMessageOfALaterVersion) {
  begin();
  for (unsigned number = 15; number < 100; ++number) say_bytes(field(number, "hi"));
  expect_unchanged();
  expect_that_the_session_goes_on();
}

// A partner who knows the id of a private log, say from a stolen disk. The answer is the same as for a log that does
// not exist.
TEST_F(HostilePeer, Case53ALogThatTheyMayNotSee) {
  const log::Held own = log_of(ada.root(), CoupleId{});
  const std::string id{own.name.id.raw()};
  std::vector<Message> asks(6);
  for (const bool exists : {true, false}) {
    const std::string name = exists ? id : std::string(32, 'x');
    asks[0].mutable_confirm()->set_log(name);
    asks[1].mutable_hold()->set_log(name);
    asks[2].mutable_not_mine()->set_log(name);
    asks[3].mutable_batch()->set_log(name);
    asks[4].mutable_branch()->set_log(name);
    asks[5].mutable_differs()->set_log(name);
    for (const Message& ask : asks) {
      restart();
      begin();
      expect_end(ask);
      for (const Message& message : heard) EXPECT_EQ(message.SerializeAsString().find(id), std::string::npos);
    }
  }
  // By name: of Ada's own space, of Ben's, of a third person, of another couple.
  const Person other;
  for (const log::LogName& name : std::vector<log::LogName>{
           own.name,
           {crypto::random_id<LogId>(), ada.root(), CoupleId{}},
           {crypto::random_id<LogId>(), ben.root(), CoupleId{}},
           {crypto::random_id<LogId>(), other.root.id, couple},
           {crypto::random_id<LogId>(), ben.root(), identity::couple_of(ben.root(), other.root.id)}}) {
    Forged log{name.author, name.couple};
    log.name = name;
    log.add(payload_of("x"));
    restart();
    say(rosters());
    expect_end(inventory({log.held()}));
  }
}

TEST_F(HostilePeer, Case54EveryEntryAskedForAgainAndAgain) {
  for (int i = 0; i < 50; ++i) ada.write(std::string(10'000, 'e'), true);
  before = ada.contents();
  growth.emplace();
  const log::Held log = log_of(ada.root(), couple);
  auto nothing = named(log);
  nothing.set_n(0);
  nothing.set_link(std::string{ada.book().logs().link_at(log.number, 0)->raw()});
  auto all = named(log);
  for (std::uint64_t n = 1; n <= log.n; ++n) all.add_lacking(n);
  for (int session = 0; session < 40; ++session) {
    restart();
    begin({session % 2 == 0 ? nothing : all, named(log_of(ben.root(), couple))});
    EXPECT_EQ(records_heard(), log.n);
    EXPECT_ERROR(Errc::peer_misbehaved, say(inventory({nothing})));  // in one session once
  }
  EXPECT_EQ(ada.book().entries(), 53U);
}

// A channel is never rekeyed: it lasts an hour. What comes out of step is the count of its frames, and a new key handed
// over where none is due.
TEST_F(HostilePeer, Case56KeysOutOfStep) {
  {
    Wire wire{ada, ben};
    wire.say(rosters());
    Bytes dropped(272);
    wire.cipher().encrypt(Bytes(256), dropped);  // a frame that is never sent
    wire.say(inventory());
    wire.run_to_the_end();
    EXPECT_ERROR(Errc::peer_misbehaved, wire.get());
  }
  expect_unchanged();
  const auto keys = ada.people().couple_keys().size();
  Message key;
  key.mutable_new_key()->set_key(std::string(32, 'k'));
  expect_end(key);  // before the rosters
  for (const std::uint64_t revokes : {std::uint64_t{1}, UINT64_MAX}) {
    key.mutable_new_key()->set_revokes(revokes);
    restart();
    say(rosters());
    expect_end(key);
  }
  EXPECT_EQ(ada.people().couple_keys().size(), keys);
}

// 2^64-1 is never used. Nobody gets there in an hour, so these begin just before it.
crypto::NonceCounter last_nonce() { return crypto::NonceCounter{UINT64_MAX - 1}; }

TEST_F(HostilePeer, Case57TheLastNonce) {
  Direction way = direction(last_nonce());
  const Bytes plain = to_bytes(as_bytes("one more"));
  const Bytes untouched(plain.size() + crypto::kTagSize, std::byte{7});
  Bytes sealed = untouched;
  way.send.encrypt(plain, sealed);
  Bytes opened(plain.size());
  way.receive.decrypt(sealed, opened);
  EXPECT_EQ(opened, plain);
  for (int i = 0; i < 2; ++i) {  // used up, and stays so
    sealed = untouched;
    EXPECT_ERROR(Errc::internal, way.send.encrypt(plain, sealed));
    EXPECT_EQ(sealed, untouched);
    EXPECT_ERROR(Errc::internal, way.receive.decrypt(untouched, opened));
  }
  // In a session: Ada's rosters take the last number, and her inventory goes nowhere.
  Wire wire{ada, ben, true, kLong, transports_at(last_nonce())};
  wire.say(rosters());
  wire.hang_up();
  EXPECT_ERROR(Errc::internal, wire.get());
  expect_unchanged();
}

// Nothing is negotiated: the version stands in the prologue, and a list of versions would have to stand where message
// one has zeros. Whoever says one is answered like anybody without a key.
TEST_F(HostilePeer, Case58AListOfVersions) {
  Callers two;
  const Bytes none = net::first_payload(two.answerer.clock.now());
  const auto first_with = [&](const Bytes& payload) {
    auto handshake = net::begin_handshake(crypto::NoiseRole::initiator, two.caller.keys[0], two.caller.device);
    return net::with_length(handshake.write(payload));
  };
  EXPECT_TRUE(net::open_first_message(first_with(none), two.answerer.context));
  Bytes list = none;
  for (std::size_t at = 8; at < net::kFirstPayload; ++at) {
    Bytes payload = none;
    payload[at] = std::byte{1};
    EXPECT_FALSE(net::open_first_message(first_with(payload), two.answerer.context)) << at;
    list[at] = static_cast<std::byte>(at);  // without the one that there is
  }
  asio::io_context io;
  Ends ends{io};
  auto accepted = spawn(io, net::accept_channel(std::move(ends.other), two.answerer.context));
  const Bytes said = first_with(list);
  asio::write(ends.one, asio::buffer(said.data(), said.size()));
  settle(io);
  EXPECT_EQ(ends.one.available(), 0U);
  EXPECT_FALSE(accepted.done()) << "closed at once";
  ends.one.close();
  settle(io);
  EXPECT_EQ(accepted.get(), nullptr);
  EXPECT_THAT(two.answerer.asked, IsEmpty());
  EXPECT_TRUE(net::open_first_message(first_with(none), two.answerer.context));
}

}  // namespace
}  // namespace attune::test
