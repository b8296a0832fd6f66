// Indexes made anew because much of what is held gains or loses its effect: told when it is done, whole or not
// believed.
#include "book/keys.h"
#include "book/shelf.h"
#include "book/standing.h"
#include "crypto/hash.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using test::MemoryFiles;
using ::testing::IsEmpty;

TEST_F(Standing, OfManyRecordsIsDecidedByMakingTheIndexesAnew) {
  std::vector<Draft> drafts(1500, {words("many"), true});
  stolen_.book().write_all(drafts);
  hand_over_all(stolen_, bens_, Handed::vouched);
  EXPECT_EQ(bens_.book().entries(), 1500U);
  const auto revocation = test::revoke(ada_, laptop_, stolen_.device());
  add(bens_, ada_, revocation.shared);
  EXPECT_EQ(bens_.book().entries(), 0U);
  expect_sound(bens_);
  EXPECT_TRUE(bens_.book().vouch({log_of(stolen_, bens_).number, 1499}));
  EXPECT_EQ(bens_.book().entries(), 1499U);
  expect_sound(bens_);
}

// The disk as a power cut would leave it, at each call of what `act` does.
class StandingAfterAPowerCut : public Standing {
 protected:
  template <class Act>
  void everywhere(Act act, std::uint64_t entries_before, std::uint64_t entries_after) {
    bens_.reopen();
    MemoryFiles& files = bens_.files();
    files.record();
    act(bens_.book());
    bool undone = false;
    bool done = false;
    for (std::size_t n = 0; n <= files.recorded(); ++n) {
      const auto disk = files.cut_after(n, {test::PowerCut::Data::dropped, test::PowerCut::Names::dropped, 0});
      storage::Store store{*disk, "store", bens_.key()};
      Book book{store, {ben_.root, bens_.device(), &ben_.self_keys}, clock_};
      EXPECT_THAT(book.verify().problems, IsEmpty()) << n;
      const auto entries = book.entries();
      EXPECT_TRUE(entries == entries_before || entries == entries_after) << n;
      EXPECT_EQ(entries, book.list({.limit = 0}).size());
      (entries == entries_before ? undone : done) = true;
      act(book);
      EXPECT_EQ(book.entries(), entries_after) << n;
      EXPECT_THAT(book.verify().problems, IsEmpty()) << n;
    }
    EXPECT_TRUE(undone && done);
  }
};

TEST_F(StandingAfterAPowerCut, IsEitherTheOldOrTheNewOne) {
  const auto revocation = revoke();
  for (const std::size_t records : {5U, 1200U}) {  // in one batch, and by making the indexes anew
    stolen_.book().write_all(std::vector<Draft>(records, {words("many"), true}));
    hand_over_all(stolen_, bens_, Handed::vouched);
    if (records == 5U) {
      everywhere([&](Book& book) { book.add_statements(ada_.root, {revocation.shared.wire}); }, 5, 0);
    } else {
      bens_.book().disown({log_of(stolen_, bens_).number, 1});
    }
    const log::Held held = log_of(stolen_, bens_);
    everywhere([&](Book& book) { book.vouch({held.number, held.n}); }, 0, held.n);
    everywhere([&](Book& book) { book.disown({held.number, 1}); }, held.n, 0);
    bens_.book().vouch({held.number, held.n});
  }
}

TEST_F(Standing, ThatMovesMuchHasMovedWhenItIsTold) {
  stolen_.book().write_all(std::vector<Draft>(1200, {words("many"), true}));
  hand_over_all(stolen_, bens_, Handed::vouched);
  ASSERT_EQ(bens_.book().entries(), 1200U);
  std::optional<std::uint64_t> told;
  bens_.book().observe([&](const Change&) { told = bens_.book().entries(); });
  bens_.book().disown({log_of(stolen_, bens_).number, 1});
  EXPECT_EQ(told, 0U);
  bens_.book().observe({});
}

TEST_F(Standing, ThatMovesMuchSaysWhatItErased) {
  const ObjectId regretted = write(stolen_, "regretted");
  stolen_.book().write_all(std::vector<Draft>(1200, {words("many"), true}));
  hand_over_all(stolen_, bens_, Handed::unvouched);
  stolen_.book().erase(regretted);
  hand_over_all(stolen_, bens_, Handed::unvouched);
  ASSERT_FALSE(bens_.book().erasures_waiting()) << "nothing of it has an effect yet";
  write(stolen_, "last");
  const log::Held held = log_of(stolen_, stolen_);
  EXPECT_TRUE(test::deliver(test::parcel(stolen_, held, held.n, 1), bens_).erases);
  EXPECT_TRUE(bens_.book().erasures_waiting());
}

// What failed in its midst would call the rest new.
TEST(NewObjects, AreKnownFromAWholeIndexOrNotAtAll) {
  test::MemoryFiles files;
  const auto key = crypto::random_secret<storage::StoreKey>();
  std::vector<PrintedId> known;
  {
    storage::Store store{files, "store", key};
    storage::Batch batch;
    for (int n = 0; n < 1000; ++n) {
      known.push_back(crypto::printed_id({crypto::random_id<RootId>(), crypto::random_id<ObjectNumber>()}));
      batch.put(object_key(known.back()), "");
    }
    store.commit(batch);
    store.compact("", "");
  }
  storage::Store store{files, "store", key};
  NewObjects objects;
  files.fail_read(4);  // behind what opens the table
  EXPECT_ERROR(Errc::disk, objects.prepare(store, known.size()));
  for (const PrintedId& one : known) EXPECT_FALSE(objects.certainly_new(one));
}

// What is read behind it would be half an index: entries missing, or an agreement without its end.
TEST_F(Standing, IsNotAskedWhereMakingTheIndexesAnewHasFailed) {
  stolen_.book().write_all(std::vector<Draft>(1200, {words("many"), true}));
  hand_over_all(stolen_, bens_, Handed::vouched);
  bens_.book().write_all(std::vector<Draft>(300, {words("his own"), false}));
  bens_.store().compact("", "");  // to be read from the disk
  bens_.reopen();
  const auto before = bens_.files().snapshot();
  const std::uint64_t log = log_of(stolen_, bens_).number;
  std::size_t failed = 0;
  for (const bool reads : {false, true}) {
    for (std::size_t n = 1;; ++n) {
      SCOPED_TRACE(n);
      bens_.files().put_back(before);
      bens_.reopen();
      const auto whole = bens_.book().entries();
      if (reads) {
        bens_.files().fail_read(n);
      } else {
        bens_.files().fail_call(n);
      }
      try {
        bens_.book().disown({static_cast<log::LogNumber>(log), 1});
        break;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), Errc::disk);
      }
      ++failed;
      try {
        const auto all = bens_.book().list({.limit = 0}).size();
        EXPECT_TRUE(all == whole || all == whole - 1200) << all;
        EXPECT_EQ(bens_.book().standing(static_cast<log::LogNumber>(log)) == 0, all != whole);
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), Errc::disk);
      }
      bens_.reopen();
      EXPECT_THAT(bens_.book().verify().problems, IsEmpty());
    }
  }
  EXPECT_GE(failed, 40U);
}

}  // namespace
}  // namespace attune::book
