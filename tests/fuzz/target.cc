#include "fuzz/target.h"

#include <sodium.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace attune::fuzz {
namespace {

// splitmix64: anything that repeats will do.
std::uint64_t state = 0;
std::uint64_t next_random() {
  std::uint64_t z = (state += 0x9E3779B97F4A7C15U);
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}
std::uint32_t random_word() { return static_cast<std::uint32_t>(next_random()); }
void random_bytes(void* into, std::size_t size) {
  auto* to = static_cast<unsigned char*>(into);
  for (std::size_t i = 0; i < size; ++i) to[i] = static_cast<unsigned char>(next_random());
}
const char* random_name() { return "repeatable"; }

}  // namespace

void settle_randomness(std::uint64_t seed) {
  static randombytes_implementation repeatable{random_name, random_word, nullptr, nullptr, random_bytes, nullptr};
  state = seed;
  randombytes_set_implementation(&repeatable);
}

std::vector<Target>& all_targets() {
  static std::vector<Target> targets;
  return targets;
}

Registration::Registration(const Target& target) {
  auto& all = all_targets();
  all.insert(std::ranges::upper_bound(all, target.name, {}, &Target::name), target);
}

void run(const Target& target, BytesView input) {
  settle_randomness(1);
  try {
    target.run(input);
  } catch (const Error& error) {
    std::fprintf(stderr, "an error got out: %s: %s\n", std::string{name_of(error.code())}.c_str(), error.what());
    std::abort();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "an exception got out: %s\n", error.what());
    std::abort();
  }
}

void promise(bool kept, std::string_view what) {
  if (kept) return;
  std::fprintf(stderr, "a promise is broken: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

std::optional<Errc> refusal(std::initializer_list<Errc> may, const std::function<void()>& work) {
  try {
    work();
    return std::nullopt;
  } catch (const Error& error) {
    if (std::ranges::find(may, error.code()) == may.end()) {
      std::fprintf(stderr, "%s: %s\n", std::string{name_of(error.code())}.c_str(), error.what());
      promise(false, "it is refused with a code that its header names");
    }
    return error.code();
  }
}

std::uint8_t Draw::byte() {
  const BytesView one = bytes(1);
  return one.empty() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(one[0]);
}

std::uint16_t Draw::u16() {
  const unsigned high = byte();
  return static_cast<std::uint16_t>(high << 8U | byte());
}

std::uint64_t Draw::u64() { return read_be64(array<8>()); }

std::size_t Draw::below(std::size_t bound) { return u16() % bound; }

BytesView Draw::bytes(std::size_t size) {
  const BytesView taken = left_.first(std::min(size, left_.size()));
  left_ = left_.subspan(taken.size());
  return taken;
}

BytesView Draw::rest() { return bytes(left_.size()); }

InputBuilder& InputBuilder::byte(unsigned value) {
  bytes_.push_back(static_cast<std::byte>(value));
  return *this;
}

InputBuilder& InputBuilder::u16(std::size_t value) {
  return byte(static_cast<unsigned>(value >> 8U & 0xFFU)).byte(value & 0xFFU);
}

InputBuilder& InputBuilder::u64(std::uint64_t value) { return raw(be64(value)); }

InputBuilder& InputBuilder::raw(BytesView bytes) {
  append(bytes_, bytes);
  return *this;
}

}  // namespace attune::fuzz
