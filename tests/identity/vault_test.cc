#include "identity/vault.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "crypto/random.h"
#include "identity/known.h"
#include "identity/rechecked.h"
#include "support/error_matcher.h"
#include "support/vectors.h"

namespace attune::identity {
namespace {

using crypto::PassphraseCost;
using test::id_of;
using test::rechecked;

constexpr std::size_t kHeader = test::kVaultHeader;
constexpr std::size_t kChecksum = test::kVaultChecksum;
const BytesView kPassphrase = as_bytes("twelve quiet herons");

Vault a_vault(std::size_t self_keys = 1) {
  Vault vault{id_of<RootId>(1),
              {},
              crypto::random_secret<crypto::DeviceSecret>(),
              crypto::random_secret<StoreSecret>(),
              {},
              {}};
  vault.backup_recipient.fill(std::byte{7});
  for (std::size_t i = 0; i < self_keys; ++i) {
    vault.self_keys.push_back(
        {crypto::random_secret<SelfKeySecret>(), i == 0 ? StatementHash{} : id_of<StatementHash>(9)});
  }
  return vault;
}

bool same_secret(BytesView a, BytesView b) { return equal(a, b); }

void expect_same(const Vault& one, const Vault& other) {
  EXPECT_EQ(one.root, other.root);
  EXPECT_EQ(one.backup_recipient, other.backup_recipient);
  EXPECT_TRUE(same_secret(one.device.bytes(), other.device.bytes()));
  EXPECT_TRUE(same_secret(one.store.bytes(), other.store.bytes()));
  EXPECT_EQ(one.device_id(), other.device_id());
  EXPECT_EQ(one.ask_before_partner, other.ask_before_partner);
  ASSERT_EQ(one.self_keys.size(), other.self_keys.size());
  for (std::size_t i = 0; i < one.self_keys.size(); ++i) {
    EXPECT_TRUE(same_secret(one.self_keys[i].secret.bytes(), other.self_keys[i].secret.bytes()));
    EXPECT_EQ(one.self_keys[i].revoke, other.self_keys[i].revoke);
  }
}

Bytes with(Bytes file, std::size_t at, BytesView bytes) {
  std::ranges::copy(bytes, file.begin() + static_cast<std::ptrdiff_t>(at));
  return file;
}
Bytes flipped(Bytes file, std::size_t at) {
  file[at] ^= std::byte{1};
  return file;
}

// One vault for all tests that only read it: making one takes Argon2's time.
struct Locked {
  Vault vault = a_vault();
  Bytes file = lock_vault(vault, kPassphrase, crypto::kInteractive);
};
const Locked& locked() {
  static const Locked once;
  return once;
}

TEST(Vault, OpensWithItsPassphrase) {
  expect_same(unlock_vault(locked().file, kPassphrase), locked().vault);
  EXPECT_EQ(vault_cost(locked().file), crypto::kInteractive);
}

TEST(Vault, KeepsEachSelfKeyAndTheQuestionThatIsOpen) {
  Vault vault = a_vault(3);
  vault.ask_before_partner = true;
  expect_same(unlock_vault(lock_vault(vault, kPassphrase, crypto::kInteractive), kPassphrase), vault);
}

TEST(Vault, RefusesAnotherPassphrase) {
  for (const std::string_view other : {"twelve quiet heronS", "twelve quiet herons ", ""}) {
    EXPECT_ERROR(Errc::wrong_passphrase, unlock_vault(locked().file, as_bytes(other)));
  }
}

TEST(Vault, IsDamagedWithAnyByteChanged) {
  for (std::size_t at = 0; at < locked().file.size(); ++at) {
    const Bytes changed = flipped(locked().file, at);
    EXPECT_ERROR(Errc::damaged, unlock_vault(changed, kPassphrase));
    EXPECT_ERROR(Errc::damaged, vault_cost(changed));
  }
}

TEST(Vault, IsDamagedAtAnyOtherLength) {
  const Bytes& file = locked().file;
  for (std::size_t size = 0; size < file.size(); size += size < 200 ? 1 : 97) {
    EXPECT_ERROR(Errc::damaged, unlock_vault(BytesView{file}.first(size), kPassphrase));
  }
  Bytes longer = file;
  longer.push_back(std::byte{0});
  EXPECT_ERROR(Errc::damaged, unlock_vault(longer, kPassphrase));
  longer.resize(file.size() + 4096);
  EXPECT_ERROR(Errc::damaged, unlock_vault(longer, kPassphrase));
  EXPECT_ERROR(Errc::damaged, unlock_vault(Bytes(kMaxVault + 4096), kPassphrase));
}

TEST(Vault, GivesNoDataAfterAChangeThatTheChecksumDoesNotShow) {
  const Bytes& file = locked().file;
  // Salt and commitment: no passphrase fits any more. Nonce, contents and their tag: known to be changed.
  for (const std::size_t at : {std::size_t{24}, std::size_t{39}, std::size_t{40}, std::size_t{71}}) {
    EXPECT_ERROR(Errc::wrong_passphrase, unlock_vault(rechecked(flipped(file, at)), kPassphrase));
  }
  for (const std::size_t at : {std::size_t{72}, kHeader - 1, kHeader, kHeader + 50, file.size() / 2,
                               file.size() - kChecksum - 17, file.size() - kChecksum - 1}) {
    EXPECT_ERROR(Errc::tampered, unlock_vault(rechecked(flipped(file, at)), kPassphrase));
  }
  expect_same(unlock_vault(rechecked(file), kPassphrase), locked().vault);
}

TEST(Vault, SaysSoWhenItIsOfANewerProgram) {
  EXPECT_ERROR(Errc::incompatible, unlock_vault(rechecked(with(locked().file, 8, be32(2))), kPassphrase));
  EXPECT_ERROR(Errc::incompatible, vault_cost(rechecked(with(locked().file, 8, be32(2)))));
  EXPECT_ERROR(Errc::tampered, unlock_vault(rechecked(with(locked().file, 8, be32(0))), kPassphrase));
  EXPECT_ERROR(Errc::damaged, unlock_vault(rechecked(flipped(locked().file, 0)), kPassphrase));
}

TEST(Vault, NeverRunsArgon2WithParametersOfAnAttacker) {
  // Had Argon2 run, the great ones would end in std::bad_alloc or not end, the small ones in wrong_passphrase.
  const Bytes& file = locked().file;
  for (const std::uint64_t memory :
       std::vector<std::uint64_t>{0, 8192, (64U << 20U) - 1, (4ULL << 30U) + 1, 1ULL << 62U, ~0ULL}) {
    EXPECT_ERROR(Errc::tampered, unlock_vault(rechecked(with(file, 12, be64(memory))), kPassphrase));
    EXPECT_ERROR(Errc::tampered, vault_cost(rechecked(with(file, 12, be64(memory)))));
  }
  for (const std::uint32_t passes : {0U, 1U, 11U, ~0U}) {
    EXPECT_ERROR(Errc::tampered, unlock_vault(rechecked(with(file, 20, be32(passes))), kPassphrase));
  }
  // Within the limits, and still not what it was made with.
  EXPECT_ERROR(Errc::wrong_passphrase, unlock_vault(rechecked(with(file, 20, be32(3))), kPassphrase));
}

TEST(Vault, IsNotMadeWithACostOutsideTheLimits) {
  EXPECT_ERROR(Errc::usage, lock_vault(locked().vault, kPassphrase, PassphraseCost{1ULL << 20U, 2}));
  EXPECT_ERROR(Errc::usage, lock_vault(locked().vault, kPassphrase, PassphraseCost{64ULL << 20U, 1}));
}

TEST(Vault, ShowsNothingButItsCost) {
  const Bytes again = lock_vault(locked().vault, kPassphrase, crypto::kInteractive);
  // The same size and the same cost; all else is drawn anew or depends on it.
  ASSERT_EQ(again.size(), locked().file.size());
  EXPECT_TRUE(equal(BytesView{again}.first(24), BytesView{locked().file}.first(24)));
  std::size_t equal_bytes = 0;
  for (std::size_t i = 24; i < again.size(); ++i) equal_bytes += again[i] == locked().file[i] ? 1 : 0;
  EXPECT_LT(equal_bytes, 60U);  // 16 of 4072 by chance
  const Vault& vault = locked().vault;
  for (const BytesView inside : {BytesView{vault.root.bytes()}, BytesView{vault.device.bytes()}}) {
    EXPECT_TRUE(std::ranges::search(again, inside.first(4)).empty());
  }
}

TEST(Vault, HasTheSameSizeWhateverItHolds) {
  EXPECT_EQ(locked().file.size(), 4096U);
  EXPECT_EQ(lock_vault(a_vault(56), kPassphrase, crypto::kInteractive).size(), 4096U);
  const Vault many = a_vault(57);
  const Bytes larger = lock_vault(many, kPassphrase, crypto::kInteractive);
  EXPECT_EQ(larger.size(), 8192U);
  expect_same(unlock_vault(larger, kPassphrase), many);
}

// What golden_vault_v1.hex was made of, once, by the program of that day: every later one must open it.
Vault golden() {
  const Root root = test::person(0);
  const Statement revoke = check_statement(root.id, test::raw(test::known()["revoke"]["wire"]));
  const auto counting = [](int next) {
    return [next](auto into) mutable {
      for (std::byte& b : into) b = static_cast<std::byte>(next++);
    };
  };
  Vault vault{
      root.id, root.backup_recipient, crypto::DeviceSecret::born(counting(10)), StoreSecret::born(counting(40)), {},
      true};
  vault.self_keys.push_back(self_key_from(root.self_seed, nullptr));
  vault.self_keys.push_back(self_key_from(root.self_seed, &revoke));
  return vault;
}

TEST(Vault, OpensWhatTheFirstProgramWrote) {
  std::ifstream file{test::project_file("tests/identity/golden_vault_v1.hex")};
  std::string hex;
  for (std::string line; std::getline(file, line);) hex += line;
  expect_same(unlock_vault(test::unhex(hex), kPassphrase), golden());
}

TEST(Vault, HasALimit) {
  const Vault many = a_vault(900);
  expect_same(unlock_vault(lock_vault(many, kPassphrase, crypto::kInteractive), kPassphrase), many);
  EXPECT_ERROR(Errc::refused, lock_vault(a_vault(1000), kPassphrase, crypto::kInteractive));
}

}  // namespace
}  // namespace attune::identity
