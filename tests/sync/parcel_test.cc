// Parcels: one side of a session in a file. What a session promises they promise, too, and a damaged one changes
// nothing.
#include <gmock/gmock.h>

#include "support/error_matcher.h"
#include "sync/by_file.h"
#include "sync/world.h"

namespace attune::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* kFile = "parcel";

net::KeyChoice choice_for(bool own) {
  using Whose = net::KeyChoice::Whose;
  return {own ? Whose::own : Whose::partner, 0, true, {}};
}

// A key of this device, and the session that it would open; newest first.
struct Held {
  sync::LiveParcelKey live;
  sync::Setup setup;
};
std::vector<Held> keys_of(Device& at) {
  std::vector<Held> keys;
  sync::Setup setup;
  setup.self_keys = &at.keyring().all();
  const auto pairing = at.book().pairing();
  if (pairing) setup.couple = pairing->couple;
  for (const book::DatedKey& dated : at.people().couple_keys()) {
    setup.peer_root = pairing->partner;
    setup.couple_key = dated.key.hash();
    keys.push_back({{choice_for(false), identity::parcel_key(dated.key)}, setup});
  }
  const auto& own = at.keyring().all();
  for (auto key = own.rbegin(); key != own.rend(); ++key) {
    setup.own_device = true;
    setup.peer_root = at.root();
    setup.self_key = key->revoke;
    keys.push_back({{choice_for(true), identity::parcel_key(*key)}, setup});
  }
  for (std::size_t i = 0; i < keys.size(); ++i) keys[i].live.choice.index = i;
  return keys;
}

std::vector<DeviceId> devices_of(const identity::Roster& roster, const DeviceId& but) {
  std::vector<DeviceId> devices = roster.devices();
  std::erase(devices, but);
  return devices;
}

// The bytes of a parcel that `from` makes now for the partner or, `own`, for its own person.
Bytes made(Device& from, bool own = false, std::uint64_t number = 1) {
  const auto keys = keys_of(from);
  const auto held = std::ranges::find_if(keys, [&](const Held& key) { return key.setup.own_device == own; });
  if (held == keys.end()) throw std::logic_error{"no key for that"};
  const identity::Roster& readers = own ? from.people().own() : *from.people().partner();
  const sync::ParcelSealing sealing{held->live.key, from.secret(), from.admit(), number,
                                    devices_of(readers, from.id())};
  from.files().remove(kFile);
  sync::write_parcel(from.files(), kFile, sealing, from.book(), from.people(), held->setup, [](const auto&) {});
  return from.files().contents(kFile);
}

// As a node does it: whoever made it must be believed.
sync::Summary taken(Device& at, const Bytes& bytes, bool stale = false) {
  at.files().set_contents(kFile, bytes);
  const auto file = at.files().open(kFile);
  std::vector<sync::LiveParcelKey> live;
  const auto keys = keys_of(at);
  for (const Held& held : keys) live.push_back({held.live.choice, held.live.key.clone()});
  sync::ParcelReader parcel{*file, kFile, live, at.secret()};
  const sync::Setup& setup = keys.at(parcel.choice().index).setup;
  if (parcel.maker() == at.id() || !at.people().believes(setup.peer_root, parcel.maker(), parcel.admit())) {
    throw Error{Errc::refused, "not for this device"};
  }
  return sync::take_parcel({parcel, setup, stale}, at.book(), at.people(), [](const auto&) {});
}

class Parcels : public ::testing::Test {
 protected:
  ManualClock clock;
  Person ada_;
  Person ben_;
  Device ada{ada_, clock};
  Device ben{ben_, clock};
};

TEST_F(Parcels, BringWhatWasSharedAndNothingPrivate) {
  pair(ada, ben);
  ada.write("shared with ben", true);
  ada.write("private to ada", false);
  const sync::Summary summary = taken(ben, made(ada));
  EXPECT_EQ(summary.received, 1U);
  EXPECT_FALSE(summary.key_session);
  EXPECT_THAT(ben.bodies(), ElementsAre("shared with ben"));
  for (const auto& [key, value] : ben.contents()) EXPECT_EQ(value.find("private to ada"), std::string::npos);
}

