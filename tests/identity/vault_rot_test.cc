// Every bit of a vault turned, every length: by accident, and by somebody who sets its plain checksum right again.
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/random.h"
#include "identity/known.h"
#include "identity/rechecked.h"
#include "identity/vault.h"
#include "support/counted.h"
#include "support/damage.h"
#include "support/error_matcher.h"

namespace attune::identity {
namespace {

constexpr std::uint64_t kMuchMemory = 256ULL << 20U;
const BytesView kPassphrase = as_bytes("twelve quiet herons");

// Every so many bits, where Argon2 has to run for each.
class VaultRot : public ::testing::TestWithParam<std::size_t> {
 protected:
  VaultRot() {
    Vault vault{test::id_of<RootId>(1),
                {},
                crypto::random_secret<crypto::DeviceSecret>(),
                crypto::random_secret<StoreSecret>(),
                {},
                {}};
    vault.self_keys.push_back({crypto::random_secret<SelfKeySecret>(), {}});
    file = lock_vault(vault, kPassphrase, crypto::kInteractive);
  }

  [[nodiscard]] Bytes flipped(std::size_t bit) const {
    Bytes other = file;
    other[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    return other;
  }

  Bytes file;
  attune::test::Counted damages{attune::test::kDamages};
};

TEST_P(VaultRot, EveryBitIsDamage) {
  attune::test::each_bit(file, 1, [&](const Bytes& changed) {
    damages.one();
    EXPECT_ERROR(Errc::damaged, unlock_vault(changed, kPassphrase));
  });
}

TEST_P(VaultRot, EveryOtherLengthIsDamage) {
  attune::test::each_length(file, 1, [&](const Bytes& cut) {
    damages.one();
    EXPECT_ERROR(Errc::damaged, unlock_vault(cut, kPassphrase));
  });
}

// What the cost says is within the limits, or Argon2 is not asked at all; nothing opens.
TEST_P(VaultRot, NoBitOpensAnythingWhereTheChecksumIsSetRight) {
  const std::size_t end = (file.size() - test::kVaultChecksum) * 8;
  for (std::size_t bit = 0; bit < end; bit += bit < test::kVaultHeader * 8 ? GetParam() : 24 * GetParam()) {
    SCOPED_TRACE(bit);
    const Bytes changed = test::rechecked(flipped(bit));
    try {
      const crypto::PassphraseCost cost = vault_cost(changed);
      EXPECT_TRUE(crypto::acceptable(cost));
      if (cost.memory > kMuchMemory) continue;  // asks for what it may, which is tried elsewhere
      static_cast<void>(unlock_vault(changed, kPassphrase));
      ADD_FAILURE() << "opened";
    } catch (const Error& error) {
      damages.one();
      // Another salt, cost or commitment is as another passphrase.
      EXPECT_TRUE(error.code() == Errc::tampered || error.code() == Errc::damaged ||
                  error.code() == Errc::incompatible || error.code() == Errc::wrong_passphrase)
          << error.what();
      if (bit >= test::kVaultHeader * 8) {
        EXPECT_EQ(error.code(), Errc::tampered);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Quick, VaultRot, ::testing::Values(97));
INSTANTIATE_TEST_SUITE_P(Prove, VaultRot, ::testing::Values(1));

}  // namespace
}  // namespace attune::identity
