// One passphrase in place of another.
#include "node/passphrase.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "node/homes.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

constexpr std::string_view kNew = "another passphrase";

class Passphrases : public ::testing::Test {
 protected:
  Passphrases() { make_home(home); }
  void change(std::string_view current, std::string_view wanted, std::optional<crypto::PassphraseCost> cost = {}) {
    const auto ask = [&] {
      ++asked;
      return crypto::SecretBytes::copied(as_bytes(wanted));
    };
    node::change_passphrase(home, as_bytes(current), ask, cost);
  }
  [[nodiscard]] Bytes vault() const { return *read_file(PosixFiles{}, folder.at("home/vault"), 1U << 20U); }
  [[nodiscard]] bool opens(std::string_view passphrase) const {
    try {
      const node::Home opened{home, as_bytes(passphrase), std::chrono::milliseconds{0}, clock};
      return true;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::wrong_passphrase);
      return false;
    }
  }

  Folder folder;
  ManualClock clock;
  std::string home = folder.at("home");
  int asked = 0;
};

TEST_F(Passphrases, TheNewOneOpensTheHomeAndTheOldOneDoesNot) {
  write(*open_home(home, clock), "kept");
  change(kPassphrase, kNew);
  EXPECT_TRUE(opens(kNew));
  EXPECT_FALSE(opens(kPassphrase));
  EXPECT_THAT(bodies(*std::make_unique<node::Home>(home, as_bytes(kNew), std::chrono::milliseconds{0}, clock)),
              ::testing::ElementsAre("kept"));
}

TEST_F(Passphrases, AWrongOneChangesNothingAndAsksForNothing) {
  const Bytes before = vault();
  EXPECT_ERROR(Errc::wrong_passphrase, change("no such passphrase", kNew));
  EXPECT_EQ(vault(), before);
  EXPECT_EQ(asked, 0);
}

TEST_F(Passphrases, AShortOneIsRefusedAndChangesNothing) {
  const Bytes before = vault();
  EXPECT_ERROR(Errc::usage, change(kPassphrase, "seven77"));
  EXPECT_EQ(vault(), before);
}

TEST_F(Passphrases, WhatUnlockingCostsStaysUnlessItIsNamed) {
  change(kPassphrase, kNew);
  EXPECT_EQ(identity::vault_cost(vault()), crypto::kInteractive);
  constexpr crypto::PassphraseCost kOther{65ULL << 20U, 2};
  change(kNew, kNew, kOther);
  EXPECT_EQ(identity::vault_cost(vault()), kOther);
  EXPECT_TRUE(opens(kNew));
}

TEST_F(Passphrases, TheOldVaultIsOverwrittenWhereItStood) {
  std::filesystem::create_hard_link(folder.at("home/vault"), folder.at("kept"));  // what a disk may still hold of it
  const Bytes before = vault();
  change(kPassphrase, kNew);
  const Bytes after = *read_file(PosixFiles{}, folder.at("kept"), 1U << 20U);
  ASSERT_EQ(after.size(), before.size());
  std::size_t same = 0;
  for (std::size_t i = 0; i < before.size(); ++i) same += before[i] == after[i] ? 1U : 0U;
  EXPECT_LT(same, before.size() / 16);
}

TEST_F(Passphrases, AVaultThatWasChangedMeanwhileIsLeftAsItIs) {
  EXPECT_ERROR(Errc::busy,
               node::change_passphrase(home, as_bytes(kPassphrase),
                                       [this] {
                                         change(kPassphrase, kNew);
                                         return crypto::SecretBytes::copied(as_bytes("the slower of the two"));
                                       },
                                       {}));
  EXPECT_TRUE(opens(kNew));
}

TEST_F(Passphrases, OfAHomeThatIsNotThereAreNotChanged) {
  EXPECT_ERROR(Errc::no_home, node::change_passphrase(folder.at("none"), as_bytes(kPassphrase),
                                                      [] { return crypto::SecretBytes::copied(as_bytes(kNew)); }, {}));
}

}  // namespace
}  // namespace attune::test
