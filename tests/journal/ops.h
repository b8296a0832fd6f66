// Ops of made-up people for the tests of the journal.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "journal/entry.h"
#include "journal/op.h"

namespace attune::test {

template <class AnyId>
AnyId made_id(std::uint8_t value) {
  std::array<std::byte, AnyId::size> bytes{};
  bytes.fill(std::byte{value});
  return AnyId{bytes};
}

inline Instant at_ms(std::int64_t ms) { return Instant{std::chrono::milliseconds{ms}}; }

inline const RootId kAda = made_id<RootId>(0xA1);
inline const RootId kBen = made_id<RootId>(0xB2);
inline const ObjectId kEntry{kAda, made_id<ObjectNumber>(7)};

inline journal::EntryContent said(std::string body) {
  journal::EntryContent content;
  content.body = std::move(body);
  content.at = {at_ms(1'790'000'000'000), std::chrono::minutes{60}};
  content.written_at = content.at;
  return content;
}

inline journal::Seen seen(std::uint8_t id, std::int64_t ms, journal::Act act, RootId author = kAda,
                          bool shared = false) {
  return {made_id<OpId>(id), author, shared, journal::Op{at_ms(ms), std::move(act)}};
}
inline journal::Seen gone(std::uint8_t id, RootId author = kAda, bool shared = false) {
  return {made_id<OpId>(id), author, shared, std::nullopt};
}

// Of ops that nobody repeats: which payloads must go, sorted.
inline std::vector<OpId> ids_to_drop(const ObjectId& object, const std::vector<journal::Seen>& ops) {
  std::vector<OpId> ids;
  for (const auto& [author, id] : journal::payloads_to_drop(object, ops)) ids.push_back(id);
  std::ranges::sort(ids);
  return ids;
}

// The same without the payloads that must go. Of an op that two authors wrote with the same bytes, only the eraser's.
inline std::vector<journal::Seen> without_erased(const ObjectId& object, std::vector<journal::Seen> ops) {
  const auto dropped = journal::payloads_to_drop(object, ops);
  for (journal::Seen& seen : ops) {
    if (dropped.contains({seen.author, seen.id})) seen.op.reset();
  }
  return ops;
}

}  // namespace attune::test
