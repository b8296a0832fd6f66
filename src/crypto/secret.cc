#include "crypto/secret.h"

#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <atomic>

#include "core/check.h"
#include "core/error.h"
#include "core/memory.h"

namespace attune::crypto {

namespace {

std::atomic<std::size_t> refused_locks{0};

constexpr std::size_t kFirstCapacity = 64;

// sodium_malloc needs its page size and canary. start() has made them in the program; a library user or a test that
// goes without start() still gets guarded pages.
void need_libsodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready) throw Error{Errc::internal, "the cryptographic library did not start"};
}

}  // namespace

void FreeGuarded::operator()(std::byte* page) const noexcept { sodium_free(page); }

GuardedPage allocate_guarded(std::size_t size) {
  ATTUNE_CHECK(size > 0);
  need_libsodium();
  GuardedPage page{static_cast<std::byte*>(sodium_malloc(size))};
  if (!page) no_memory();
  // Asked once more, because sodium_malloc hides the answer; locking a locked page is no error and locks do not add up.
  if (sodium_mlock(page.get(), size) != 0) refused_locks.fetch_add(1, std::memory_order_relaxed);
  return page;
}

std::size_t unlocked_secrets() noexcept { return refused_locks.load(std::memory_order_relaxed); }

SecretBytes SecretBytes::copied(BytesView bytes) {
  if (bytes.size() > kMaxSize) throw Error{Errc::usage, "that is too long for a secret"};
  SecretBytes secret;
  if (bytes.empty()) return secret;
  secret.page_ = allocate_guarded(bytes.size());
  secret.size_ = secret.capacity_ = bytes.size();
  std::ranges::copy(bytes, secret.page_.get());
  return secret;
}

void SecretBytes::push_back(std::byte byte) {
  if (size_ == kMaxSize) throw Error{Errc::usage, "that is too long for a secret"};
  if (size_ == capacity_) {
    const auto capacity = std::min(kMaxSize, std::max(kFirstCapacity, 2 * capacity_));
    auto page = allocate_guarded(capacity);
    std::ranges::copy(bytes(), page.get());
    page_ = std::move(page);  // the old page is wiped as it goes
    capacity_ = capacity;
  }
  page_[size_++] = byte;
}

void SecretBytes::pop_back() noexcept {
  if (size_ == 0) return;
  page_[--size_] = std::byte{0};
}

void SecretBytes::clear() noexcept {
  page_.reset();
  size_ = capacity_ = 0;
}

void wipe(std::span<std::byte> bytes) noexcept {
  if (!bytes.empty()) sodium_memzero(bytes.data(), bytes.size());
}

void wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // never allocates: what lies behind the end may still hold what was there once
  sodium_memzero(text.data(), text.size());
  text.clear();
}

void wipe_stack() noexcept {
  constexpr std::size_t kDepth = 256U << 10U;
  sodium_stackzero(kDepth);
}

bool equal_secrets(BytesView a, BytesView b) noexcept {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

void start() {
  need_libsodium();
  const rlimit no_core{0, 0};
  if (setrlimit(RLIMIT_CORE, &no_core) != 0) throw Error{Errc::internal, "core dumps could not be turned off"};
  // Also keeps other processes of this user from tracing us and reading /proc/<pid>/mem.
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) throw Error{Errc::internal, "tracing could not be turned off"};
}

}  // namespace attune::crypto
