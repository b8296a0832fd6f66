// The model of a power cut that the enumerations stand on.
#include <gmock/gmock.h>

#include <set>
#include <string>

#include "core/file_contract.h"
#include "support/every_cut.h"

namespace attune::test {
namespace {

using ::testing::IsSupersetOf;

const std::string kZeros(8, '\0');

class PowerCuts : public ::testing::Test {
 protected:
  PowerCuts() { files_.sync_directory("/"); }

  // A file with a name that is durable.
  std::unique_ptr<WriteFile> named(const std::string& path) {
    auto file = files_.create(path);
    files_.sync_directory("/home");
    return file;
  }
  // What all the disks are that a cut can leave at the end, each as "a's text, b's text".
  std::set<std::string> left() {
    std::set<std::string> all;
    every_.after(files_.recorded(), 0, files_, [&all](MemoryFiles& disk) {
      const auto text = [&disk](const std::string& path) {
        const auto bytes = read_file(disk, path, 100);
        return bytes ? to_string(*bytes) : "none";
      };
      all.insert(text("/home/a") + ", " + text("/home/b"));
    });
    return all;
  }

  MemoryPlace place_;
  MemoryFiles& files_ = place_.files;
  EveryCut every_{Cuts::all};
};

TEST_F(PowerCuts, LetWhatWasWrittenToOneFileSurviveAndToAnotherNot) {
  const auto a = named("/home/a");
  const auto b = named("/home/b");
  files_.record();
  a->append(as_bytes("12345678"));
  b->append(as_bytes("abcdefgh"));
  const std::vector<std::string> wanted{
      ", ",    "12345678, abcdefgh", "12345678, ",  ", abcdefgh",         "123, abc", "123, ", "123, abcdefgh",
      ", abc", "12345678, abc",      kZeros + ", ", kZeros + ", abcdefgh"};
  EXPECT_THAT(left(), IsSupersetOf(wanted));
}

TEST_F(PowerCuts, LetALaterAppendSurviveAnEarlierOne) {
  const auto a = named("/home/a");
  files_.record();
  for (const char* part : {"12", "3456", "78"}) a->append(as_bytes(part));
  const std::vector<std::string> wanted{kZeros.substr(2) + "78, none", "12" + kZeros.substr(4) + "78, none"};
  EXPECT_THAT(left(), IsSupersetOf(wanted));
}

TEST_F(PowerCuts, LetOneNameSurviveAndAnotherNot) {
  files_.record();
  files_.create("/home/a")->close();
  files_.create("/home/b")->close();
  EXPECT_EQ(left(), (std::set<std::string>{"none, none", ", ", ", none", "none, "}));
}

TEST_F(PowerCuts, NeverLoseAFileThatWasMovedAndNeverLeaveItTwice) {
  const auto a = named("/home/a");
  a->append(as_bytes("text"));
  a->sync();
  files_.record();
  files_.rename("/home/a", "/home/b");
  files_.create("/home/c")->close();
  EXPECT_EQ(left(), (std::set<std::string>{"text, none", "none, text"}));
}

TEST_F(PowerCuts, TearWhatIsOverwrittenInPlaceWithoutCuttingIt) {
  const auto a = named("/home/a");
  a->append(as_bytes("12345678"));
  a->sync();
  files_.record();
  files_.overwrite("/home/a", as_bytes("abcdefgh"));
  every_.after(1, 0, files_, [](MemoryFiles& disk) { EXPECT_EQ(disk.facts("/home/a")->size, 8U); });
  EXPECT_EQ(every_.disks(), 9U);  // whole and at each eighth
}

TEST_F(PowerCuts, AreTriedOnceForWhatWasAcknowledged) {
  const auto a = named("/home/a");
  files_.record();
  a->append(as_bytes("12345678"));
  std::size_t looks = 0;
  const auto look = [&looks](MemoryFiles&) { ++looks; };
  every_.after(1, 0, files_, look);
  EXPECT_EQ(looks, 10U);  // gone, whole, zeros, 7 torn ones
  every_.after(1, 0, files_, look);
  EXPECT_EQ(looks, 10U);
  every_.after(1, 1, files_, look);
  EXPECT_EQ(looks, 20U);
  EXPECT_EQ(every_.disks(), 10U);
}

}  // namespace
}  // namespace attune::test
