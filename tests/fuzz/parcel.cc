// A parcel: a whole file, from anybody, and from whoever holds the couple's key. docs/protocol.md, section 8.
#include "sync/parcel.h"

#include "fuzz/files.h"
#include "fuzz/target.h"
#include "net/frame.h"
#include "sync/parcel_parts.h"

namespace attune::fuzz {
namespace {

struct Couple {
  identity::CoupleKey key{known_secret<identity::CoupleKeySecret>(3), 0, {}};
  identity::ParcelKey parcel_key = identity::parcel_key(key);
  crypto::DeviceSecret maker = known_secret<crypto::DeviceSecret>(4);
  crypto::DeviceSecret reader = known_secret<crypto::DeviceSecret>(5);
  [[nodiscard]] std::vector<sync::LiveParcelKey> live() const {
    std::vector<sync::LiveParcelKey> keys;
    keys.push_back({{}, parcel_key.clone()});
    return keys;
  }
};
const Couple& couple() {
  static const Couple one;
  return one;
}
DeviceId device_of(const crypto::DeviceSecret& secret) { return DeviceId{crypto::x25519_public(secret.bytes())}; }

struct Heard {
  std::vector<std::string> messages;
  std::string rosters;
  bool readable = false;
};

std::optional<Errc> read(const Bytes& bytes, Heard& heard) {
  return refusal({Errc::damaged, Errc::incompatible}, [&] {
    const BytesFile file{bytes};
    sync::ParcelReader reader{file, "a file", couple().live(), couple().reader};
    heard.rosters = reader.rosters();
    heard.readable = reader.readable();
    if (!heard.readable) return;
    promise(reader.maker() == device_of(couple().maker), "whoever can be read made it");
    reader.check();
    for (std::string message; reader.next(message);) heard.messages.push_back(message);
  });
}

// A body as anybody could make it who knows what only the maker and the reader know: any bytes in its chunks.
Bytes by_hand(Draw& draw, BytesView plain) {
  const sync::ParcelSalt salt{};
  const sync::ParcelSecret seed = known_secret<sync::ParcelSecret>(6);
  const auto locking = sync::parcel::Locking::drawn(salt, couple().maker);
  sync::v1::ParcelHead head;
  head.set_maker(to_string(locking.maker));
  head.set_ephemeral(to_string(locking.ephemeral));
  head.add_locks(*sync::parcel::lock_for(locking, couple().maker, device_of(couple().reader), seed));
  const std::string bytes = head.SerializeAsString();
  const unsigned how = draw.byte();
  const auto file_key = sync::parcel::file_key_of(couple().parcel_key, salt);
  Bytes file = to_bytes(sync::parcel::kMagic);
  append(file, salt);
  const auto put = [&](const sync::ParcelSecret& key, std::uint64_t number, sync::parcel::Kind kind, Bytes chunk) {
    chunk.resize(sync::parcel::kPlain);
    Bytes sealed(sync::kParcelChunk);
    crypto::seal(key.bytes(), sync::parcel::nonce_of(number, kind), {}, chunk, sealed);
    append(file, sealed);
  };
  Bytes first = to_bytes(be32(static_cast<std::uint32_t>((how & 1U) != 0 ? draw.u64() : bytes.size())));
  append(first, as_bytes(bytes));
  if ((how & 2U) != 0) append(first, draw.piece());
  first.resize(std::min(first.size(), sync::parcel::kPlain));
  put(file_key, 0, sync::parcel::Kind::head, first);
  const auto body_key = sync::parcel::body_key_of(seed, file_key, salt, as_bytes(bytes));
  const std::size_t chunks = std::max<std::size_t>(1, (plain.size() + sync::parcel::kPlain - 1) / sync::parcel::kPlain);
  for (std::size_t i = 0; i < chunks; ++i) {
    const std::size_t at = i * sync::parcel::kPlain;
    const BytesView piece = plain.subspan(at, std::min(sync::parcel::kPlain, plain.size() - at));
    put(body_key, i, i + 1 == chunks ? sync::parcel::Kind::last : sync::parcel::Kind::body, to_bytes(piece));
  }
  return file;
}

// docs/protocol.md, 8.3: lengths and messages, a length of zero unless the chunks end there, zeros.
bool said(BytesView plain, std::vector<std::string>& messages) {
  Bytes whole = to_bytes(plain);
  whole.resize(std::max<std::size_t>(1, (plain.size() + sync::parcel::kPlain - 1) / sync::parcel::kPlain) *
               sync::parcel::kPlain);
  BytesView left{whole};
  while (left.size() >= 4) {
    const std::size_t size = read_be32(left.first<4>());
    if (size == 0) break;
    if (size > net::kMaxMessage || size > left.size() - 4) return false;
    messages.push_back(to_string(left.subspan(4, size)));
    left = left.subspan(4 + size);
  }
  return std::ranges::all_of(left, [](std::byte b) { return b == std::byte{0}; });
}

// A body that somebody made by hand, under a head that is honest or not.
void fuzz_body(Draw& draw) {
  const unsigned long_by = draw.byte() % 3;
  Draw of_head{draw.piece()};
  const bool head_is_honest = of_head.done();
  Bytes plain = to_bytes(draw.rest());
  if (long_by > 0) {
    plain.insert(plain.begin(), long_by * 16'000, std::byte{0});
    std::ranges::copy(be32(static_cast<std::uint32_t>(long_by * 16'000 - 4)), plain.begin());
  }
  Heard heard;
  const auto refused = read(by_hand(of_head, plain), heard);
  if (!head_is_honest) return;
  std::vector<std::string> messages;
  const bool honest = said(plain, messages);
  promise(refused.has_value() != honest, "a body is read if it is well made, and only then");
  if (honest) promise(heard.messages == messages, "messages are those that were said");
}

// As our own writer makes it; `how` from 200 on: of long messages.
Bytes written(Draw& draw, unsigned how, const std::string& rosters, std::vector<std::string>& messages) {
  Bytes file;
  sync::ParcelWriter writer{
      {couple().parcel_key, couple().maker, "admit", 7, {device_of(couple().maker), device_of(couple().reader)}},
      rosters,
      [&](BytesView bytes) { append(file, bytes); }};
  for (int i = 0; i < 6 && !draw.done(); ++i) {
    std::string message = to_string(draw.bytes(draw.byte() + std::size_t{1}));
    if (message.empty()) message = "x";
    if (how >= 200) message.resize(20'000, 'y');
    writer.put(message);
    messages.push_back(std::move(message));
  }
  writer.finish();
  return file;
}

// One that is honest, and one of which a bit was turned, the end cut off or a chunk said twice.
void fuzz_file(Draw& draw, unsigned how) {
  const std::size_t place = std::size_t{draw.byte()} << 16U | draw.u16();
  const std::string rosters = to_string(draw.bytes(draw.byte()));
  std::vector<std::string> messages;
  const Bytes honest = written(draw, how, rosters, messages);
  Bytes file = honest;
  if (how % 8 == 5) file[place % file.size()] ^= static_cast<std::byte>(1U << how / 8 % 8);
  if (how % 8 == 6) file.resize(place % file.size());
  if (how % 8 == 7) append(file, BytesView{honest}.last(sync::kParcelChunk));
  Heard heard;
  const auto refused = read(file, heard);
  promise(refused.has_value() == (file != honest), "an honest parcel is read, and no other");
  if (refused) return;
  promise(heard.readable && heard.messages == messages && heard.rosters == rosters, "what was said is heard");
}

void fuzz(BytesView input) {
  Draw draw{input};
  const unsigned how = draw.byte();
  Heard anything;
  if (how % 8 == 0) return static_cast<void>(read(to_bytes(draw.rest()), anything));
  if (how % 8 < 4) return fuzz_body(draw);
  fuzz_file(draw, how);
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> all;
  for (unsigned how = 4; how < 8; ++how)
    all.push_back(InputBuilder{}
                      .byte(how)
                      .byte(0)
                      .u16(20'000)
                      .byte(7)
                      .raw(as_bytes("rosters"))
                      .byte(4)
                      .raw(as_bytes("hello"))
                      .byte(1)
                      .raw(as_bytes("hi"))
                      .take());
  all.push_back(InputBuilder{}
                    .byte(205)
                    .byte(0)
                    .u16(40'000)
                    .byte(0)
                    .byte(4)
                    .raw(as_bytes("hello"))
                    .byte(1)
                    .raw(as_bytes("hi"))
                    .take());
  all.push_back(
      InputBuilder{}.byte(1).byte(0).u16(0).raw(as_bytes(std::string_view{"\0\0\0\5hello\0\0\0\2hi", 15})).take());
  all.push_back(
      InputBuilder{}.byte(1).byte(1).u16(0).raw(as_bytes(std::string_view{"\0\0\0\5hello\0\0\0\2hi", 15})).take());
  all.push_back(InputBuilder{}.byte(1).byte(0).u16(6).byte(3).raw(Bytes(5)).take());
  return all;
}

const Registration registration{{"parcel", Weight::heavy, fuzz, seeds}};

}  // namespace
}  // namespace attune::fuzz
