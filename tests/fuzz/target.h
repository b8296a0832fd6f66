// What a fuzzer calls: bytes in, and promises that hold whatever they are. One file a target; docs/evidence.md.
// The same targets run in two programs: under libFuzzer (tests/fuzz/driver), and over their corpus in the quick suite.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bytes.h"
#include "core/error.h"

namespace attune::fuzz {

// How long it takes: what scripts/prove asks of it goes by that.
enum class Weight { light, heavy };

struct Target {
  std::string_view name;
  Weight weight = Weight::light;
  void (*run)(BytesView input) = nullptr;
  // Inputs to begin with, made by the code itself: what honest bytes look like.
  std::vector<Bytes> (*seeds)() = nullptr;
};
// A target makes itself known: const Registration registration{{...}};
class Registration {
 public:
  explicit Registration(const Target& target);
};
[[nodiscard]] std::vector<Target>& all_targets();
// Ends the process where a promise is broken, and lets no error out.
void run(const Target& target, BytesView input);

// `kept` must be true for every input: else the process ends, and the input is a finding.
void promise(bool kept, std::string_view what);

// What an honest refusal looks like: the code of an error that `work` may throw. nullopt: it threw none. Any other
// code breaks a promise, as does any other exception.
[[nodiscard]] std::optional<Errc> refusal(std::initializer_list<Errc> may, const std::function<void()>& work);

// Takes an input apart, from the front. Past its end everything is zero and empty.
class Draw {
 public:
  explicit Draw(BytesView input) : left_{input} {}
  [[nodiscard]] bool done() const noexcept { return left_.empty(); }
  [[nodiscard]] std::uint8_t byte();
  [[nodiscard]] std::uint16_t u16();
  [[nodiscard]] std::uint64_t u64();
  [[nodiscard]] bool flip() { return (byte() & 1U) != 0; }
  [[nodiscard]] std::size_t below(std::size_t bound);  // of two bytes; REQUIRES: above zero
  [[nodiscard]] BytesView bytes(std::size_t size);     // fewer at the end
  [[nodiscard]] BytesView piece() { return bytes(u16()); }
  [[nodiscard]] BytesView rest();
  template <std::size_t N>
  [[nodiscard]] std::array<std::byte, N> array() {
    std::array<std::byte, N> all{};
    const BytesView given = bytes(N);
    std::copy(given.begin(), given.end(), all.begin());
    return all;
  }

 private:
  BytesView left_;
};

// The other way round, for seeds.
class InputBuilder {
 public:
  InputBuilder& byte(unsigned value);
  InputBuilder& u16(std::size_t value);
  InputBuilder& u64(std::uint64_t value);
  InputBuilder& raw(BytesView bytes);
  InputBuilder& piece(BytesView bytes) { return u16(bytes.size()).raw(bytes); }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

// A secret that everybody knows.
template <class AnySecret>
[[nodiscard]] AnySecret known_secret(unsigned filler) {
  return AnySecret::born([&](auto into) { std::ranges::fill(into, static_cast<std::byte>(filler)); });
}

// From here on the library's randomness is that of this number, so that an input does the same each time.
void settle_randomness(std::uint64_t seed);

}  // namespace attune::fuzz
