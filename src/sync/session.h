// One session between two nodes, on an established channel. docs/protocol.md, section 5:
// rosters, inventory, then what each lacks in batches, confirmed when durable; then both end, or stay and push what is
// new. One coroutine reads, one writes, on the node's one thread. Whatever was merged before an error stays merged.
// Errors: Errc::unreachable (cut off: not up to date), Errc::peer_misbehaved, and what the book throws (disk, damaged).
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "book/book.h"
#include "net/channel.h"
#include "sync/keyring.h"
#include "sync/people.h"

namespace attune::sync {

struct Setup {
  bool own_device = false;  // else a device of the partner
  RootId peer_root;
  std::optional<CoupleId> couple;                             // the couple whose logs travel
  const std::vector<identity::SelfKey>* self_keys = nullptr;  // oldest first; outlives the session
  // The key that opened the channel: one that is too old brings rosters and newer keys, and nothing else.
  identity::StatementHash self_key;    // among own devices: the revoke that it belongs to
  identity::CoupleKeyHash couple_key;  // else
  bool dialled = false;                // this side began the connection
  Keyring* keyring = nullptr;          // for self keys that are handed over; none: they are not taken
  bool stay = false;                   // else end when both are up to date
  std::uint16_t listening_port = 0;    // told to the peer
};

// Logs of which nothing more travels in this session, by why.
struct SetAside {
  std::uint64_t held_here = 0;   // they have more, and a limit of ours was reached
  std::uint64_t held_there = 0;  // we have more, and a limit of theirs was reached
  std::uint64_t disputed = 0;    // different records at one place, or some that their author does not own up to
  friend bool operator==(const SetAside&, const SetAside&) = default;
};

struct Summary {
  std::uint64_t sent = 0;      // records that the peer confirmed
  std::uint64_t received = 0;  // records that are durable here
  bool up_to_date = false;     // both sides said so and ended on purpose
  SetAside aside;              // but for these
  bool key_session = false;    // only rosters and keys travelled: connect again under the newest key
  bool words_needed = false;   // neither side has the self key of the newest revoke
};

class Session {
 public:
  // What is borrowed outlives run().
  Session(asio::any_io_executor executor, net::Channel& channel, book::Book& book, People& people, Setup setup);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  asio::awaitable<Summary> run();  // once

  void changed();  // the book holds something new: push it
  void leave();    // tell the partner that this person has left, and end; nothing else is said or stored any more
  void end();      // finish what is under way, then end on purpose
  // Both sides have everything that either had for the other, but for what is set aside, and it is durable.
  [[nodiscard]] bool level() const noexcept;
  [[nodiscard]] const Summary& so_far() const noexcept;
  [[nodiscard]] bool heard_anything() const noexcept;      // the other side said at least one message
  [[nodiscard]] bool told_left() const noexcept;           // after leave(): they have heard it
  [[nodiscard]] bool peer_left() const noexcept;           // the partner said that they have left
  [[nodiscard]] std::uint16_t peer_port() const noexcept;  // 0: not told
  // Told each time level() may have changed.
  void on_progress(std::function<void()> told);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace attune::sync
