// Statements of a root about its devices (proto/attune/identity.proto), kept as the bytes that were received.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/bytes.h"
#include "core/id.h"
#include "crypto/curve.h"

namespace attune::identity {

using StatementHash = Id<struct StatementHashTag, 32>;
inline constexpr std::size_t kMaxStatementBody = 64U << 10U;

struct CutOff {
  LogId log;
  std::uint64_t n = 0;
  Link link;
};
struct Admit {
  DeviceId device;
  std::uint64_t serial = 0;
};
struct Revoke {
  DeviceId device;
  std::uint64_t number = 0;
  std::array<std::byte, 32> random{};
  std::vector<CutOff> cut_offs;
};
struct OwnCutOffs {
  StatementHash revoke;
  std::vector<CutOff> cut_offs;
};

// A statement whose signature was checked against `root`. `wire` is the serialised SignedStatement as received.
struct Statement {
  RootId root;
  std::string wire;
  StatementHash hash;  // BLAKE2b-256 over a tag and the body
  std::variant<Admit, Revoke, OwnCutOffs> says;
};

// Throws Errc::peer_misbehaved: unparsable, wrong sizes, over a limit, signature not of this root, root not admissible.
// Throws Errc::incompatible: signed by this root, but of a kind that only a newer program knows.
[[nodiscard]] Statement check_statement(const RootId& root, std::string_view wire);

// Throws Errc::refused where so many logs are cut off that it would be too long.
[[nodiscard]] Statement sign_statement(const crypto::RootSecret& signing,
                                       const std::variant<Admit, Revoke, OwnCutOffs>& says);

// The body that sign_statement() would sign, for whoever has the words to do it, and back. read_unsigned throws as
// check_statement does.
[[nodiscard]] std::string unsigned_body(const std::variant<Admit, Revoke, OwnCutOffs>& says);
[[nodiscard]] std::variant<Admit, Revoke, OwnCutOffs> read_unsigned(std::string_view body);
[[nodiscard]] StatementHash hash_of_body(std::string_view body);

// What was signed and hashed, as received.
[[nodiscard]] std::string body_of(const Statement& statement);

}  // namespace attune::identity
