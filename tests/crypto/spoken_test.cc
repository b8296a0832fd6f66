#include "crypto/spoken.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "support/error_matcher.h"
#include "support/vectors.h"

namespace attune::crypto {
namespace {

std::vector<std::string> word_file() {
  std::ifstream file{test::project_file("src/crypto/pairing_words.txt")};
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word);) words.push_back(word);
  return words;
}

std::string text_of(const SecretBytes& secret) { return to_string(secret.bytes()); }

TEST(Spoken, CodesAreThreeWordsOfTheList) {
  const auto list = word_file();
  ASSERT_EQ(list.size(), 512U);
  const std::set<std::string> known{list.begin(), list.end()};
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const auto code = text_of(draw_code());
    EXPECT_EQ(text_of(canonical_code(code)), code);
    std::string word;
    std::size_t words = 0;
    for (std::istringstream parts{code}; std::getline(parts, word, '-'); ++words)
      EXPECT_TRUE(known.contains(word)) << word;
    EXPECT_EQ(words, kCodeWords);
    seen.insert(code);
  }
  EXPECT_GT(seen.size(), 195U);  // 27 bits: two alike among 200 once in 6,700 runs
}

TEST(Spoken, WordsDifferInTheirFirstFourLetters) {
  const auto list = word_file();
  std::set<std::string> prefixes;
  for (const auto& word : list) {
    EXPECT_GE(word.size(), 4U);
    prefixes.insert(word.substr(0, 4));
  }
  EXPECT_EQ(prefixes.size(), list.size());
  EXPECT_TRUE(std::ranges::is_sorted(list));
}

TEST(Spoken, EveryWordStandsForItselfAndItsPrefix) {
  for (const auto& word : word_file()) {
    EXPECT_EQ(text_of(canonical_code(word + " actor album")), word + "-actor-album");
    EXPECT_EQ(text_of(canonical_code(word.substr(0, 4) + " actor album")), word + "-actor-album");
  }
}

TEST(Spoken, ToleratesHowPeopleTypeACode) {
  for (const std::string typed :
       {"actor-album-alley", "Actor Album Alley", "  ACTOR   album\talley\n", "acto albu alle",
        "actor \u2013 album\u2014alley", "actor\u3000album alley", "--actor-album-alley--"}) {
    EXPECT_EQ(text_of(canonical_code(typed)), "actor-album-alley") << typed;
  }
}

std::string complaint(std::string_view typed) {
  try {
    static_cast<void>(canonical_code(typed));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Errc::usage);
    return error.what();
  }
  return "";
}

TEST(Spoken, RefusesWhatIsNoCode) {
  EXPECT_EQ(complaint("actor-xyzzy-alley"), "word 2 is no word of a code");
  EXPECT_EQ(complaint("actor-album-all"), "word 3 is no word of a code");  // three letters are too few
  EXPECT_EQ(complaint("actor-album-alleyx"), "word 3 is no word of a code");
  EXPECT_EQ(complaint("actor-album"), "a code has 3 words; 2 were given");
  EXPECT_EQ(complaint("actor-album-alley-alpha"), "a code has 3 words; 4 were given");
  EXPECT_EQ(complaint(""), "a code has 3 words; 0 were given");
  EXPECT_EQ(complaint("--"), "a code has 3 words; 0 were given");
}

TEST(Spoken, CheckWordsAreTheFirst27BitsOfTheHash) {
  const auto list = word_file();
  std::array<std::byte, 64> hash{};
  EXPECT_EQ(check_words(hash), list[0] + " " + list[0] + " " + list[0]);
  hash.fill(std::byte{0xFF});
  EXPECT_EQ(check_words(hash), list[511] + " " + list[511] + " " + list[511]);
  hash = {};
  hash[0] = std::byte{0x00};
  hash[1] = std::byte{0x80};  // bit 8: the first word's last
  hash[2] = std::byte{0x40};  // bit 17: the second's
  hash[3] = std::byte{0x20};  // bit 26: the third's
  EXPECT_EQ(check_words(hash), list[1] + " " + list[1] + " " + list[1]);
  hash[3] = std::byte{0x3F};  // the 28th bit and those behind do not count
  EXPECT_EQ(check_words(hash), list[1] + " " + list[1] + " " + list[1]);
}

}  // namespace
}  // namespace attune::crypto
