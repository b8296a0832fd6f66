// Ada's disk was put back and she wrote on; Ben's device holds the other branch of her log.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/error_matcher.h"
#include "sync/world.h"

namespace attune::test {

class Forked : public ::testing::Test {
 protected:
  Forked() {
    pair(ada, ben);
    ada.write("one", true);
    const MemoryDisk early = ada.snapshot();
    ada.write("two", true);
    ada.write("three", true);
    meet(ada, ben);
    ada.roll_back(early);
    ada.write("another second", true);
    couple = ada.book().pairing().value().couple;
  }

  // The one log of Ada's for the couple that she had before her disk was put back.
  [[nodiscard]] static log::Held forked(Device& at, const RootId& author, const CoupleId& space) {
    for (const log::Held& held : at.book().logs().all()) {
      if (held.name.author == author && held.name.couple == space) return held;
    }
    throw std::logic_error{"no such log"};
  }
  [[nodiscard]] log::Held adas() { return forked(ada, ada.root(), couple); }
  [[nodiscard]] log::Held bens() { return forked(ben, ada.root(), couple); }

  // --- Ben's device says what it likes, and Ada's answers.
  void begin() {
    exchange = std::make_unique<sync::Exchange>(ada.book(), ada.people(), ben.id(), setup_between(ada, ben, true));
    heard.clear();
    Message rosters;
    rosters.mutable_rosters();
    say(rosters);
  }
  void say(const Message& message) {
    exchange->take(message.SerializeAsString());
    std::string answer;
    while (exchange->next(answer)) heard.push_back(parsed(answer));
  }
  [[nodiscard]] Message inventory(std::uint64_t n, const Link& link, const std::string& seal) {
    Message message;
    auto& held = *message.mutable_inventory()->add_logs();
    held.set_log(std::string{bens().name.id.raw()});
    held.set_author(std::string{ada.root().raw()});
    held.set_couple(std::string{couple.raw()});
    held.set_n(n);
    held.set_link(std::string{link.raw()});
    held.set_seal(seal);
    return message;
  }
  [[nodiscard]] Message inventory() {
    const log::Held held = bens();
    return inventory(held.n, held.link, held.seal.value().bytes());
  }
  [[nodiscard]] Message differs() {
    Message message;
    message.mutable_differs()->set_log(std::string{bens().name.id.raw()});
    return message;
  }
  // Records first to last of the branch as Ben holds it, under the seal that he has for the last.
  [[nodiscard]] Message branch(std::uint64_t first, std::uint64_t last) {
    const log::Held held = bens();
    Message message;
    auto& batch = *message.mutable_batch();
    batch.set_log(std::string{held.name.id.raw()});
    batch.set_first(first);
    batch.set_branch(true);
    ben.book().logs().read_from(held.number, first, [&](std::uint64_t n, const log::Record& record) {
      if (n > last) return false;
      batch.add_records()->set_number(std::string{record.object.number.raw()});
      batch.mutable_records()->rbegin()->set_payload(*record.payload);
      batch.set_link(std::string{record.link.raw()});
      return true;
    });
    batch.set_seal(
        identity::make_seal(ada_.self_keys.back(), held.name.id, last, *ben.book().logs().link_at(held.number, last))
            .bytes());
    return message;
  }
  // Known to both, with the couple's key that it needs.
  void revoke_a_lost_one() {
    const Device lost{ada_, clock};
    ada.people().add(ada.root(), {lost.admit()});
    ada.revoke(lost.id());
    ben.people().add(ada.root(), ada.book().statements(ada.root()));
    identity::CoupleKey newer = made_couple_key();
    newer.revokes = 1;
    newer.revokes_hash = ada.people().revokes_hash();
    for (Device* device : {&ada, &ben}) device->book().add_couple_key((device == &ada ? ben : ada).root(), newer);
  }
  // Up to where Ada asks for the branch.
  void asked() {
    begin();
    say(inventory());
    say(differs());
    ASSERT_EQ(said(&Message::has_branch), 1);
  }
  [[nodiscard]] int said(bool (Message::*is)() const) const {
    return static_cast<int>(std::ranges::count_if(heard, [&](const Message& message) { return (message.*is)(); }));
  }
  void expect_nothing_taken() {
    EXPECT_THAT(ada.bodies(), ::testing::UnorderedElementsAre("one", "another second"));
    EXPECT_THAT(ada.book().verify().problems, ::testing::IsEmpty());
  }

  ManualClock clock;
  Person ada_;
  Person ben_;
  Device ada{ada_, clock};
  Device ben{ben_, clock};
  CoupleId couple;
  std::unique_ptr<sync::Exchange> exchange;
  std::vector<Message> heard;
};

}  // namespace attune::test
