// Of libsodium, what takes most of a fuzzer's time and is no business of its targets. The linker takes these in place
// of the library's own, and whatever else there is of it stays. The quick suite runs the same inputs over all of the
// library's.
#include <dlfcn.h>
#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <unordered_map>
#include <utility>

namespace {

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

std::string& add(std::string& text, const unsigned char* bytes, std::size_t size) {
  return text.append(reinterpret_cast<const char*>(bytes), size);
}

// The same question has the same answer: keys and signatures are those of a few people and of a settled randomness,
// over and over again.
class Asked {
 public:
  // find_out(bytes) writes `size` bytes and returns a code, as the library does it.
  template <class FindOut>
  int answer(const std::string& question, unsigned char* into, std::size_t size, const FindOut& find_out) {
    auto known = answers_.find(question);
    if (known == answers_.end()) {
      if (answers_.size() == kMost) answers_.clear();
      Answer found{0, std::string(size, '\0')};
      found.code = find_out(reinterpret_cast<unsigned char*>(found.bytes.data()));
      known = answers_.emplace(question, std::move(found)).first;
    }
    std::copy_n(known->second.bytes.begin(), size, into);
    return known->second.code;
  }

 private:
  static constexpr std::size_t kMost = 4096;
  struct Answer {
    int code = 0;
    std::string bytes;
  };
  std::unordered_map<std::string, Answer> answers_;
};

}  // namespace

extern "C" {

// Guarded pages are six system calls each. AddressSanitizer guards what it allocates itself, and knows it when it is
// gone; filled as the library does it, so that nothing counts on zeros.
void* sodium_malloc(std::size_t size) {
  void* bytes = std::malloc(size);
  if (bytes != nullptr) std::fill_n(static_cast<unsigned char*>(bytes), size, static_cast<unsigned char>(0xDB));
  return bytes;
}
void sodium_free(void* bytes) { std::free(bytes); }
int sodium_mlock(void* /*bytes*/, std::size_t /*size*/) { return 0; }

int crypto_sign_verify_detached(const unsigned char* signature, const unsigned char* message, unsigned long long size,
                                const unsigned char* key) {
  static Asked asked;
  static auto* const verify = real<decltype(crypto_sign_verify_detached)>("crypto_sign_verify_detached");
  std::string question;
  add(add(question, signature, crypto_sign_BYTES), key, crypto_sign_PUBLICKEYBYTES);
  add(question, message, static_cast<std::size_t>(size));
  return asked.answer(question, nullptr, 0, [&](unsigned char*) { return verify(signature, message, size, key); });
}

int crypto_core_ed25519_is_valid_point(const unsigned char* point) {
  static Asked asked;
  static auto* const valid = real<decltype(crypto_core_ed25519_is_valid_point)>("crypto_core_ed25519_is_valid_point");
  std::string question;
  add(question, point, crypto_core_ed25519_BYTES);
  return asked.answer(question, nullptr, 0, [&](unsigned char*) { return valid(point); });
}

int crypto_scalarmult_curve25519(unsigned char* into, const unsigned char* secret, const unsigned char* other) {
  static Asked asked;
  static auto* const multiply = real<decltype(crypto_scalarmult_curve25519)>("crypto_scalarmult_curve25519");
  std::string question;
  add(add(question, secret, crypto_scalarmult_curve25519_SCALARBYTES), other, crypto_scalarmult_curve25519_BYTES);
  return asked.answer(question, into, crypto_scalarmult_curve25519_BYTES,
                      [&](unsigned char* bytes) { return multiply(bytes, secret, other); });
}

int crypto_scalarmult_curve25519_base(unsigned char* into, const unsigned char* secret) {
  static Asked asked;
  static auto* const multiply = real<decltype(crypto_scalarmult_curve25519_base)>("crypto_scalarmult_curve25519_base");
  std::string question;
  add(question, secret, crypto_scalarmult_curve25519_SCALARBYTES);
  return asked.answer(question, into, crypto_scalarmult_curve25519_BYTES,
                      [&](unsigned char* bytes) { return multiply(bytes, secret); });
}

}  // extern "C"
