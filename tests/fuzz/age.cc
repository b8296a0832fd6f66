// The outer file of a backup, from whoever has the person's recipient, or nothing at all.
// docs/backup-format.md, section 1; C2SP age-encryption.org/v1.
#include "crypto/age.h"

#include <sodium.h>

#include "crypto/aead.h"
#include "crypto/age_header.h"
#include "crypto/kdf.h"
#include "fuzz/target.h"

namespace attune::fuzz {
namespace {

constexpr std::size_t kChunk = 64U << 10U;

const crypto::BackupSecret& identity() {
  static const auto one = known_secret<crypto::BackupSecret>(6);
  return one;
}

std::string base64(BytesView bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), as_uchar(bytes), bytes.size(), kVariant);
  text.pop_back();
  return text;
}

// --- The header: there is one way to write each.

std::string written(const crypto::AgeHeader& header) {
  std::string text = "age-encryption.org/v1\n";
  for (const crypto::AgeStanza& stanza : header.stanzas) {
    text += "->";
    for (const std::string_view argument : stanza.arguments) text += " " + std::string{argument};
    std::string body = base64(stanza.body);
    for (; body.size() >= 64; body.erase(0, 64)) text += "\n" + body.substr(0, 64);
    text += "\n" + body + "\n";
  }
  return text + "--- " + base64(header.mac) + "\n";
}

void header(BytesView input) {
  const std::string_view file = as_text(input);
  crypto::AgeHeader header;
  if (refusal({Errc::damaged}, [&] { header = crypto::parse_age_header(file); })) return;
  promise(header.size <= std::min(file.size(), crypto::kMaxAgeHeader), "a header ends where the file does at most");
  promise(written(header) == file.substr(0, header.size), "each header is written in one way");
  promise(!header.stanzas.empty(), "a header is for somebody");
  std::optional<crypto::AgeFileKey> key;
  static_cast<void>(
      refusal({Errc::wrong_words, Errc::damaged}, [&] { key = crypto::unwrap_file_key(header, identity()); }));
  const auto changed = refusal({Errc::damaged}, [&] {
    crypto::check_age_mac(header, key ? key->clone() : known_secret<crypto::AgeFileKey>(1));
  });
  if (changed || key) return;
  promise(!crypto::parse_age_header(file.substr(0, header.size)).stanzas.empty(),
          "what is behind a header is none of it");
}

std::vector<Bytes> header_seeds() {
  const auto recipient = crypto::x25519_public(identity().bytes());
  const std::string honest = crypto::make_age_header(recipient, known_secret<crypto::AgeFileKey>(1));
  const std::string other = "age-encryption.org/v1\n-> other kind of 4\n" + std::string(64, 'A') + "\nAAAA\n" +
                            honest.substr(honest.find("->"));
  return {to_bytes(as_bytes(honest)), to_bytes(as_bytes(honest + "payload")), to_bytes(as_bytes(other))};
}

// --- The payload, under a header that everybody believes.

const std::string& honest_header() {
  static const std::string one =
      crypto::make_age_header(crypto::x25519_public(identity().bytes()), known_secret<crypto::AgeFileKey>(1));
  return one;
}

struct Chunks {
  Bytes file;
  Bytes plain;  // of the chunks that are in order
  // The size of an honest file: up to the first chunk that is marked, where all before it are in order.
  std::optional<std::size_t> whole = std::nullopt;
  std::optional<crypto::AgeFileKey> file_key = std::nullopt;
};

