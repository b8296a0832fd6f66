// What the fuzzers found worth keeping, in the quick suite: every input of every corpus keeps its target's promises.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz/target.h"
#include "support/vectors.h"

namespace attune::fuzz {

// Else the addresses in it stand in the test's name.
std::ostream& operator<<(std::ostream& out, const Target& target) { return out << target.name; }

namespace {

std::vector<std::filesystem::path> corpus_of(std::string_view target) {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder{test::project_file("tests/fuzz/corpus/" + std::string{target})};
  if (std::filesystem::exists(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator{folder}) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, KeepsEveryPromise) {
  const auto files = corpus_of(GetParam().name);
  EXPECT_FALSE(files.empty()) << "a target without a corpus is not fuzzed";
  if (const auto seeds = GetParam().seeds) {
    for (const Bytes& seed : seeds()) run(GetParam(), seed);
  }
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename());
    run(GetParam(), as_bytes(contents(file)));
  }
}

INSTANTIATE_TEST_SUITE_P(Quick, Corpus, testing::ValuesIn(all_targets()),
                         [](const auto& target) { return std::string{target.param.name}; });

}  // namespace
}  // namespace attune::fuzz
