// as cli/example.cc
// Secrets where nothing wipes them, or where others read them.
#include "crypto/secret.h"

namespace attune::cli {

struct Answers {
  std::string passphrase;                // BAD: secret-text
  std::string words;                     // BAD: secret-text
  std::vector<std::byte> store_key;      // BAD: secret-text
  Bytes psk_;                            // BAD: secret-text
};

void unlock(const std::string& new_passphrase, std::string_view mnemonic) {  // BAD: secret-text
  std::string entropy = read();                                              // BAD: secret-text
}

void tell(const crypto::SecretBytes& passphrase, const StoreKey& store_key) {
  std::printf("%s\n", passphrase.bytes().data());             // BAD: secret-output
  std::cerr << "key " << store_key;                           // BAD: secret-output
  spdlog::info("unlocked with {}", as_text(passphrase.bytes()));  // BAD: secret-output
  throw Error{Errc::wrong_passphrase, fmt::format("{} is wrong", passphrase)};  // BAD: secret-output
}

}  // namespace attune::cli
