// A device that holds the other end of a session, message by message.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "attune/sync.pb.h"
#include "node/linked.h"
#include "sync/exchange.h"

namespace attune::test {

// A device of the partner that says what the rules want, as far as it is asked to.
class Speaking : public Stalling {
 public:
  Speaking(node::Home& home, node::Home& peer)
      : Stalling{home}, exchange_{home.book(), home.people(), peer.vault().device_id(), setup(home, peer)} {}

  enum class UpTo { first_records, their_end, end };  // the end is where either side closes
  asio::awaitable<void> speak(UpTo last) {
    std::string message;
    for (bool enough = false; !enough;) {
      if (exchange_.next(message)) {
        enough = last == UpTo::first_records && parsed(message).has_batch();
        std::string out = std::move(message);
        co_await channel().send(std::move(out));
      } else {
        if (!co_await channel().receive(message, std::nullopt)) co_return;
        exchange_.take(message);
        enough = last == UpTo::their_end && parsed(message).has_end();
      }
    }
  }

 private:
  static sync::Setup setup(node::Home& home, node::Home& peer) {
    sync::Setup setup;
    setup.peer_root = peer.vault().root;
    setup.couple = identity::couple_of(home.vault().root, setup.peer_root);
    setup.self_keys = &home.keyring().all();
    setup.couple_key = home.people().couple_keys().front().key.hash();
    setup.stay = true;
    return setup;
  }
  static sync::v1::Message parsed(const std::string& message) {
    sync::v1::Message said;
    EXPECT_TRUE(said.ParseFromString(message));
    return said;
  }

  sync::Exchange exchange_;
};

// Of that person, at this node.
inline std::uint64_t records_of(const node::Home& person, node::Home& at) {
  std::uint64_t records = 0;
  for (const log::Held& held : at.book().logs().all()) {
    if (held.name.author == person.vault().root) records += held.n;
  }
  return records;
}

}  // namespace attune::test
