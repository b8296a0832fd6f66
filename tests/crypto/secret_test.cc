#include "crypto/secret.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "crypto/keys.h"
#include "crypto/random.h"
#include "support/error_matcher.h"

namespace attune::crypto {
namespace {

using Key = Secret<struct TestKeyTag, 32>;
static_assert(!std::is_copy_constructible_v<Key> && !std::is_copy_assignable_v<Key>);
static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);
static_assert(!std::is_default_constructible_v<Key>);

TEST(Secret, IsBornInPlaceAndClonedByName) {
  const auto key = Key::born([](std::span<std::byte, 32> into) { std::ranges::fill(into, std::byte{9}); });
  EXPECT_EQ(to_hex(key.bytes()), to_hex(Bytes(32, std::byte{9})));
  const auto second = key.clone();
  EXPECT_TRUE(equal_secrets(key.bytes(), second.bytes()));
  EXPECT_NE(key.bytes().data(), second.bytes().data());
}

TEST(Secret, AFillThatThrowsLeavesNothingBehind) {
  EXPECT_THROW(static_cast<void>(Key::born([](auto) { throw std::runtime_error{"no"}; })), std::runtime_error);
}

TEST(Secret, WritingPastItsEndStopsTheProcess) {
  const auto key = random_secret<Key>();
  auto* past_the_end = const_cast<std::byte*>(key.bytes().data()) + 32;
  EXPECT_DEATH(*static_cast<volatile std::byte*>(past_the_end) = std::byte{1}, "");
}

TEST(SecretBytes, GrowsByteByByteUpToItsLimitAndShrinks) {
  SecretBytes secret;
  EXPECT_TRUE(secret.empty());
  Bytes expected;
  for (std::size_t i = 0; i < SecretBytes::kMaxSize; ++i) {
    secret.push_back(static_cast<std::byte>(i));
    expected.push_back(static_cast<std::byte>(i));
  }
  EXPECT_TRUE(equal(secret.bytes(), expected));
  EXPECT_ERROR(Errc::usage, secret.push_back(std::byte{1}));
  EXPECT_TRUE(equal(secret.bytes(), expected));
  secret.pop_back();
  expected.pop_back();
  EXPECT_TRUE(equal(secret.bytes(), expected));
  secret.clear();
  EXPECT_TRUE(secret.empty());
  secret.pop_back();
  secret.push_back(std::byte{5});
  EXPECT_EQ(to_hex(secret.bytes()), "05");
}

TEST(SecretBytes, ATakenBackByteIsWiped) {
  auto secret = SecretBytes::copied(as_bytes("passphrase"));
  const auto* last = &secret.bytes().back();
  secret.pop_back();
  EXPECT_EQ(*last, std::byte{0});
  EXPECT_EQ(as_text(secret.bytes()), "passphras");
}

TEST(SecretBytes, RefusesMoreThanItsLimit) {
  EXPECT_EQ(SecretBytes::copied(Bytes(SecretBytes::kMaxSize)).bytes().size(), SecretBytes::kMaxSize);
  EXPECT_ERROR(Errc::usage, SecretBytes::copied(Bytes(SecretBytes::kMaxSize + 1)));
}

TEST(SecretBytes, AMovedFromOneIsEmptyAndUsable) {
  auto first = SecretBytes::copied(as_bytes("abc"));
  auto second = std::move(first);
  EXPECT_TRUE(first.empty());
  EXPECT_TRUE(first.bytes().empty());
  first.push_back(std::byte{'x'});
  EXPECT_EQ(as_text(first.bytes()), "x");
  first = std::move(second);
  EXPECT_EQ(as_text(first.bytes()), "abc");
  EXPECT_TRUE(second.empty());
}

TEST(Wipe, ClearsBytesAndTheWholeCapacityOfAString) {
  Bytes bytes(100, std::byte{7});
  wipe(bytes);
  EXPECT_EQ(bytes, Bytes(100));
  wipe(std::span<std::byte>{});

  std::string text(200, 's');
  text.resize(50);
  const auto capacity = text.capacity();
  wipe(text);
  EXPECT_TRUE(text.empty());
  ASSERT_EQ(text.capacity(), capacity);
  EXPECT_TRUE(std::all_of(text.data(), text.data() + capacity, [](char c) { return c == '\0'; }));
}

TEST(EqualSecrets, ComparesSizeAndEachByte) {
  const auto a = as_bytes("0123456789");
  EXPECT_TRUE(equal_secrets(a, as_bytes("0123456789")));
  EXPECT_TRUE(equal_secrets({}, {}));
  EXPECT_FALSE(equal_secrets(a, a.first(9)));
  EXPECT_FALSE(equal_secrets(a, {}));
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto other = to_bytes(a);
    other[i] ^= std::byte{1};
    EXPECT_FALSE(equal_secrets(a, other)) << i;
  }
}

// Both run in a process of their own: what they do cannot be undone.

[[noreturn]] void exit_with(bool good) { std::_Exit(good ? 0 : 1); }

void start_and_look() {
  start();
  rlimit core{};
  const bool no_core = getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0;
  exit_with(no_core && prctl(PR_GET_DUMPABLE) == 0);
}

TEST(Start, TurnsOffCoreDumpsAndTracing) { EXPECT_EXIT(start_and_look(), testing::ExitedWithCode(0), ""); }

#ifndef __SANITIZE_ADDRESS__  // AddressSanitizer makes mlock do nothing
// Who holds CAP_IPC_LOCK (root, mostly) locks without limit, so the process gives up what it holds first.
void count_refused_locks() {
  __user_cap_header_struct whose{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none_held{};
  const rlimit none{0, 0};
  if (syscall(SYS_capset, &whose, none_held.data()) != 0 || setrlimit(RLIMIT_MEMLOCK, &none) != 0) exit_with(false);
  const auto before = unlocked_secrets();
  const auto key = random_secret<Key>();
  const auto second = key.clone();
  exit_with(unlocked_secrets() - before == 2U);
}

TEST(Secret, CountsTheLocksThatTheSystemRefused) { EXPECT_EXIT(count_refused_locks(), testing::ExitedWithCode(0), ""); }
#endif

TEST(Random, DrawsWhatWasNotDrawnBeforeAndStaysBelowItsBound) {
  EXPECT_FALSE(equal_secrets(random_secret<Key>().bytes(), random_secret<Key>().bytes()));
  EXPECT_NE(random_id<LogId>(), random_id<LogId>());
  std::array<int, 10> seen{};
  for (int i = 0; i < 2000; ++i) ++seen.at(random_below(10));
  EXPECT_TRUE(std::ranges::all_of(seen, [](int times) { return times > 0; }));
  EXPECT_EQ(random_below(1), 0U);
  random_fill({});
}

}  // namespace
}  // namespace attune::crypto
