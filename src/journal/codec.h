// Ops to bytes and back (proto/attune/journal.proto). What comes out of decode() satisfies every limit of op.h.
#pragma once

#include <string>
#include <string_view>

#include "journal/op.h"

namespace attune::journal {

// A payload's 1 MiB + 4 KiB less its 32 random bytes.
inline constexpr std::size_t kMaxEncoded = (1U << 20U) + 4096 - 32;

// The serialised Op, without the 32 random bytes that a payload starts with. KeyOp and Unknown cannot be encoded.
// Throws Errc::usage where a limit is broken: what was encoded can always be decoded.
[[nodiscard]] std::string encode(const Op& op);
// `bytes` without the random prefix. Throws Errc::damaged where it is not an Op or breaks a limit. Times are clamped.
[[nodiscard]] Op decode(std::string_view bytes);

// Of an op that decode() has taken before, what has any effect where its author did not create the
// object: its time, whether it is an Erase, and the acts of acts.h. Everything else is Unknown, and none of its text is
// read.
[[nodiscard]] Op decode_bystander(std::string_view bytes);
[[nodiscard]] Op as_bystander(Op op);  // the same of an op that is decoded already
// Without texts: what decides over indexes and over payloads that must go, in little memory.
[[nodiscard]] Op outline(Op op);

// What a person typed, before it becomes an op. Throws Errc::usage with the limit in words.
void check_content(const EntryContent& content);

}  // namespace attune::journal
