// Four devices, any acts, any contacts, cut anywhere: they end alike, and what is private stays at home.
#include <gmock/gmock.h>

#include <algorithm>

#include "support/error_matcher.h"
#include "sync/world.h"

namespace attune::test {
namespace {

using ::testing::IsEmpty;

class World {
 public:
  explicit World(std::uint64_t seed) : random_{seed} {
    pair(devices_[0], devices_[2]);
    for (int act = 0; act < 24; ++act) {
      clock_.advance(std::chrono::seconds{1});
      switch (draw(8)) {
        case 0:
        case 1:
        case 2: write(any()); break;
        case 3: edit(any()); break;
        case 4: erase(any()); break;
        case 5: any().reopen(); break;
        default: contact(); break;
      }
    }
  }

  // Until no record moves any more.
  void settle() {
    for (int round = 0; round < 3; ++round) {
      for (std::size_t a = 0; a < devices_.size(); ++a) {
        for (std::size_t b = a + 1; b < devices_.size(); ++b) contact(devices_[a], devices_[b], SIZE_MAX);
      }
    }
  }

  void expect_alike() {
    auto& [a1, a2, b1, b2] = devices_;
    EXPECT_EQ(a1.sees(), a2.sees());
    EXPECT_EQ(b1.sees(), b2.sees());
    std::vector<std::string> ada = a1.sees(true);
    std::vector<std::string> ben = b1.sees(true);
    for (std::string& line : ben) {  // seen from the other side
      const auto whose = line.find(" mine ");
      if (whose != std::string::npos) {
        line.replace(whose, 6, " theirs ");
      } else {
        line.replace(line.find(" theirs "), 8, " mine ");
      }
    }
    std::ranges::sort(ada);
    std::ranges::sort(ben);
    EXPECT_EQ(ada, ben);
    for (Device& device : devices_) EXPECT_THAT(device.book().verify().problems, IsEmpty());
    for (Device* device : {&a1, &a2, &b1, &b2}) EXPECT_EQ(device->book().waiting(), 0U);
  }

  // Nothing of any own-space log was in any message between the two persons.
  void expect_private() {
    std::vector<std::string> needles{"private words"};
    for (Device& device : devices_) {
      for (const log::Held& held : device.book().logs().all()) {
        if (!held.name.own_space()) continue;
        needles.emplace_back(held.name.id.raw());
        device.book().logs().read_from(held.number, 1, [&](std::uint64_t, const log::Record& record) {
          needles.emplace_back(record.hash.raw());
          needles.emplace_back(record.link.raw());
          if (record.payload) needles.push_back(record.payload->substr(0, log::kPayloadRandom));
          return true;
        });
      }
    }
    for (const std::string& needle : needles) ASSERT_EQ(between_.find(needle), std::string::npos);
  }

 private:
  std::size_t draw(std::size_t below) { return random_() % below; }
  Device& any() { return devices_[draw(devices_.size())]; }

  void write(Device& at) {
    const bool shared = draw(2) == 0 && at.book().pairing().has_value();
    const auto number = std::to_string(++written_);
    const ObjectId id = at.write((shared ? "shared words " : "private words ") + number, shared);
    if (!shared && draw(4) == 0 && at.book().pairing()) {
      at.book().edit(id, {.title = {}, .body = "words to share " + number, .mood = {}, .tags = {}, .at = {}});
      at.book().share(id, {clock_.now(), std::chrono::minutes{0}});
    }
  }
  std::optional<journal::Entry> any_own(Device& at) {
    book::Filter own;
    own.limit = 0;
    own.mine = true;
    const auto entries = at.book().list(own);
    if (entries.empty()) return std::nullopt;
    return entries[draw(entries.size())];
  }
  void edit(Device& at) {
    const auto entry = any_own(at);
    if (!entry || !entry->current) return;
    const std::string body = (entry->shared ? "shared words " : "private words ") + std::to_string(++written_);
    at.book().edit(entry->id, {.title = {}, .body = body, .mood = {}, .tags = {}, .at = {}});
  }
  void erase(Device& at) {
    if (const auto entry = any_own(at)) at.book().erase(entry->id);
  }

  void contact() {
    const std::size_t one = draw(devices_.size());
    const std::size_t other = (one + 1 + draw(devices_.size() - 1)) % devices_.size();
    const bool cut = draw(2) == 0;
    contact(devices_[one], devices_[other], cut ? draw(14) : SIZE_MAX);
  }
  void contact(Device& one, Device& other, std::size_t most) {
    if (!can_meet(one, other)) return;
    Contact contact{one, other};
    contact.run(random_, most);
    EXPECT_TRUE(contact.over() || most != SIZE_MAX);
    if (one.root() == other.root()) return;
    for (const std::string& message : contact.all_said()) between_ += message;
  }

  std::mt19937_64 random_;
  ManualClock clock_;
  Person ada_;
  Person ben_;
  std::array<Device, 4> devices_{Device{ada_, clock_}, Device{ada_, clock_}, Device{ben_, clock_},
                                 Device{ben_, clock_}};
  std::string between_;  // all that the two persons' devices said to each other
  int written_ = 0;
};

class AnyOrderOfContacts : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(AnyOrderOfContacts, EndsAlikeAndKeepsWhatIsPrivateAtHome) {
  for (std::uint64_t seed = GetParam(); seed < GetParam() + 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world{seed};
    world.settle();
    world.expect_alike();
    world.expect_private();
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyOrderOfContacts, ::testing::Range<std::uint64_t>(0, 120, 10));

}  // namespace
}  // namespace attune::test