TEST_F(Parcels, ShowNothingOfWhatIsInside) {
  pair(ada, ben);
  ada.write("some words", true);
  const Bytes one = made(ada);
  ada.write("a few more", true);
  const Bytes two = made(ada);
  EXPECT_EQ(one.size(), two.size());
  EXPECT_EQ((one.size() - sync::kParcelHeading) % sync::kParcelChunk, 0U);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(one[i], two[i]);
  EXPECT_FALSE(equal(BytesView{one}.subspan(16, 32), BytesView{two}.subspan(16, 32)));
  EXPECT_EQ(as_text(one).find(ada.root().raw()), std::string_view::npos);
  EXPECT_EQ(as_text(one).find(ada.id().raw()), std::string_view::npos);
}

TEST_F(Parcels, AreNoConfirmationButTheOneThatComesBackIs) {
  pair(ada, ben);
  ada.write("one", true);
  const Bytes first = made(ada);
  EXPECT_EQ(ada.book().waiting(), 1U);
  taken(ben, first);
  taken(ada, made(ben));
  EXPECT_EQ(ada.book().waiting(), 0U);
}

TEST_F(Parcels, ManyRoundsBothWaysEndEqual) {
  pair(ada, ben);
  std::vector<ObjectId> of_ada;
  book::Edit anew;
  anew.body = "ada anew";
  for (int round = 0; round < 4; ++round) {
    of_ada.push_back(ada.write("ada " + std::to_string(round), true));
    ben.write("ben " + std::to_string(round), true);
    if (round == 1) ada.book().edit(of_ada[0], anew);
    if (round == 2) ada.book().erase(of_ada[1]);
    const Bytes to_ben = made(ada);
    const Bytes to_ada = made(ben);  // they cross
    taken(ben, to_ben);
    taken(ada, to_ada);
  }
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("ada anew", "ada 2", "ada 3", "ben 0", "ben 1", "ben 2", "ben 3"));
  EXPECT_THAT(ada.bodies(), ::testing::UnorderedElementsAreArray(ben.bodies()));
  for (const auto& [key, value] : ben.contents()) EXPECT_EQ(value.find("ada 1"), std::string::npos);
  taken(ada, made(ben));
  EXPECT_TRUE(ada.book().erase_confirmed(of_ada[1]));
  EXPECT_TRUE(ada.book().verify().problems.empty());
  EXPECT_TRUE(ben.book().verify().problems.empty());
}

TEST_F(Parcels, TwiceIsOnceAndAnOlderOneBringsNothingBack) {
  pair(ada, ben);
  const ObjectId id = ada.write("to be erased", true);
  const Bytes older = made(ada);
  ada.book().erase(id);
  ada.write("new", true);
  const Bytes newer = made(ada, false, 2);
  taken(ben, newer);
  EXPECT_EQ(taken(ben, newer).received, 0U);  // now it says, too, how far the maker held what is here
  const auto before = ben.contents();
  EXPECT_EQ(taken(ben, newer).received, 0U);
  EXPECT_EQ(taken(ben, older, true).received, 0U);
  EXPECT_EQ(ben.contents(), before);
  EXPECT_THAT(ben.bodies(), ElementsAre("new"));
}

TEST_F(Parcels, OneThatIsLostIsMadeUpForByTheNext) {
  pair(ada, ben);
  ada.write("one", true);
  static_cast<void>(made(ada));
  ada.write("two", true);
  taken(ben, made(ada));
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("one", "two"));
}

TEST_F(Parcels, OwnRecordsComeBackToADeviceThatLostThem) {
  pair(ada, ben);
  ada.write("before", true);
  meet(ada, ben);
  const MemoryDisk old = ada.snapshot();
  ada.write("lost here", true);
  taken(ben, made(ada));
  ada.roll_back(old);
  ASSERT_THAT(ada.bodies(), ElementsAre("before"));
  taken(ada, made(ben));
  EXPECT_THAT(ada.bodies(), UnorderedElementsAre("before", "lost here"));
  ada.write("after", true);
  taken(ben, made(ada));
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("before", "lost here", "after"));
}

TEST_F(Parcels, AmongOwnDevicesBringEverythingOnceTheMakerKnowsTheReader) {
  Device second{ada_, clock};
  pair(ada, ben);
  ben.write("from ben", true);
  meet(ada, ben);
  ada.write("private", false);
  // Nobody told the first of the second yet: it reads the devices of its person, and no more.
  const sync::Summary hello = taken(second, made(ada, true));
  EXPECT_EQ(hello.received, 0U);
  EXPECT_TRUE(second.people().own().admitted(ada.id()));
  EXPECT_THAT(second.bodies(), IsEmpty());
  taken(ada, made(second, true));
  taken(second, made(ada, true));
  EXPECT_THAT(second.bodies(), UnorderedElementsAre("from ben", "private"));
  // With it came the pairing.
  second.write("from the second", true);
  taken(ben, made(second));
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("from ben", "from the second"));
}

