// Secrets: in guarded pages of their own (sodium_malloc), locked against swap where the system lets us, wiped when
// their owner dies. Move-only: every copy would be one more place to leak. No ==, no <<, no std::string.
// Limits: a wipe cannot reach registers, copies a caller makes of bytes(), or a hibernation image.
// Threads: const access from any thread; moving needs external synchronisation.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "core/bytes.h"

namespace attune::crypto {

struct FreeGuarded {
  void operator()(std::byte* page) const noexcept;  // wipes, then frees
};
using GuardedPage = std::unique_ptr<std::byte[], FreeGuarded>;
// Without memory it ends as no_memory() does (core/memory.h). sodium_malloc ignores a failed mlock, so
// unlocked_secrets() counts them. REQUIRES: size > 0.
[[nodiscard]] GuardedPage allocate_guarded(std::size_t size);
// How many secrets the system refused to lock (RLIMIT_MEMLOCK) so far; doctor tells.
[[nodiscard]] std::size_t unlocked_secrets() noexcept;

template <class Tag, std::size_t N>
class Secret {
 public:
  static constexpr std::size_t size = N;

  // Born in place: fill(std::span<std::byte, N>) writes the key where it will live; all N bytes.
  // If fill throws, the page is wiped and freed.
  template <class Fill>
  [[nodiscard]] static Secret born(Fill&& fill) {
    Secret secret;
    fill(std::span<std::byte, N>{secret.page_.get(), N});
    return secret;
  }
  // A copy of bytes that the caller owns and wipes.
  [[nodiscard]] static Secret copied(std::span<const std::byte, N> bytes) {
    return born([&](std::span<std::byte, N> into) { std::copy(bytes.begin(), bytes.end(), into.begin()); });
  }
  // On purpose and by name, where two owners each need the key.
  [[nodiscard]] Secret clone() const { return copied(bytes()); }

  // Valid while *this lives and is not moved from. Pass it on; do not store it.
  [[nodiscard]] std::span<const std::byte, N> bytes() const { return std::span<const std::byte, N>{page_.get(), N}; }

 private:
  Secret() : page_{allocate_guarded(N)} {}
  GuardedPage page_;
};

// A secret whose size is known only when it runs: passphrases, phrases of words, raw frames of keys. At most 4 KiB.
class SecretBytes {
 public:
  static constexpr std::size_t kMaxSize = 4096;
  SecretBytes() = default;  // empty
  // A moved-from one is empty.
  SecretBytes(SecretBytes&& other) noexcept
      : page_{std::move(other.page_)},
        size_{std::exchange(other.size_, 0)},
        capacity_{std::exchange(other.capacity_, 0)} {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    page_ = std::move(other.page_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }
  [[nodiscard]] static SecretBytes copied(BytesView bytes);  // Errc::usage beyond kMaxSize
  [[nodiscard]] SecretBytes clone() const { return copied(bytes()); }
  [[nodiscard]] BytesView bytes() const noexcept { return {page_.get(), size_}; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  void push_back(std::byte byte);  // Errc::usage beyond kMaxSize
  void pop_back() noexcept;        // wipes the byte; nothing where empty
  void clear() noexcept;

 private:
  GuardedPage page_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

// A 32-byte key by view: what the functions of this module take. Each owner has a type of its own.
using KeyView = std::span<const std::byte, 32>;

void wipe(std::span<std::byte> bytes) noexcept;
void wipe(std::string& text) noexcept;  // its whole capacity; leaves it empty
// What functions that have returned left on this thread's stack, 256 KiB deep: short strings stand there in full.
void wipe_stack() noexcept;
[[nodiscard]] bool equal_secrets(BytesView a, BytesView b) noexcept;  // constant time for equal sizes

// Call once, first thing in main: libsodium, no core dumps, not traceable. Throws Errc::internal.
void start();

}  // namespace attune::crypto
