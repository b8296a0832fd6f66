// Whom a device believes, where its disk fails while it hears who was revoked.
#include "support/error_matcher.h"
#include "sync/world.h"

namespace attune::test {
namespace {

class PeopleOnABadDisk : public ::testing::Test {
 protected:
  PeopleOnABadDisk() {
    pair(phone, ben);
    meet(phone, stolen);
    stolen.people().reload();
  }

  // At the phone. What stands there goes on standing, and of private logs also what has been read since.
  std::vector<std::string> revoke(const DeviceId& device, std::uint64_t number) {
    identity::Revoke revoke{.device = device, .number = number, .random = {}, .cut_offs = {}};
    std::vector<identity::CutOff> own;
    for (const log::Held& held : phone.book().logs().all()) {
      if (held.name.author != phone.root()) continue;
      const std::uint64_t n = held.name.own_space() ? held.n : phone.book().standing(held.number);
      (held.name.own_space() ? own : revoke.cut_offs)
          .push_back({held.name.id, n, *phone.book().logs().link_at(held.number, n)});
    }
    const auto said = identity::sign_statement(ada_.root.signing, revoke);
    return {said.wire, identity::sign_statement(ada_.root.signing, identity::OwnCutOffs{said.hash, own}).wire};
  }

  // What the stolen device wrote since they met, with nobody's word for it.
  void carry_unvouched() {
    for (const log::Held& held : stolen.book().logs().all()) {
      const log::Held* there = phone.book().logs().find(held.name.id);
      if (!held.mine || there == nullptr || there->n == held.n) continue;
      std::vector<log::Record> records;
      stolen.book().logs().read_from(held.number, there->n + 1, [&](std::uint64_t, const log::Record& record) {
        records.push_back(record);
        return true;
      });
      std::vector<log::Incoming> incoming;
      for (const log::Record& record : records) incoming.push_back({record.object, *record.payload, {}});
      phone.book().receive(there->number, there->n + 1, incoming, held.link, {}, book::Book::Handed::unvouched);
    }
  }

  ManualClock clock;
  Person ada_;
  Person ben_;
  Device phone{ada_, clock};
  Device stolen{ada_, clock};
  Device ben{ben_, clock};
  const DeviceId lost_ = crypto::random_id<DeviceId>();
};

// Also where the revoke is kept, and the disk fails where what follows from it is written: here an erase that counts
// from now on in the private log alone, and is made up for in the shared one.
TEST_F(PeopleOnABadDisk, BelieveNobodyWhomARevokeNamesWhateverFails) {
  const ObjectId entry = stolen.write("twice", false);
  static_cast<void>(stolen.book().share(entry, {clock.now(), std::chrono::minutes{0}}));
  meet(stolen, phone);
  phone.people().add(phone.root(), revoke(stolen.id(), 1));
  stolen.book().erase(entry);
  carry_unvouched();
  const auto second = revoke(lost_, 2);
  const MemoryDisk before = phone.snapshot();
  std::size_t kept = 0;
  for (std::size_t n = 1;; ++n) {
    SCOPED_TRACE(n);
    phone.roll_back(before);
    phone.files().fail_call(n);
    try {
      phone.people().add(phone.root(), second);
      break;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::disk);
    }
    EXPECT_TRUE(phone.people().own().revoked(lost_));
    if (sync::People{phone.book(), phone.root()}.own().revoked(lost_)) ++kept;
  }
  EXPECT_GT(kept, 0U);
}

}  // namespace
}  // namespace attune::test