// A node watches its book, and follows a new pairing before the exchange does.
TEST_F(Parcels, ThatBringThePairingBringThePartnersDevicesWhoeverNoticesFirst) {
  Device second{ada_, clock};
  pair(ada, ben);
  taken(ada, made(second, true));
  second.book().observe([&second](const book::Change&) { static_cast<void>(second.people().follow()); });
  taken(second, made(ada, true));
  second.book().observe({});
  ASSERT_NE(second.people().partner(), nullptr);
  EXPECT_TRUE(second.people().partner()->admitted(ben.id()));
}

TEST_F(Parcels, WhoeverElseGetsOneGetsNothing) {
  Person eve_;
  Device eve{eve_, clock};
  Device second{ada_, clock};
  pair(ada, ben);
  ada.write("for ben", true);
  const Bytes bytes = made(ada);
  const auto before = eve.contents();
  EXPECT_ERROR(Errc::damaged, taken(eve, bytes));
  EXPECT_EQ(eve.contents(), before);
  EXPECT_ERROR(Errc::damaged, taken(second, bytes));
  // Devices of its maker's person hold the key, but it is not for them.
  meet(ada, second);
  const auto second_before = second.contents();
  EXPECT_ERROR(Errc::refused, taken(second, bytes));
  EXPECT_EQ(second.contents(), second_before);
  EXPECT_ERROR(Errc::refused, taken(ada, bytes));
  // Nor is one among own devices for the partner.
  EXPECT_ERROR(Errc::damaged, taken(ben, made(ada, true)));
  EXPECT_THAT(ben.bodies(), IsEmpty());
}

TEST_F(Parcels, ThatAreCutOrAlteredAnywhereAreRefusedAndChangeNothing) {
  pair(ada, ben);
  ada.write("words", true);
  const Bytes whole = made(ada);
  const auto before = ben.contents();
  for (std::size_t size = 0; size < whole.size(); size += size < 64 ? 1 : 4096) {
    Bytes cut = whole;
    cut.resize(size);
    EXPECT_ERROR(Errc::damaged, taken(ben, cut));
  }
  Bytes longer = whole;
  longer.resize(whole.size() + sync::kParcelChunk);
  EXPECT_ERROR(Errc::damaged, taken(ben, longer));
  // Every bit of the heading, and one of every few bytes of the rest: a tag covers a piece as a whole.
  for (std::size_t at = 0; at < whole.size(); at += at < 80 ? 1 : 7) {
    for (unsigned bit = 0; bit < (at < 80 ? 8U : 1U); ++bit) {
      Bytes bad = whole;
      bad[at] ^= std::byte{static_cast<unsigned char>(1U << ((bit + at) % 8))};
      EXPECT_THROW(taken(ben, bad), Error) << at;
    }
  }
  EXPECT_EQ(ben.contents(), before);
  taken(ben, whole);
  EXPECT_THAT(ben.bodies(), ElementsAre("words"));
}

