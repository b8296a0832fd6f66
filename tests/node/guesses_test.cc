// What was erased cannot be guessed: nothing that remains on any of four devices' disks matches the text, for somebody
// who has all their keys and knows everything else about the entry, its time, author, ids and bytes, and tries a
// million salts and texts. The salt is what they lack, and it is gone with the text.
#include <gmock/gmock.h>

#include <iostream>
#include <unordered_set>

#include "log/chain.h"
#include "node/computers.h"
#include "storage/contents.h"
#include "storage/sealed_file.h"
#include "storage/store.h"

namespace attune::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kText = "shared the secret that is erased";
constexpr std::size_t kCommitment = 32;

class Guesses : public ::testing::TestWithParam<std::size_t> {
 protected:
  Guesses() : world_{1} {
    world_.restored(tablet_, world_.backed_up(world_.ben()), "tablet", TwoPeoplesComputers::kBen);
    meet_all();
  }
  void meet_all() {
    for (int round = 0; round < 2; ++round) world_.meet_all(all());
  }
  std::vector<Computer*> all() { return {&world_.ada(), &world_.phone(), &world_.ben(), &tablet_}; }

  // Everything that its keys open on its disk.
  static std::string plaintext(Computer& at) {
    const auto key = storage::StoreKey::copied(at.home().vault().store.bytes());
    at.close();
    std::string found;
    storage::read_everything(at.files(), joined(Computer::kHome, "store"), key,
                             [&](const std::string&, BytesView plain) { append(found, plain); });
    append(found, *storage::read_sealed_file(at.files(), joined(Computer::kHome, "heads"), "attune heads v1", key));
    at.open();
    return found;
  }
  // The payload with its salt, as it stands before it is erased.
  static std::string payload_of(Computer& at, const ObjectId& object) {
    std::string found;
    for (const log::Held& held : at.book().logs().all()) {
      at.book().logs().read_from(held.number, 1, [&](std::uint64_t, const log::Record& record) {
        if (record.object == object && record.payload) found = *record.payload;
        return true;
      });
    }
    return found;
  }

  // All that remains on four disks. Whatever 32 bytes stand at any place of it may be a commitment.
  void look_at_what_remains() {
    for (Computer* at : all()) remains_ += plaintext(*at);
    for (std::size_t at = 0; at + kCommitment <= remains_.size(); ++at) {
      commitments_.insert(std::string_view{remains_}.substr(at, kCommitment));
    }
  }
  [[nodiscard]] bool matches(const ObjectId& object, const std::string& guess) const {
    const OpId hash = log::payload_hash(object, as_bytes(guess));
    return commitments_.contains(std::string_view{reinterpret_cast<const char*>(hash.bytes().data()), kCommitment});
  }
  // The n-th salt that is tried: first each that remains somewhere (another entry's, a key, an id, anything), then
  // drawn ones.
  [[nodiscard]] std::string salt(std::size_t n) const {
    if (n + log::kPayloadRandom <= remains_.size()) return remains_.substr(n, log::kPayloadRandom);
    std::string drawn(log::kPayloadRandom, '\0');
    crypto::random_fill(std::as_writable_bytes(std::span{drawn}));
    return drawn;
  }

  std::string remains_;
  std::unordered_set<std::string_view> commitments_;
  TwoPeoplesComputers world_;
  Computer tablet_{world_.clock()};  // Ben's
};

TEST_P(Guesses, MatchNothingOfAnErasedEntryOnAnyOfFourDevices) {
  const ObjectId object = write(world_.ada().home(), std::string{kText}, true);
  meet_all();
  const std::string payload = payload_of(world_.ada(), object);
  ASSERT_THAT(payload, HasSubstr(std::string{kText}));
  const std::string true_salt = payload.substr(0, log::kPayloadRandom);
  const std::string act = payload.substr(log::kPayloadRandom);
  for (Computer* at : all()) {
    EXPECT_THAT(plaintext(*at), AllOf(HasSubstr(std::string{kText}), HasSubstr(true_salt)));  // what it looks like
  }

  world_.ada().book().erase(object);
  meet_all();
  EXPECT_TRUE(world_.ada().book().erase_confirmed(object));

  look_at_what_remains();
  EXPECT_THAT(remains_, Not(HasSubstr(std::string{kText})));
  for (std::size_t half : {0UL, true_salt.size() / 2}) {
    EXPECT_THAT(remains_, Not(HasSubstr(true_salt.substr(half, true_salt.size() / 2))));
  }
  EXPECT_TRUE(matches(object, payload)) << "these guesses could match nothing, whatever they say";
  ASSERT_GT(GetParam(), 2 * remains_.size()) << "too few for each salt that remains";
  std::size_t found = matches(object, act) ? 1 : 0;
  for (std::size_t n = 0; n < GetParam(); ++n) {
    std::string text = act;
    if (n > remains_.size() && n % 2 == 0) {
      std::string other = "another " + std::to_string(n);
      other.resize(kText.size(), '.');
      text.replace(text.find(kText), kText.size(), other);
    }
    found += matches(object, salt(n) + text) ? 1U : 0U;
  }
  EXPECT_EQ(found, 0U);
  std::cout << GetParam() << " guesses, " << remains_.size() << " of them with what remains as salt, against "
            << commitments_.size() << " places: " << found << " matches\n";
}

INSTANTIATE_TEST_SUITE_P(Quick, Guesses, ::testing::Values(100'000));
INSTANTIATE_TEST_SUITE_P(Prove, Guesses, ::testing::Values(1'000'000));

}  // namespace
}  // namespace attune::test
