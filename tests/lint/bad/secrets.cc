// as cli/example.cc
// Secrets where nothing wipes them, where others read them, or compared by what stops at the first difference.
#include "crypto/secret.h"

namespace attune::cli {

struct Answers {
  std::string passphrase;                // BAD: secret-text
  std::string old_password;              // BAD: secret-text
  std::string passwd;                    // BAD: secret-text
  std::string words;                     // BAD: secret-text
  std::string& phrase;                   // BAD: secret-text
  std::string pairing_code;              // BAD: secret-text
  std::optional<std::string> mnemonic_;  // BAD: secret-text
};

// Each holder, and each key.
struct Keys {
  Bytes psk_;                                   // BAD: secret-text
  std::vector<std::byte> private_key;           // BAD: secret-text
  std::array<std::byte, 32> store_key;          // BAD: secret-text
  std::array<unsigned char, kSize> root_key{};  // BAD: secret-text
  std::unique_ptr<std::uint8_t[]> self_key;     // BAD: secret-text
  std::optional<std::array<char, 32>> scalar;   // BAD: secret-text
  std::byte couple_key[32];                     // BAD: secret-text
  unsigned char seal_key[32];                   // BAD: secret-text
  uint8_t file_key[16] = {};                    // BAD: secret-text
  char typed_passphrase[64];                    // BAD: secret-text
  const char* parcel_key = nullptr;             // BAD: secret-text
  Bytes beacon_key;                             // BAD: secret-text
};

void unlock(const std::string& new_passphrase,  // BAD: secret-text
            std::string_view mnemonic) {        // BAD: secret-text
  std::string entropy = read();                 // BAD: secret-text
  std::string secret(size, ' ');                // BAD: secret-text
  auto seed = std::array<std::byte, 32>{};      // BAD: secret-text
  auto& mac_key = Bytes(32);                    // BAD: secret-text
}

std::array<std::byte, 32> answers_key(const Home& home);  // BAD: secret-text

void tell(const crypto::SecretBytes& passphrase, const StoreKey& store_key, std::va_list more) {
  std::printf("%s\n", passphrase.bytes().data());              // BAD: secret-output
  std::fprintf(stderr, "%s\n", passphrase.bytes().data());     // BAD: secret-output
  std::sprintf(room, "%s", passphrase.bytes().data());         // BAD: secret-output BAD: unbounded
  std::snprintf(room, 64, "%s", passphrase.bytes().data());    // BAD: secret-output
  dprintf(1, "%s", passphrase.bytes().data());                 // BAD: secret-output
  std::vprintf(as_format(passphrase), more);                   // BAD: secret-output
  std::vfprintf(stderr, as_format(passphrase), more);          // BAD: secret-output
  std::vsnprintf(room, 64, as_format(passphrase), more);       // BAD: secret-output
  std::puts(as_format(passphrase));                            // BAD: secret-output
  std::fputs(as_format(passphrase), stderr);                   // BAD: secret-output
  syslog(LOG_INFO, "%s", as_format(passphrase));               // BAD: secret-output
  std::cout << "key " << store_key;                            // BAD: secret-output
  std::cerr << "key " << store_key;                            // BAD: secret-output
  std::clog << "key " << store_key;                            // BAD: secret-output
  fmt::print("{}\n", as_text(passphrase.bytes()));             // BAD: secret-output
  fmt::println("{}", as_text(passphrase.bytes()));             // BAD: secret-output
  const auto line = fmt::format("{}", store_key);              // BAD: secret-output
  fmt::format_to(room, "{}", store_key);                       // BAD: secret-output
  spdlog::info("unlocked with {}", as_text(passphrase.bytes()));  // BAD: secret-output
  log_.trace(as_text(passphrase.bytes()));                     // BAD: secret-output
  log_.debug(as_text(passphrase.bytes()));                     // BAD: secret-output
  log_.critical(as_text(passphrase.bytes()));                  // BAD: secret-output
  log_.warn(as_text(passphrase.bytes()));                      // BAD: secret-output
  spdlog::error("{}", store_key);                              // BAD: secret-output
  note(context, as_text(passphrase.bytes()));                  // BAD: secret-output
  throw Error{Errc::wrong_passphrase, as_text(passphrase)};    // BAD: secret-output
}

bool same(BytesView mac, BytesView tag, BytesView commitment, BytesView other) {
  return equal(store_key.bytes(), other) &&                                    // BAD: secret-compare
         attune::equal(other, header.mac) &&                                   // BAD: secret-compare
         std::ranges::equal(tag, other) &&                                     // BAD: secret-compare
         equal(other.first(commitment.size()), commitment) &&                  // BAD: secret-compare
         std::ranges::mismatch(store_key.bytes(), other).in1 == other.end() && // BAD: secret-compare
         !std::lexicographical_compare(mac.begin(), mac.end(), other.begin(), other.end());  // BAD: secret-compare
}

}  // namespace attune::cli
