// A power cut after every single call that changes the disk, while two people live with their journals: what was
// acknowledged is there afterwards, of the act under way all or nothing, and all indexes say what the records say.
#include <gtest/gtest.h>

#include <ostream>

#include "book/check_ins.h"
#include "book/life.h"
#include "support/every_cut.h"

namespace attune::book {
namespace {

using test::all_seen;
using test::Cuts;
using test::EveryCut;
using test::Life;
using test::words;

struct CrashWork {
  std::uint64_t seed = 0;
  int rounds = 1;
  Cuts cuts = Cuts::all;
  std::size_t step = 1;  // of the changes each so-many-th
};
std::ostream& operator<<(std::ostream& out, const CrashWork& work) {
  return out << "seed " << work.seed << ", rounds " << work.rounds;
}

class BookCrash : public ::testing::TestWithParam<CrashWork> {
 protected:
  void recover(test::MemoryFiles& disk, std::size_t acknowledged) {
    storage::Store store{disk, "store", life_.home().key()};
    Book book{store, life_.home().self(), life_.clock()};
    book.finish_erasures();
    open_left_answers(book);
    const auto& history = life_.history();
    const std::string found = all_seen(book);
    const bool whole = acknowledged + 1 < history.size() && found == history[acknowledged + 1].seen;
    if (!whole) {
      EXPECT_EQ(found, history[acknowledged].seen);
    }
    EXPECT_EQ(book.verify().problems, std::vector<std::string>{});
    store.verify();
    const ObjectId written = book.write({words("afterwards"), false});
    EXPECT_EQ(book.entry(written).current->content.body, "afterwards");
  }

  Life life_{GetParam().seed};
  EveryCut every_{GetParam().cuts};
};

TEST_P(BookCrash, NothingAcknowledgedIsLostAndNothingIsHalfDone) {
  for (int round = 0; round < GetParam().rounds; ++round) life_.live();
  const test::MemoryFiles& files = life_.home().files();
  for (std::size_t n = 0; n <= files.recorded(); n += GetParam().step) {
    const std::size_t acknowledged = life_.acknowledged_by(n);
    every_.after(n, acknowledged, files, [&](test::MemoryFiles& disk) { recover(disk, acknowledged); });
  }
  every_.print();
  EXPECT_GE(every_.disks(), files.recorded() / GetParam().step / 4);
}

// Every life has every kind of act, each in another order.
INSTANTIATE_TEST_SUITE_P(Quick, BookCrash, ::testing::Values(CrashWork{1, 1, Cuts::some, 9}));
INSTANTIATE_TEST_SUITE_P(Slow, BookCrash, ::testing::Values(CrashWork{2, 1, Cuts::some, 1}));
INSTANTIATE_TEST_SUITE_P(Prove, BookCrash, ::testing::Values(CrashWork{3}, CrashWork{4}, CrashWork{5, 2}));

}  // namespace
}  // namespace attune::book