Chunks chunks(Draw& draw) {
  const crypto::AgeFileKey file_key = known_secret<crypto::AgeFileKey>(1);
  Chunks made;
  append(made.file, as_bytes(honest_header()));
  const std::array<std::byte, 16> salt{};
  append(made.file, salt);
  std::array<std::byte, 32> key{};
  crypto::hkdf_sha256(salt, file_key.bytes(), as_bytes("payload"), key);
  bool good = true;
  std::uint64_t wanted = 0;
  for (int step = 0; step < 4 && !draw.done(); ++step) {
    const unsigned how = draw.byte();
    const std::size_t size = how % 8 < 3 ? kChunk : how % 8 == 3 ? 0 : draw.u16() % (kChunk + 1);
    const bool last = (how & 8U) != 0;
    const std::uint64_t number = (how & 48U) == 48U ? draw.byte() : static_cast<std::uint64_t>(step);
    Bytes plain(size, static_cast<std::byte>('a' + step));
    crypto::Nonce nonce{};
    std::ranges::copy(be64(number), nonce.begin() + 3);
    nonce.back() = static_cast<std::byte>(last ? 1 : 0);
    Bytes sealed(size + crypto::kTagSize);
    crypto::seal(key, nonce, {}, plain, sealed);
    append(made.file, sealed);
    // docs: 64 KiB each, the last one marked and not empty unless it is the only one; nothing behind it.
    good = good && !made.whole && number == wanted++ && (last ? size > 0 || step == 0 : size == kChunk);
    if (good) append(made.plain, plain);
    if (good && last) made.whole = made.file.size();
  }
  return made;
}

// The same by our own writer, in pieces of any size.
Chunks written_chunks(Draw& draw) {
  Chunks made;
  crypto::AgeWriter writer{crypto::x25519_public(identity().bytes()),
                           [&](BytesView bytes) { append(made.file, bytes); }};
  for (int step = 0; step < 4 && !draw.done(); ++step) {
    const Bytes plain(draw.u16(), static_cast<std::byte>('a' + step));
    writer.write(plain);
    append(made.plain, plain);
  }
  writer.finish();
  made.whole = made.file.size();
  made.file_key = writer.file_key();
  return made;
}

void stream(BytesView input) {
  Draw draw{input};
  const unsigned how = draw.byte();
  const std::size_t place = draw.u16() + (how & 128U ? kChunk : 0);
  Chunks made = (how & 64U) != 0 ? written_chunks(draw) : chunks(draw);
  const bool flipped = how % 4 == 1;
  if (flipped) {
    const std::size_t at = place % made.file.size();
    made.file[at] ^= static_cast<std::byte>(1U << how / 4 % 8);
  } else if (how % 4 == 2) {
    made.file.resize(place % (made.file.size() + 1));
  } else if (how % 4 == 3) {
    append(made.file, Bytes(1 + place % 40));
  }
  const bool honest = !flipped && made.file.size() == made.whole;
  Bytes got;
  std::size_t at = 0;
  const crypto::Source source = [&](std::span<std::byte> into) {
    const std::size_t size = std::min(into.size(), made.file.size() - at);
    std::copy_n(made.file.begin() + static_cast<std::ptrdiff_t>(at), size, into.begin());
    at += size;
    return size;
  };
  const auto read = [&](crypto::AgeReader&& reader) {
    Bytes buffer(1 + place % 5000 * 20);
    for (;;) {
      const std::size_t size = reader.read(buffer);
      append(got, BytesView{buffer}.first(size));
      if (size < buffer.size()) return;
    }
  };
  const auto refused =
      refusal({Errc::damaged, Errc::wrong_words}, [&] { read(crypto::AgeReader{identity(), source}); });
  promise(refused.has_value() != honest, "an honest file is read whole, and no other is");
  promise(got.size() <= made.plain.size() && equal(got, BytesView{made.plain}.first(got.size())),
          "what is let out is authentic, from the beginning, even where the rest is not");
  if (!refused) promise(got == made.plain, "and all of it");
  if (refused || !made.file_key) return;
  got.clear();
  at = 0;
  read(crypto::AgeReader{*made.file_key, source});
  promise(got == made.plain, "what was just written is read back without the identity");
}

std::vector<Bytes> stream_seeds() {
  std::vector<Bytes> all;
  for (unsigned how = 0; how < 4; ++how) {
    all.push_back(InputBuilder{}.byte(how).u16(300).byte(4 + 8).u16(1000).take());
    all.push_back(InputBuilder{}.byte(how + 128).u16(300).byte(0).byte(8).take());
    all.push_back(InputBuilder{}.byte(how).u16(300).byte(3 + 8).take());
    all.push_back(InputBuilder{}.byte(how + 64).u16(300).u16(kChunk - 1).u16(1).u16(9).take());
  }
  return all;
}

const Registration registration_header{{"age_header", Weight::light, header, header_seeds}};
const Registration registration_stream{{"age_stream", Weight::heavy, stream, stream_seeds}};

}  // namespace
}  // namespace attune::fuzz
