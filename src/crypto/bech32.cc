#include "crypto/bech32.h"

#include <array>

namespace attune::crypto {
namespace {

constexpr std::string_view kCharacters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr unsigned kChecksumCharacters = 6;

// The checksum of BIP173: a BCH code over 5-bit values.
class Checksum {
 public:
  void add(std::uint32_t value) {
    constexpr std::array<std::uint32_t, 5> generator{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    const std::uint32_t top = state_ >> 25U;
    state_ = ((state_ & 0x1ffffffU) << 5U) ^ value;
    for (unsigned i = 0; i < generator.size(); ++i) {
      if (((top >> i) & 1U) != 0) state_ ^= generator[i];
    }
  }
  [[nodiscard]] std::uint32_t finish() {
    for (unsigned i = 0; i < kChecksumCharacters; ++i) add(0);
    return state_ ^ 1U;
  }

 private:
  std::uint32_t state_ = 1;
};

}  // namespace

void bech32(std::string_view prefix, BytesView data, const std::function<void(char)>& put) {
  Checksum checksum;
  for (const char c : prefix) checksum.add(static_cast<std::uint32_t>(c) >> 5U);
  checksum.add(0);
  for (const char c : prefix) {
    checksum.add(static_cast<std::uint32_t>(c) & 31U);
    put(c);
  }
  put('1');
  const auto add = [&](std::uint32_t five) {
    checksum.add(five);
    put(kCharacters[five]);
  };
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const std::byte b : data) {
    bits = ((bits << 8U) | std::to_integer<std::uint32_t>(b)) & 0xFFFU;
    for (held += 8; held >= 5; held -= 5) add((bits >> (held - 5)) & 31U);
  }
  if (held > 0) add((bits << (5 - held)) & 31U);
  const std::uint32_t sum = checksum.finish();
  for (unsigned i = 0; i < kChecksumCharacters; ++i)
    put(kCharacters[(sum >> (5 * (kChecksumCharacters - 1 - i))) & 31U]);
}

}  // namespace attune::crypto
