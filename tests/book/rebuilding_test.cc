// Indexes made anew because much of what is held gains or loses its effect: told when it is done, whole or not
// believed.
#include <optional>

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

// Its moment and its kind stood in tables that are older than what tells of its erase.
TEST_F(Standing, ThatMovesMuchHasThePlacesOfWhatItErasedCompacted) {
  const ObjectId regretted = write(stolen_, "regretted");
  hand_over_all(stolen_, bens_, Handed::vouched);
  std::string place;
  bens_.store().scan(storage::Key{storage::Table::timeline}, storage::Key{storage::Table::timeline}.end(),
                     [&](std::string_view key, std::string_view) {
                       place = key;
                       return storage::Store::Visit::stop;
                     });
  ASSERT_FALSE(place.empty());
  stolen_.book().erase(regretted);
  stolen_.book().write_all(std::vector<Draft>(1200, {words("many"), true}));
  hand_over_all(stolen_, bens_, Handed::unvouched);
  const log::Held held = log_of(stolen_, bens_);
  EXPECT_TRUE(bens_.book().vouch({held.number, held.n}));
  bool compacted = false;
  const storage::Key marks{storage::Table::erasing};
  bens_.store().scan(marks, marks.end(), [&](std::string_view key, std::string_view) {
    const auto [from, to] = erasing_range(key);
    compacted = compacted || (from <= place && place <= to);
    return storage::Store::Visit::go_on;
  });
  EXPECT_TRUE(compacted);
}

// A home that opens, and of which a bit of a table is turned: at places all over each of them.
class StandingOverABadPage : public Standing {
 protected:
  StandingOverABadPage() {
    bens_.book().write_all(std::vector<Draft>(300, {words(std::string(200, 'x')), false}));
    bens_.store().compact("", "");
    revocation_ = revoke();
    stolen_.book().write_all(std::vector<Draft>(1200, {words("many"), true}));
    hand_over_all(stolen_, bens_, Handed::vouched);
    bens_.reopen();
  }

  // How often `act` was refused. `then` looks at the home afterwards.
  template <class Act, class Then>
  std::size_t everywhere(Act act, Then then) {
    const auto before = bens_.files().snapshot();
    std::size_t refused = 0;
    for (const std::string& name : bens_.files().children("store")) {
      if (!name.ends_with(".ldb") && !name.ends_with(".sst")) continue;
      const std::string path = "store/" + name;
      const std::size_t size = bens_.files().contents(path).size();
      for (std::size_t byte = 100; byte < size; byte += size / 9) {
        SCOPED_TRACE(path + " at " + std::to_string(byte));
        bens_.files().put_back(before);
        bens_.files().flip_bit(path, byte);
        try {
          bens_.reopen();
        } catch (const Error&) {
          continue;  // it is needed at once
        }
        try {
          act();
        } catch (const Error& error) {
          EXPECT_TRUE(error.code() == Errc::tampered || error.code() == Errc::damaged) << error.what();
          ++refused;
        }
        then();
      }
    }
    return refused;
  }

  std::optional<test::Revocation> revocation_;
};

// Once begun it would have to be finished before the home opens, and that page is in the way each time.
TEST_F(StandingOverABadPage, IsNotMovedMuch) {
  const log::LogNumber log = log_of(stolen_, bens_).number;
  EXPECT_GE(everywhere([&] { bens_.book().disown({log, 1}); }, [&] { EXPECT_NO_THROW(bens_.reopen()); }), 8U);
}

// What a roster says is not refused for pages that the indexes need: rather no home than one that believes a thief.
TEST_F(StandingOverABadPage, IsMovedMuchByARevoke) {
  std::size_t closed = 0;
  everywhere([&] { add(bens_, ada_, revocation_->shared); },
             [&] {
               try {
                 bens_.reopen();
                 EXPECT_THAT(bens_.book().statements(ada_.root), ::testing::Contains(revocation_->shared.wire));
               } catch (const Error&) {
                 ++closed;
               }
             });
  EXPECT_GE(closed, 1U);
}

TEST_F(Standing, IsNotReadThroughForAChangeThatCannotBeWritten) {
  stolen_.book().write_all(std::vector<Draft>(1200, {words("many"), true}));
  hand_over_all(stolen_, bens_, Handed::vouched);
  bens_.store().compact("", "");
  bens_.reopen();
  const log::LogNumber log = log_of(stolen_, bens_).number;
  bens_.files().fail_call(1);
  EXPECT_ERROR(Errc::disk, write(bens_, "nothing"));
  const auto reads = bens_.files().reads();
  EXPECT_ERROR(Errc::disk, bens_.book().disown({log, 1}));
  EXPECT_EQ(bens_.files().reads(), reads);
}

// Whoever sends what does not follow on would have all of it read, again and again.
TEST_F(Standing, IsNotReadThroughForABatchThatDoesNotFit) {
  bens_.book().write_all(std::vector<Draft>(300, {words(std::string(2000, 'x')), false}));
  stolen_.book().write_all(std::vector<Draft>(1200, {words("many"), true}));
  hand_over_all(stolen_, bens_, Handed::vouched);
  bens_.book().disown({log_of(stolen_, bens_).number, 1});
  bens_.store().compact("", "");
  write(stolen_, "next");
  const log::Held held = log_of(stolen_, stolen_);
  const test::Parcel fits = test::parcel(stolen_, held, held.n, 1);
  test::Parcel wrong = fits;
  wrong.link = Link{};
  const auto reads_for = [&](auto&& act) {
    bens_.reopen();
    const auto before = bens_.files().reads();
    act();
    return bens_.files().reads() - before;
  };
  const auto refused = reads_for([&] { EXPECT_ERROR(Errc::peer_misbehaved, test::deliver(wrong, bens_)); });
  const auto taken = reads_for([&] { test::deliver(fits, bens_); });
  EXPECT_LT(4 * refused, taken);
  EXPECT_EQ(bens_.book().entries(), 300U + 1201U);
}

// Each compaction takes every table of its range.
TEST_F(Standing, IsCompactedOnceWhereOneMarkHoldsAllOthers) {
  bens_.book().write_all(std::vector<Draft>(300, {words("his own"), false}));
  bens_.store().compact("", "");
  bens_.reopen();
  const auto before = bens_.files().snapshot();
  const auto calls_with = [&](int inner) {
    bens_.files().put_back(before);
    bens_.reopen();
    storage::Batch marks;
    marks.put(erasing_key("O", "P"), "");
    for (char n = 1; n <= inner; ++n) marks.put(erasing_key(std::string{"O"} + n, std::string{"O"} + n), "");
    bens_.store().commit(marks);
    const auto calls = bens_.files().calls();
    bens_.book().finish_erasures();
    return bens_.files().calls() - calls;
  };
  EXPECT_LT(calls_with(50), 2 * calls_with(0));
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
        EXPECT_EQ(bens_.book().entries(), all);
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), Errc::disk);
        EXPECT_THROW(static_cast<void>(bens_.book().entries()), Error);
      }
      bens_.reopen();
      EXPECT_THAT(bens_.book().verify().problems, IsEmpty());
    }
  }
  EXPECT_GE(failed, 40U);
}

}  // namespace
}  // namespace attune::book
