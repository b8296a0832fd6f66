// The hash chain of a log, pure: no store, no keys. docs/store-format.md, section 4.
//   hash    = BLAKE2b-256("attune payload v1", creator, number, payload)
//   link(0) = BLAKE2b-256("attune log v1", log id, author root, couple id or 32 zero bytes)
//   link(n) = BLAKE2b-256("attune link v1", link(n-1), n, creator, number, hash), n from 1
#pragma once

#include "core/bytes.h"
#include "core/id.h"

namespace attune::log {

inline constexpr std::size_t kMaxPayload = (1U << 20U) + 4096;
inline constexpr std::size_t kPayloadRandom = 32;  // each payload starts with as many random bytes

// Names a log for good; part of its link(0).
struct LogName {
  LogId id;
  RootId author;
  CoupleId couple;  // none: the author's own space
  [[nodiscard]] bool own_space() const { return couple.is_none(); }
  friend bool operator==(const LogName&, const LogName&) = default;
};

[[nodiscard]] OpId payload_hash(const ObjectId& object, BytesView payload);
[[nodiscard]] Link first_link(const LogName& log);
[[nodiscard]] Link next_link(const Link& previous, std::uint64_t n, const ObjectId& object, const OpId& hash);

}  // namespace attune::log
