#include "book/key_op.h"

#include <algorithm>

#include "core/error.h"
#include "crypto/random.h"
#include "journal/wire.h"
#include "log/chain.h"

namespace attune::book {
namespace {

// Tags of attune.journal.v1.Op and CoupleKey: number << 3 | wire type.
constexpr std::uint64_t kTime = 1U << 3U;
constexpr std::uint64_t kCoupleKeyField = 19;
constexpr std::uint64_t kCoupleKey = kCoupleKeyField << 3U | 2U;
constexpr std::uint64_t kPartner = 1U << 3U | 2U;
constexpr std::uint64_t kKey = 2U << 3U | 2U;
constexpr std::uint64_t kRevokes = 3U << 3U;
constexpr std::uint64_t kRevokesHash = 4U << 3U | 2U;
constexpr std::uint64_t kPairing = 5U << 3U | 2U;
constexpr std::size_t kIdField = 1 + 1 + 32;

std::size_t varint_size(std::uint64_t value) {
  std::size_t size = 1;
  for (; value > 0x7F; value >>= 7U) ++size;
  return size;
}

class Writer {
 public:
  explicit Writer(crypto::SecretBytes& to) : to_{to} {}
  Writer& varint(std::uint64_t value) {
    for (; value > 0x7F; value >>= 7U) to_.push_back(static_cast<std::byte>((value & 0x7FU) | 0x80U));
    to_.push_back(static_cast<std::byte>(value));
    return *this;
  }
  Writer& raw(BytesView bytes) {
    for (const std::byte byte : bytes) to_.push_back(byte);
    return *this;
  }

 private:
  crypto::SecretBytes& to_;
};

[[noreturn]] void damaged() { throw Error{Errc::damaged, "a key in the journal cannot be read"}; }

struct Fields {
  RootId partner;
  std::span<const std::byte, identity::CoupleKeySecret::size> secret;
  std::uint64_t revokes;
  identity::RevokesHash revokes_hash;
  OpId pairing;
};

template <class AnyId>
AnyId id_in(std::string_view bytes) {
  const auto id = AnyId::from(bytes);
  if (!id) damaged();
  return *id;
}

Fields fields_of(std::string_view payload) {
  if (payload.size() < log::kPayloadRandom) damaged();
  const journal::Frame frame = journal::read_frame(payload.substr(log::kPayloadRandom));
  if (frame.act != kCoupleKeyField) damaged();
  std::optional<RootId> partner;
  std::optional<BytesView> secret;
  std::uint64_t revokes = 0;
  identity::RevokesHash revokes_hash;
  OpId pairing;
  for (journal::Reader reader{frame.body}; !reader.done();) {
    switch (reader.varint()) {
      case kPartner: partner = RootId::from(reader.take(reader.varint())); break;
      case kKey: secret = as_bytes(reader.take(reader.varint())); break;
      case kRevokes: revokes = reader.varint(); break;
      case kRevokesHash: revokes_hash = id_in<identity::RevokesHash>(reader.take(reader.varint())); break;
      case kPairing: pairing = id_in<OpId>(reader.take(reader.varint())); break;
      default: damaged();
    }
  }
  if (!partner || !secret || secret->size() != identity::CoupleKeySecret::size) damaged();
  return {*partner, secret->first<identity::CoupleKeySecret::size>(), revokes, revokes_hash, pairing};
}

}  // namespace

crypto::SecretBytes key_payload(Instant time, const RootId& partner, const identity::CoupleKey& key,
                                const OpId& pairing) {
  std::array<std::byte, log::kPayloadRandom> random{};
  crypto::random_fill(random);
  const std::size_t ids = 2U + (key.revokes_hash.is_none() ? 0U : 1U) + (pairing.is_none() ? 0U : 1U);
  const std::size_t body = ids * kIdField + (key.revokes == 0 ? 0 : 1 + varint_size(key.revokes));
  crypto::SecretBytes payload;
  Writer writer{payload};
  writer.raw(random).varint(kTime).varint(static_cast<std::uint64_t>(time.time_since_epoch().count()));
  writer.varint(kCoupleKey).varint(body);
  writer.varint(kPartner).varint(RootId::size).raw(partner.bytes());
  writer.varint(kKey).varint(identity::CoupleKeySecret::size).raw(key.secret.bytes());
  if (key.revokes != 0) writer.varint(kRevokes).varint(key.revokes);
  if (!key.revokes_hash.is_none()) {
    writer.varint(kRevokesHash).varint(identity::RevokesHash::size).raw(key.revokes_hash.bytes());
  }
  if (!pairing.is_none()) writer.varint(kPairing).varint(OpId::size).raw(pairing.bytes());
  return payload;
}

bool holds_key(std::string_view payload) {
  try {
    static_cast<void>(fields_of(payload));
    return true;
  } catch (const Error& error) {
    if (error.code() != Errc::damaged) throw;
    return false;
  }
}

std::optional<KeySeen> key_in(std::string_view payload, const RootId& partner) {
  const Fields fields = fields_of(payload);
  if (fields.partner != partner) return std::nullopt;
  return KeySeen{{identity::CoupleKeySecret::copied(fields.secret), fields.revokes, fields.revokes_hash},
                 fields.pairing};
}

}  // namespace attune::book
