// A device that holds the couple's key and keeps no rule. Whatever it says, the honest side's store stays as it was.
#pragma once

#include <gmock/gmock.h>

#include "journal/codec.h"
#include "log/chain.h"
#include "support/error_matcher.h"
#include "sync/world.h"

namespace attune::test {

inline constexpr std::size_t kRandom = log::kPayloadRandom;

inline std::string payload_of(const std::string& body, char random = 'r') {
  return std::string(kRandom, random) +
         journal::encode(journal::Op{Instant{std::chrono::milliseconds{1'790'000'000'000}}, words(body)});
}

// A log written by hand, as batches and inventories would name it.
class Forged {
 public:
  Forged(const RootId& author, const CoupleId& couple) : name{crypto::random_id<LogId>(), author, couple} {
    links_.push_back(log::first_link(name));
  }
  void add(const std::string& payload) { add({name.author, crypto::random_id<ObjectNumber>()}, payload); }
  OpId say(const ObjectId& object, const journal::Op& op) {
    std::string payload(kRandom, '\0');
    crypto::random_fill(std::as_writable_bytes(std::span{payload}));
    return add(object, payload + journal::encode(op));
  }
  OpId add(const ObjectId& object, const std::string& payload) {
    const OpId hash = log::payload_hash(object, as_bytes(payload));
    links_.push_back(log::next_link(links_.back(), links_.size(), object, hash));
    records_.push_back({object, hash, payload});
    return hash;
  }
  [[nodiscard]] std::uint64_t n() const { return records_.size(); }
  [[nodiscard]] const std::string& payload(std::size_t n) const { return records_.at(n - 1).payload; }
  [[nodiscard]] const Link& link(std::size_t n) const { return links_.at(n); }
  [[nodiscard]] sync::v1::Held held() const {
    sync::v1::Held held;
    held.set_log(std::string{name.id.raw()});
    held.set_author(std::string{name.author.raw()});
    if (!name.own_space()) held.set_couple(std::string{name.couple.raw()});
    held.set_n(n());
    held.set_link(std::string{links_.back().raw()});
    return held;
  }
  // Records first to last; the payload of `hidden` is left out.
  [[nodiscard]] Message batch(std::uint64_t first, std::uint64_t last, std::uint64_t hidden = 0) const {
    Message message;
    auto& batch = *message.mutable_batch();
    batch.set_log(std::string{name.id.raw()});
    batch.set_first(first);
    for (std::uint64_t at = first; at <= last; ++at) {
      auto& record = *batch.add_records();
      const ObjectId& object = records_[at - 1].object;
      record.set_number(std::string{object.number.raw()});
      if (object.creator != name.author) record.set_creator(std::string{object.creator.raw()});
      if (at == hidden) record.set_hash(std::string{records_[at - 1].hash.raw()});
      if (at != hidden) record.set_payload(records_[at - 1].payload);
    }
    batch.set_link(std::string{links_[last].raw()});
    batch.set_seal(std::string(40, 's'));
    return message;
  }
  [[nodiscard]] Message filling(std::uint64_t n, const std::string& payload) const {
    Message message;
    auto& batch = *message.mutable_batch();
    batch.set_log(std::string{name.id.raw()});
    batch.set_filling(true);
    auto& record = *batch.add_records();
    record.set_number(std::string{records_.at(n - 1).object.number.raw()});
    record.set_payload(payload);
    record.set_n(n);
    return message;
  }

  log::LogName name;

 private:
  struct One {
    ObjectId object;
    OpId hash;
    std::string payload;
  };
  std::vector<One> records_;
  std::vector<Link> links_;
};

inline Message rosters() {
  Message message;
  message.mutable_rosters();
  return message;
}
inline Message inventory(std::vector<sync::v1::Held> logs = {}) {
  std::ranges::sort(logs, {}, [](const sync::v1::Held& held) { return held.log(); });
  Message message;
  message.mutable_inventory();
  for (const auto& held : logs) *message.mutable_inventory()->add_logs() = held;
  return message;
}

// Ada is honest and has a past with Ben. Ben's device now says what it likes.
class Hostile : public ::testing::Test {
 protected:
  Hostile() {
    pair(ada, ben);
    ada.write("ada's own", false);
    ada.write("ada's shared", true);
    ben.write("ben's shared", true);
    meet(ada, ben);
    couple = ada.book().pairing().value().couple;
    before = ada.contents();
    restart();
  }

  // A new session with Ada.
  void restart() {
    exchange = std::make_unique<sync::Exchange>(ada.book(), ada.people(), ben.id(), setup_between(ada, ben, true));
    heard.clear();
  }
  void say(const Message& message) { say_bytes(message.SerializeAsString()); }
  void say_bytes(const std::string& bytes) {
    exchange->take(bytes);
    listen();
  }
  void listen() {
    std::string message;
    while (exchange->next(message)) heard.push_back(parsed(message));
    if (!exchange->unsettled()) return;
    exchange->settle();
    listen();
  }
  void begin(std::vector<sync::v1::Held> logs = {}) {
    say(rosters());
    say(inventory(std::move(logs)));
  }
  void expect_unchanged() {
    EXPECT_TRUE(ada.contents() == before) << "the store changed";
    EXPECT_THAT(ada.bodies(), ::testing::UnorderedElementsAre("ada's own", "ada's shared", "ben's shared"));
    EXPECT_THAT(ada.book().verify().problems, ::testing::IsEmpty());
  }
  void expect_end(const Message& message) {
    EXPECT_ERROR(Errc::peer_misbehaved, say(message));
    expect_unchanged();
  }
  // Ada's log of that space, as Ada holds it.
  log::Held log_of(const RootId& author, const CoupleId& space) {
    for (const log::Held& held : ada.book().logs().all()) {
      if (held.name.author == author && held.name.couple == space) return held;
    }
    throw std::logic_error{"no such log"};
  }
  static sync::v1::Held named(const log::Held& log) {
    sync::v1::Held held;
    held.set_log(std::string{log.name.id.raw()});
    held.set_author(std::string{log.name.author.raw()});
    held.set_couple(std::string{log.name.couple.raw()});
    held.set_n(log.n);
    held.set_link(std::string{log.link.raw()});
    return held;
  }
  [[nodiscard]] bool heard_not_mine() const {
    return std::ranges::any_of(heard, [](const Message& message) { return message.has_not_mine(); });
  }
  [[nodiscard]] bool heard_confirm() const {
    return std::ranges::any_of(heard, [](const Message& message) { return message.has_confirm(); });
  }

  ManualClock clock;
  Person ada_;
  Person ben_;
  Device ada{ada_, clock};
  Device ben{ben_, clock};
  CoupleId couple;
  std::map<std::string, std::string> before;
  std::unique_ptr<sync::Exchange> exchange;
  std::vector<Message> heard;
};

}  // namespace attune::test
