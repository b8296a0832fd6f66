#include "crypto/hash.h"

#include <sodium.h>

#include <new>

#include "core/check.h"

namespace attune::crypto {

namespace {

using State = crypto_generichash_blake2b_state;
static_assert(sizeof(State) == 384 && alignof(Hasher) % alignof(State) == 0);

constexpr std::string_view kPrintedIdTag = "attune printed id v1";

// The storage of std::byte holds the state from begin() on.
State* state_in(std::array<std::byte, 384>& bytes) noexcept {
  return std::launder(reinterpret_cast<State*>(bytes.data()));
}

void begin(State* state, BytesView key, std::size_t digest_size) {
  const auto* key_bytes = key.empty() ? nullptr : as_uchar(key);
  ATTUNE_CHECK(crypto_generichash_blake2b_init(state, key_bytes, key.size(), digest_size) == 0);
}

void feed(State* state, BytesView bytes) {
  if (bytes.empty()) return;
  ATTUNE_CHECK(crypto_generichash_blake2b_update(state, as_uchar(bytes), bytes.size()) == 0);
}

void feed_tag(State* state, std::string_view tag) {
  static constexpr std::array<std::byte, 1> kEnd{};
  feed(state, as_bytes(tag));
  feed(state, kEnd);
}

void start_hash(std::array<std::byte, 384>& bytes, BytesView key, std::string_view tag) {
  auto* state = ::new (bytes.data()) State;
  begin(state, key, 32);
  feed_tag(state, tag);
}

}  // namespace

Hasher::Hasher(std::string_view tag) { start_hash(state_, {}, tag); }

Hasher::Hasher(std::string_view tag, KeyView key) { start_hash(state_, key, tag); }

Hasher::~Hasher() { wipe(state_); }

Hasher& Hasher::add(BytesView bytes) {
  feed(state_in(state_), bytes);
  return *this;
}

Hasher& Hasher::add_u64(std::uint64_t value) { return add(be64(value)); }

std::array<std::byte, 32> Hasher::finish() {
  std::array<std::byte, 32> digest;
  // Fails where the hash was finished before.
  ATTUNE_CHECK(
      crypto_generichash_blake2b_final(state_in(state_), as_uchar(std::span<std::byte>{digest}), digest.size()) == 0);
  return digest;
}

void blake2b(BytesView key, std::initializer_list<BytesView> pieces, std::span<std::byte> out) {
  State state;
  begin(&state, key, out.size());
  for (const auto piece : pieces) feed(&state, piece);
  ATTUNE_CHECK(crypto_generichash_blake2b_final(&state, as_uchar(out), out.size()) == 0);
  sodium_memzero(&state, sizeof state);
}

std::array<std::byte, 16> hash128(std::string_view tag, BytesView fields) {
  State state;
  begin(&state, {}, 16);
  feed_tag(&state, tag);
  feed(&state, fields);
  std::array<std::byte, 16> digest;
  ATTUNE_CHECK(crypto_generichash_blake2b_final(&state, as_uchar(std::span<std::byte>{digest}), digest.size()) == 0);
  return digest;
}

PrintedId printed_id(const ObjectId& object) {
  std::array<std::byte, RootId::size + ObjectNumber::size> fields;
  const auto after_creator = std::ranges::copy(object.creator.bytes(), fields.begin()).out;
  std::ranges::copy(object.number.bytes(), after_creator);
  return PrintedId{hash128(kPrintedIdTag, fields)};
}

}  // namespace attune::crypto
