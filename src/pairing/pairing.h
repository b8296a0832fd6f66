// From three spoken words to a couple. docs/protocol.md, section 4. CPace over the words, then Noise XXpsk0 keyed by
// it. One coroutine a role. Errors: Errc::wrong_code (the other side's code did not match: one try is used up),
// Errc::unreachable, Errc::peer_misbehaved, Errc::refused (one's own root, or a side that does not keep it).
#pragma once

#include <asio/awaitable.hpp>
#include <functional>
#include <string>

#include "core/clock.h"
#include "crypto/secret.h"
#include "identity/keys.h"
#include "identity/roster.h"
#include "net/channel.h"

namespace attune::pairing {

inline constexpr int kTries = 3;
inline constexpr std::chrono::minutes kCodeLives{5};

// How long the other side may take for one step.
inline constexpr std::chrono::milliseconds kStep{10'000};

// Lives as long as the code: three tries, five minutes or one pairing, whichever ends first. A try counts when a
// decodable share arrives, before it is answered. The clock outlives it.
class Code {
 public:
  Code(crypto::SecretBytes words, const Clock& clock);
  [[nodiscard]] BytesView words() const noexcept { return words_.bytes(); }
  [[nodiscard]] bool alive() const;
  void use_try();  // Errc::wrong_code where none is left, or the code's time is over
  // One code makes one couple, also where two runs got through at once: Errc::wrong_code for the second.
  void spend();
  // One side did not keep the couple: the code may make another one, in the tries that are left.
  void release() noexcept { spent_ = false; }
  [[nodiscard]] int tries_left() const noexcept { return tries_; }

 private:
  crypto::SecretBytes words_;
  const Clock& clock_;
  Steady until_;
  int tries_ = kTries;
  bool spent_ = false;
};

// What this side brings.
struct OwnSide {
  RootId root;
  const crypto::DeviceSecret* device = nullptr;  // outlives the run
  std::string admit;                             // serialised SignedStatement for this device
  std::vector<std::string> roster;  // serialised SignedStatements of this person; own cut-offs never travel
  std::string name;                 // this person's, at most 256 bytes
  std::chrono::milliseconds patience = kStep;
};
// What came of it, after the handshake and before anything is stored.
struct Met {
  RootId root;
  std::string name;
  std::vector<identity::Statement> statements;  // checked, the admit of the other device among them
  DeviceId device;
  identity::CoupleKey key;  // both contributed
  std::string check;        // three words, the same on both sides
};
// Stores what came of it, durably; called once, between the handshake and the last message. May throw to refuse.
using Keep = std::function<void(const Met&)>;

// On a connection of its own; the first session follows on another one. The socket is closed at the end.
// What `keep` throws is thrown here, and is Errc::refused at the other side, which then has nothing to keep either.
// Where the other side's word that it stored the pairing never comes, this is Errc::unreachable, but what `keep` stored
// stays: nothing is shared with anybody before the first session.
// `tried` is told when this connection has cost one of the code's tries, which whoever just connects has not.
asio::awaitable<Met> show(net::Tcp::socket socket, Code& code, const OwnSide& own, Keep keep,
                          std::function<void()> tried = {});
// `code`: as crypto::canonical_code() gives it.
asio::awaitable<Met> join(net::Tcp::socket socket, const crypto::SecretBytes& code, const OwnSide& own, Keep keep);

}  // namespace attune::pairing
