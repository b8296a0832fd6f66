// The messages of a pairing (proto/attune/pairing.proto), bytes in and values out. docs/protocol.md, section 4.
// Errors: Errc::peer_misbehaved; Errc::refused for a root that is our own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.h"
#include "identity/statement.h"
#include "pairing/agreement.h"
#include "pairing/pairing.h"

namespace attune::pairing {

inline constexpr std::size_t kMaxClear = 256;       // a message before the handshake
inline constexpr std::size_t kHelloPayload = 4098;  // 2 bytes length, a Hello of at most 4 KiB, zeros
inline constexpr std::size_t kMaxNameSize = 256;
inline constexpr std::size_t kMaxStatementsSent = 32;

[[nodiscard]] Bytes write_start(const Nonce& nonce);
[[nodiscard]] Nonce read_start(BytesView message);
[[nodiscard]] Bytes write_share(const crypto::CpaceShare& share);
// A share that is no group element is refused here: it costs no try.
[[nodiscard]] crypto::CpaceShare read_share(BytesView message);

// What we say of ourselves; of the roster as much as finds room, revokes first. The payload holds our contribution:
// wipe it.
struct OwnHello {
  Bytes payload;
  std::vector<identity::StatementHash> revokes;  // among the statements sent
};
// Throws Errc::usage where the name is too long.
[[nodiscard]] OwnHello write_hello(const OwnSide& own, const Contribution& contribution);

struct Heard {
  RootId root;
  std::string name;
  std::string admit;
  std::vector<identity::Statement> statements;   // checked, the admit among them
  std::vector<identity::StatementHash> revokes;  // among them
  Contribution contribution;
};
// `device`: the static key that the handshake proved. `own`: our root, with which nobody pairs.
[[nodiscard]] Heard read_hello(BytesView payload, const DeviceId& device, const RootId& own);

[[nodiscard]] std::string write_stored(bool refused);
// Throws Errc::refused where the other side did not keep the pairing.
void read_stored(std::string_view message);

}  // namespace attune::pairing
