// Check-ins of made-up people for the tests of the journal.
#pragma once

#include <array>
#include <functional>
#include <string>

#include "journal/check_in.h"
#include "journal/ops.h"

namespace attune::test {

inline const ObjectId kCheckIn{made_id<RootId>(0xCC), made_id<ObjectNumber>(3)};

// Stands for the keyed hash: another author, key or answer gives another digest.
inline journal::AnswersDigest digest(const RootId& author, const journal::AnswersKey& key,
                                     const journal::Answers& answers) {
  const std::string all = author.hex() + key.hex() + journal::canonical(answers);
  const std::size_t value = std::hash<std::string>{}(all);
  std::array<std::byte, 32> bytes{};
  std::memcpy(bytes.data(), &value, sizeof value);
  return journal::AnswersDigest{bytes};
}

inline std::optional<journal::CheckIn> read_by(const RootId& reader, std::vector<journal::Seen> ops) {
  const journal::Couple couple{.me = reader, .partner = reader == kAda ? kBen : kAda};
  return journal::fold_check_in(kCheckIn, couple, std::move(ops), digest);
}

}  // namespace attune::test
