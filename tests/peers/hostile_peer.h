// A partner whose device has valid keys and a program of its own: the 64 cases, each a test by its number. What is
// honest stays as it was or as the rules allow, the session ends or goes on, and in the next one other devices pass on
// what is new as ever. No case takes more than 64 MiB of memory, what the hostile side itself takes included.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "identity/signed_by_hand.h"
#include "net/frame.h"
#include "net/padding.h"
#include "net/transports.h"
#include "net/two_nodes.h"
#include "support/error_matcher.h"
#include "support/memory_growth.h"
#include "support/wire_field.h"
#include "sync/hostile.h"

namespace attune::test {

inline constexpr std::size_t kMostMemory = 64U << 20U;

// The largest growth of any case, printed when the program ends.
void note_growth(const std::string& test, std::size_t bytes);

class HostilePeer : public Hostile {
 protected:
  HostilePeer() {
    meet(ben, phone);
    expect_met(phone, ada);
    meet(ada, tablet);
    before = ada.contents();
    restart();
    growth.emplace();
  }
  ~HostilePeer() override = default;

  void TearDown() override {
    if (HasFatalFailure()) return;
    if (MemoryGrowth::measurable()) {
      const std::size_t peak = growth->peak();
      EXPECT_LE(peak, kMostMemory);
      note_growth(::testing::UnitTest::GetInstance()->current_test_info()->name(), peak);
    }
    expect_that_others_go_on();
  }

  static void expect_met(Device& one, Device& other) {
    ASSERT_TRUE(can_meet(one, other));
    const auto contact = meet(one, other);
    EXPECT_TRUE(contact->over()) << "a contact came to a stop";
    for (auto* side : {&contact->one(), &contact->other()}) EXPECT_TRUE(side->exchange.so_far().up_to_date);
  }
  // Every case ends with this: what an honest device of Ben writes reaches Ada and her other device, and hers reaches
  // it.
  void expect_that_others_go_on() {
    ada.write("from ada after it", true);
    honest->write("from ben after it", true);
    expect_met(*honest, ada);
    expect_met(ada, tablet);
    EXPECT_THAT(honest->bodies(), ::testing::Contains("from ada after it"));
    for (Device* device : {&ada, &tablet}) {
      EXPECT_THAT(device->bodies(), ::testing::IsSupersetOf({"from ada after it", "from ben after it"}));
      EXPECT_THAT(device->book().verify().problems, ::testing::IsEmpty());
    }
  }

  void restart_and_say_rosters() {
    restart();
    say(rosters());
  }
  // A session in which that log was named, and the store as it is then.
  void begin_with(const Forged& log) {
    restart();
    begin({log.held()});
    before = ada.contents();
  }
  // All of it is said and durable here.
  void bring(const Forged& log) {
    restart();
    begin({log.held()});
    for (std::uint64_t first = 1; first <= log.n(); first += 1000) {
      say(log.batch(first, std::min<std::uint64_t>(first + 999, log.n())));
    }
    const log::Held* held = ada.book().logs().find(log.name.id);
    ASSERT_TRUE(held != nullptr && held->n == log.n()) << "it was not even taken";
  }
  // Of the session that was begun last: another log of the hostile device is named and taken.
  void expect_that_the_session_goes_on() {
    Forged other = log_of_ben();
    other.add(payload_of("still here"));
    say(inventory({other.held()}));
    say(other.batch(1, 1));
    EXPECT_THAT(ada.bodies(), ::testing::Contains("still here"));
  }
  [[nodiscard]] Forged log_of_ben() const { return Forged{ben.root(), couple}; }
  [[nodiscard]] bool stored(const std::string& text) const {
    return std::ranges::any_of(ada.contents(),
                               [&](const auto& entry) { return entry.second.find(text) != std::string::npos; });
  }
  [[nodiscard]] bool heard_any(bool (Message::*kind)() const) const {
    return std::ranges::any_of(heard, [&](const Message& message) { return (message.*kind)(); });
  }
  // Records that Ada said in the session that was begun last.
  [[nodiscard]] std::size_t records_heard() const {
    std::size_t records = 0;
    for (const Message& message : heard) records += static_cast<std::size_t>(message.batch().records_size());
    return records;
  }

  Device phone{ben_, clock};   // Ben's other device keeps the rules
  Device tablet{ada_, clock};  // and Ada has two
  std::optional<Device> late;  // a device that a case brings in
  Device* honest = &phone;     // who brings Ben's words once the case is over
  std::optional<MemoryGrowth> growth;
};

// Ada's session on a real connection, at whose other end the test writes what bytes it likes.
class Wire {
 public:
  Wire(Device& at, Device& peer, bool stay = true, net::Limits limits = kLong, Transports both = transports()) {
    net::PeerProof proof;
    proof.device = peer.id();
    channel_.emplace(std::move(ends_.one), std::move(both.one), std::move(proof), Bytes{}, limits);
    session_.emplace(io_.get_executor(), *channel_, at.book(), at.people(), setup_between(at, peer, stay));
    ran_.emplace(spawn(io_, session_->run()));
    cipher_.emplace(std::move(both.other.send));
    io_.poll();
  }

  // One authentic frame that holds this plaintext, whatever a frame may hold.
  void frame(BytesView plain) {
    Bytes wire = to_bytes(net::be16(plain.size() + crypto::kTagSize));
    wire.resize(wire.size() + plain.size() + crypto::kTagSize);
    cipher_->encrypt(plain, std::span{wire}.subspan(2));
    bytes(wire);
  }
  // The beginning of a message that says it has `size` bytes, or all of it.
  void message(const std::string& begun, std::size_t size) {
    const auto length = be32(static_cast<std::uint32_t>(size));
    const std::string content = std::string{as_text(length)} + begun;
    for (BytesView rest = as_bytes(content); !rest.empty();) {
      const std::size_t part = std::min<std::size_t>(rest.size(), 16384 - net::kPaddingHeader);
      frame(net::padded(rest.first(part), 16384));
      rest = rest.subspan(part);
    }
  }
  void say(const Message& said) {
    const std::string wire = said.SerializeAsString();
    message(wire, wire.size());
  }
  // As they are. What the other side reads meanwhile it reads, so that nothing waits for anybody. Once it has closed,
  // the rest goes nowhere.
  void bytes(BytesView wire) {
    asio::error_code error;
    while (!wire.empty() && !error && !over()) {
      ends_.other.non_blocking(true);
      const std::size_t size = ends_.other.write_some(asio::buffer(wire.data(), wire.size()), error);
      if (error == asio::error::would_block) error.clear();
      wire = wire.subspan(size);
      io_.poll();
    }
  }
  void hang_up() {
    ends_.other.close();
    run_to_the_end();
  }
  void run_to_the_end() {
    while (!over() && io_.run_one() > 0) {
    }
  }
  [[nodiscard]] bool over() const { return ran_->done(); }
  sync::Summary get() { return ran_->get(); }
  [[nodiscard]] const sync::Summary& so_far() const { return session_->so_far(); }
  [[nodiscard]] crypto::SendCipher& cipher() { return *cipher_; }

 private:
  asio::io_context io_;
  Ends ends_{io_};
  std::optional<net::Channel> channel_;
  std::optional<sync::Session> session_;
  std::optional<Outcome<sync::Summary>> ran_;
  std::optional<crypto::SendCipher> cipher_;
};

}  // namespace attune::test
