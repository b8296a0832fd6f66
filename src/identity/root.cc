#include "identity/root.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/kdf.h"

namespace attune::identity {
namespace {

constexpr std::string_view kRootContext = "attROOT_";
constexpr std::uint64_t kSigningNumber = 1;
constexpr std::uint64_t kBackupNumber = 2;
constexpr std::uint64_t kSelfNumber = 3;

using SigningSeed = crypto::Secret<struct SigningSeedTag, 32>;

}  // namespace

Root root_from(const crypto::Entropy& entropy) {
  const auto seed = crypto::derive<SigningSeed>(entropy.bytes(), kRootContext, kSigningNumber);
  auto signing = crypto::root_secret_from_seed(seed.bytes());
  auto backup = crypto::derive<crypto::BackupSecret>(entropy.bytes(), kRootContext, kBackupNumber);
  const RootId id = crypto::root_of(signing);
  const crypto::XPublic recipient = crypto::x25519_public(backup.bytes());
  return Root{id, std::move(signing), std::move(backup), recipient,
              crypto::derive<SelfSeed>(entropy.bytes(), kRootContext, kSelfNumber)};
}

CoupleId couple_of(const RootId& one, const RootId& other) {
  return crypto::Hasher{"attune couple v1"}
      .add(std::min(one, other).bytes())
      .add(std::max(one, other).bytes())
      .finish_as<CoupleId>();
}

}  // namespace attune::identity