TEST_F(Parcels, PiecesThatAreSwappedOrTakenFromAnotherOneAreRefused) {
  pair(ada, ben);
  ada.write(std::string(200'000, 'a'), true);
  const Bytes whole = made(ada);
  const Bytes other = made(ada);
  ASSERT_EQ(whole.size(), other.size());
  const auto piece = [](std::size_t n) { return sync::kParcelHeading + n * sync::kParcelChunk; };
  const std::size_t count = (whole.size() - sync::kParcelHeading) / sync::kParcelChunk;
  ASSERT_GE(count, 8U);
  const auto before = ben.contents();
  for (std::size_t n = 0; n < count; ++n) {
    const auto at = static_cast<std::ptrdiff_t>(piece(n));
    const auto size = static_cast<std::ptrdiff_t>(sync::kParcelChunk);
    Bytes foreign = whole;
    std::copy_n(other.begin() + at, size, foreign.begin() + at);
    EXPECT_ERROR(Errc::damaged, taken(ben, foreign));
    Bytes shorter = whole;
    shorter.erase(shorter.begin() + at, shorter.begin() + at + size);
    EXPECT_ERROR(Errc::damaged, taken(ben, shorter));
    if (n == 0) continue;
    Bytes swapped = whole;
    std::swap_ranges(swapped.begin() + at, swapped.begin() + at + size, swapped.begin() + at - size);
    EXPECT_ERROR(Errc::damaged, taken(ben, swapped));
    Bytes cut = whole;
    cut.resize(piece(n));
    EXPECT_ERROR(Errc::damaged, taken(ben, cut));
  }
  EXPECT_EQ(ben.contents(), before);
  taken(ben, whole);
  EXPECT_EQ(ben.bodies().size(), 1U);
}

// Whoever has the couple's key alone, from a backup, cannot make one: it takes an admitted device's own secret.
TEST_F(Parcels, OneThatBearsAnotherDevicesNameIsNotRead) {
  pair(ada, ben);
  ada.write("forged", true);
  const auto keys = keys_of(ada);
  const auto stranger = crypto::random_secret<crypto::DeviceSecret>();
  const sync::ParcelSealing sealing{keys.front().live.key, stranger, ada.admit(), 1, {ben.id()}};
  sync::write_parcel(ada.files(), kFile, sealing, ada.book(), ada.people(), keys.front().setup, [](const auto&) {});
  const auto before = ben.contents();
  EXPECT_ERROR(Errc::refused, taken(ben, ada.files().contents(kFile)));
  EXPECT_EQ(ben.contents(), before);
}

TEST_F(Parcels, OfARevokedDeviceCountForNothing) {
  Device lost{ada_, clock};
  pair(ada, ben);
  meet(ada, lost);
  meet(lost, ben);
  lost.write("made up", true);
  const Bytes bytes = made(lost);
  ada.revoke(lost.id());
  meet(ada, ben);
  const auto before = ben.contents();
  EXPECT_ERROR(Errc::refused, taken(ben, bytes));
  EXPECT_EQ(ben.contents(), before);
  EXPECT_THAT(ben.bodies(), IsEmpty());
}

// Made in good faith by a device that had not heard of a revoke: it must not lend its word to what was made up since.
TEST_F(Parcels, UnderAKeyThatIsTooOldBringNoRecords) {
  Device lost{ada_, clock};
  pair(ada, ben);
  meet(ada, lost);
  meet(lost, ben);
  lost.write("made up", true);
  meet(lost, ben);
  const Bytes bytes = made(ben);
  ada.revoke(lost.id());
  const sync::Summary summary = taken(ada, bytes);
  EXPECT_TRUE(summary.key_session);
  EXPECT_EQ(summary.received, 0U);
  EXPECT_THAT(ada.bodies(), IsEmpty());
}

TEST_F(Parcels, OfAnOwnDeviceThatMissedAPartnersRevokeVouchForNothingOfTheirs) {
  Device second{ada_, clock};
  Device lost{ben_, clock};
  pair(ada, ben);
  meet(ada, second);
  meet(ben, lost);
  meet(lost, ada);
  lost.write("made up", true);
  meet(lost, second);
  ASSERT_THAT(second.bodies(), ElementsAre("made up"));
  meet(ada, second);
  ASSERT_THAT(ada.bodies(), ElementsAre("made up"));
  const Bytes bytes = made(second, true);
  ben.revoke(lost.id());  // nothing of it stands
  meet(ben, ada);
  ASSERT_THAT(ada.bodies(), IsEmpty());
  taken(ada, bytes);
  EXPECT_THAT(ada.bodies(), IsEmpty());
}

TEST_F(Parcels, ThatExistAreNotWrittenOver) {
  pair(ada, ben);
  ada.files().set_contents(kFile, Bytes(3));
  const auto keys = keys_of(ada);
  const sync::ParcelSealing sealing{keys.front().live.key, ada.secret(), ada.admit(), 1, {ben.id()}};
  const auto write = [&] {
    sync::write_parcel(ada.files(), kFile, sealing, ada.book(), ada.people(), keys.front().setup, [](const auto&) {});
  };
  EXPECT_ERROR(Errc::exists, write());
  EXPECT_EQ(ada.files().contents(kFile), Bytes(3));
  ada.files().remove(kFile);
  ada.files().fail_next(Change::Kind::sync);
  EXPECT_ERROR(Errc::disk, write());
  EXPECT_FALSE(ada.files().facts(kFile));
  EXPECT_FALSE(ada.files().facts(std::string{kFile} + ".attune-new"));
}

}  // namespace
}  // namespace attune::test
