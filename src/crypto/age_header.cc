#include "crypto/age_header.h"

#include <fmt/format.h>
#include <sodium.h>

#include <optional>

#include "core/check.h"
#include "core/error.h"
#include "crypto/aead.h"
#include "crypto/kdf.h"
#include "crypto/random.h"

namespace attune::crypto {
namespace {

constexpr std::string_view kVersionLine = "age-encryption.org/v1";
constexpr std::string_view kStanzaStart = "-> ";
constexpr std::string_view kMacStart = "---";
constexpr std::string_view kX25519 = "X25519";
constexpr std::string_view kWrapInfo = "age-encryption.org/v1/X25519";
constexpr std::string_view kMacInfo = "header";
constexpr std::size_t kColumns = 64;
constexpr std::size_t kWrapped = AgeFileKey::size + kTagSize;
constexpr int kBase64 = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;

using WrapKey = Secret<struct AgeWrapKeyTag, 32>;
using MacKey = Secret<struct AgeMacKeyTag, 32>;

bool base64_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

// Canonical only. libsodium 1.0.18 refuses padding and bits left over, but takes any byte above 0x7F for a character.
std::optional<Bytes> from_base64(std::string_view text) {
  if (!std::ranges::all_of(text, base64_character)) return std::nullopt;
  Bytes bytes(text.size() / 4 * 3 + 3);
  std::size_t size = 0;
  if (sodium_base642bin(as_uchar(std::span<std::byte>{bytes}), bytes.size(), text.data(), text.size(), nullptr, &size,
                        nullptr, kBase64) != 0) {
    return std::nullopt;
  }
  bytes.resize(size);
  return bytes;
}

std::string to_base64(BytesView bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), kBase64), '\0');
  sodium_bin2base64(text.data(), text.size(), as_uchar(bytes), bytes.size(), kBase64);
  text.pop_back();  // the zero behind
  return text;
}

class Parser {
 public:
  explicit Parser(std::string_view file) : file_{file.substr(0, kMaxAgeHeader)} {}

  AgeHeader parse() {
    if (!file_.starts_with(kVersionLine) || file_.substr(kVersionLine.size()).empty() || next_line() != kVersionLine) {
      throw Error{Errc::damaged, "the file is not an age v1 file", "is it a backup?"};
    }
    AgeHeader header;
    std::size_t line_start = at_;
    std::string_view line = next_line();
    while (line.starts_with(kStanzaStart)) {
      header.stanzas.push_back(stanza(line));
      line_start = at_;
      line = next_line();
    }
    if (header.stanzas.empty() || !line.starts_with(std::string{kMacStart} + ' ')) bad();
    const auto mac = from_base64(line.substr(kMacStart.size() + 1));
    if (!mac || mac->size() != header.mac.size()) bad();
    std::ranges::copy(*mac, header.mac.begin());
    header.authenticated = file_.substr(0, line_start + kMacStart.size());
    header.size = at_;
    return header;
  }

 private:
  [[noreturn]] void bad() const {
    throw Error{Errc::damaged, fmt::format("the file's header is damaged in line {}", lines_)};
  }

  std::string_view next_line() {
    ++lines_;
    const auto end = file_.find('\n', at_);
    if (end == std::string_view::npos) bad();
    const auto line = file_.substr(at_, end - at_);
    at_ = end + 1;
    return line;
  }

  AgeStanza stanza(std::string_view first_line) {
    AgeStanza stanza;
    for (std::string_view rest = first_line.substr(kStanzaStart.size());;) {
      const auto end = std::min(rest.find(' '), rest.size());
      const auto argument = rest.substr(0, end);
      const bool visible = std::ranges::all_of(argument, [](char c) { return c > ' ' && c <= '~'; });
      if (argument.empty() || !visible) bad();
      stanza.arguments.push_back(argument);
      if (end == rest.size()) break;
      rest.remove_prefix(end + 1);
    }
    std::string_view line;
    do {  // the body: full lines, closed by one that is not full
      line = next_line();
      if (line.size() > kColumns) bad();
      const auto part = from_base64(line);
      if (!part) bad();
      append(stanza.body, *part);
    } while (line.size() == kColumns);
    return stanza;
  }

  std::string_view file_;
  std::size_t at_ = 0;
  std::size_t lines_ = 0;
};

WrapKey wrap_key(const SharedSecret& shared, const XPublic& share, const XPublic& recipient) {
  Bytes salt = to_bytes(share);
  append(salt, recipient);
  return WrapKey::born([&](auto into) { hkdf_sha256(salt, shared.bytes(), as_bytes(kWrapInfo), into); });
}

[[noreturn]] void bad_stanza() { throw Error{Errc::damaged, "the file's header holds a key that is not well made"}; }

SharedSecret shared_secret(const BackupSecret& identity, const XPublic& share) {
  return SharedSecret::born([&](std::span<std::byte> into) {
    if (crypto_scalarmult_curve25519(as_uchar(into), as_uchar(identity.bytes()), as_uchar(share)) != 0) bad_stanza();
  });
}

// nullopt: made for somebody else.
std::optional<AgeFileKey> unwrap(const AgeStanza& stanza, const BackupSecret& identity, const XPublic& recipient) {
  if (stanza.arguments.size() != 2) bad_stanza();
  const auto bytes = from_base64(stanza.arguments[1]);
  XPublic share;
  if (!bytes || bytes->size() != share.size() || stanza.body.size() != kWrapped) bad_stanza();
  std::ranges::copy(*bytes, share.begin());
  const auto key = wrap_key(shared_secret(identity, share), share, recipient);
  bool opened = false;
  auto file_key = AgeFileKey::born([&](auto into) { opened = open(key.bytes(), Nonce{}, {}, stanza.body, into); });
  if (!opened) return std::nullopt;
  return file_key;
}

std::array<std::byte, 32> mac_of(std::string_view authenticated, const AgeFileKey& file_key) {
  const auto key = MacKey::born([&](auto into) { hkdf_sha256({}, file_key.bytes(), as_bytes(kMacInfo), into); });
  return hmac_sha256(key.bytes(), as_bytes(authenticated));
}

}  // namespace

AgeHeader parse_age_header(std::string_view file) { return Parser{file}.parse(); }

AgeFileKey unwrap_file_key(const AgeHeader& header, const BackupSecret& identity) {
  const auto recipient = x25519_public(identity.bytes());
  for (const AgeStanza& stanza : header.stanzas) {
    if (stanza.arguments.front() != kX25519) continue;  // other kinds of recipients are none of ours
    if (auto key = unwrap(stanza, identity, recipient)) return std::move(*key);
  }
  throw Error{Errc::wrong_words, "these words do not open this file"};
}

void check_age_mac(const AgeHeader& header, const AgeFileKey& file_key) {
  if (!equal_secrets(header.mac, mac_of(header.authenticated, file_key))) {
    throw Error{Errc::damaged, "the file's header was changed"};
  }
}

std::string make_age_header(const XPublic& recipient, const AgeFileKey& file_key) {
  const auto secret = random_secret<EphemeralSecret>();
  const auto share = x25519_public(secret.bytes());
  const auto key = wrap_key(x25519(secret.bytes(), recipient), share, recipient);
  std::array<std::byte, kWrapped> body;
  seal(key.bytes(), Nonce{}, {}, file_key.bytes(), body);
  std::string header = fmt::format("{}\n{}{} {}\n{}\n{}", kVersionLine, kStanzaStart, kX25519, to_base64(share),
                                   to_base64(body), kMacStart);
  const auto mac = mac_of(header, file_key);
  return header + ' ' + to_base64(mac) + '\n';
}

}  // namespace attune::crypto
