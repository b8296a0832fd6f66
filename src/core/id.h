// Public names of fixed size: each kind is its own type, so that two of them cannot be swapped.
// Never for secrets: ids compare, copy, hash and print (crypto/secret.h does none of it).
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "core/bytes.h"

namespace attune {

template <class Tag, std::size_t N>
class Id {
 public:
  static constexpr std::size_t size = N;

  constexpr Id() = default;  // all zero: "none"
  explicit Id(std::span<const std::byte, N> bytes) { std::ranges::copy(bytes, bytes_.begin()); }

  // nullopt: not exactly N bytes.
  [[nodiscard]] static std::optional<Id> from(BytesView bytes) {
    if (bytes.size() != N) return std::nullopt;
    return Id{std::span<const std::byte, N>{bytes.data(), N}};
  }
  [[nodiscard]] static std::optional<Id> from(std::string_view bytes) { return from(as_bytes(bytes)); }

  [[nodiscard]] std::span<const std::byte, N> bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::string_view raw() const noexcept { return as_text(bytes_); }  // for protobuf and store keys
  [[nodiscard]] std::string hex() const { return to_hex(bytes_); }
  [[nodiscard]] bool is_none() const noexcept { return *this == Id{}; }

  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  std::array<std::byte, N> bytes_{};
};

using RootId = Id<struct RootTag, 32>;                // a person: their root's Ed25519 public key
using DeviceId = Id<struct DeviceTag, 32>;            // a device: its X25519 public key
using LogId = Id<struct LogTag, 32>;                  // drawn at random when a log is begun
using CoupleId = Id<struct CoupleTag, 32>;            // BLAKE2b-256 of both roots; none = a person's own space
using Link = Id<struct LinkTag, 32>;                  // one link of a log's hash chain
using OpId = Id<struct OpTag, 32>;                    // an op: the hash of its payload
using ObjectNumber = Id<struct ObjectNumberTag, 16>;  // drawn at random by the object's creator
using PrintedId = Id<struct PrintedTag, 16>;          // what people see and type: BLAKE2b-128 of an ObjectId

// An object is its creator and a number that the creator drew.
struct ObjectId {
  RootId creator;
  ObjectNumber number;
  friend auto operator<=>(const ObjectId&, const ObjectId&) = default;
};

}  // namespace attune

template <class Tag, std::size_t N>
struct std::hash<attune::Id<Tag, N>> {
  std::size_t operator()(const attune::Id<Tag, N>& id) const noexcept {
    std::size_t value = 0;  // ids are hashes, keys or random: their first bytes are as good as any hash
    std::memcpy(&value, id.bytes().data(), sizeof value);
    return value;
  }
};
