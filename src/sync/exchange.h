// What a session says and understands, without sockets: messages in, messages out. docs/protocol.md, section 5.
// The coroutines of session.h are a thin skin over it; tests and fuzzers drive it directly.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "book/book.h"
#include "sync/people.h"
#include "sync/session.h"

namespace attune::sync {

// Over a channel both sides speak; by way of a file one does, and the other hears it later, or never.
enum class Way {
  both,
  out,      // nobody answers, and nothing counts as confirmed
  in,       // nobody hears; only what a parcel may say is understood
  in_stale  // likewise, and they have said something later since: they vouch for nothing
};

class Exchange {
 public:
  // What is borrowed outlives it.
  Exchange(book::Book& book, People& people, DeviceId peer, Setup setup, Way way = Way::both);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // The next message that this side has to say. false: nothing until take(), settle(), changed() or end().
  [[nodiscard]] bool next(std::string& message);
  // What the peer said. Everything that it brings is durable when this returns.
  // Throws Errc::peer_misbehaved for what no honest peer says; the session is then over.
  void take(std::string_view message);
  // What was erased is confirmed only once the store is compacted, and compacting costs much: so that a row of small
  // batches costs it once, confirmations wait until nothing more is at hand, which the caller tells by settle().
  [[nodiscard]] bool unsettled() const noexcept;
  void settle();

  void changed();
  void end();
  void leave();                                   // says Left, then End, and hears nothing but the end
  [[nodiscard]] bool told_left() const noexcept;  // and they have heard it
  [[nodiscard]] bool peer_left() const noexcept;  // they said it
  [[nodiscard]] bool over() const noexcept;       // End went both ways
  [[nodiscard]] bool level() const noexcept;
  [[nodiscard]] const Summary& so_far() const noexcept;
  [[nodiscard]] std::uint16_t peer_port() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace attune::sync
