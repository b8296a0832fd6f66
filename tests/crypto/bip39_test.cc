#include "crypto/bip39.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <fstream>
#include <sstream>

#include "support/error_matcher.h"
#include "support/vectors.h"

namespace attune::crypto {
namespace {

nlohmann::json own_vectors(const std::string& name) {
  std::ifstream file{test::project_file("tests/vectors/bip39/") + name};
  return nlohmann::json::parse(file).at("vectors");
}

std::string text_of(const SecretBytes& secret) { return to_string(secret.bytes()); }

Entropy entropy_from(const std::string& hex) {
  const auto bytes = test::unhex(hex);
  return Entropy::copied(BytesView{bytes}.first<32>());
}

// What the error says, "" where there is none.
std::string complaint(const std::string& words) {
  try {
    static_cast<void>(entropy_of(as_bytes(words)));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Errc::wrong_words);
    return error.what();
  }
  return "";
}

TEST(Bip39, EncodesAndDecodesThePublishedVectors) {
  const auto json = test::vector_json("bip39/vectors_english.json");
  ATTUNE_NEEDS_VECTORS(json);
  ASSERT_EQ(test::ran("bip39", json->at("vectors").size()), 24U);
  for (const auto& vector : json->at("vectors")) {
    const auto words = vector.at("mnemonic").get<std::string>();
    const auto entropy = test::unhex(vector.at("entropy"));
    EXPECT_EQ(text_of(bip39_encode(entropy)), words);
    EXPECT_EQ(to_hex(bip39_decode(as_bytes(words)).bytes()), vector.at("entropy"));
  }
}

TEST(Bip39, EncodesAndDecodesTwentyFourWords) {
  const auto vectors = own_vectors("generated_24words.json");
  ASSERT_EQ(test::ran("bip39 of 24 words", vectors.size()), 20U);
  for (const auto& vector : vectors) {
    const auto words = vector.at("mnemonic").get<std::string>();
    EXPECT_EQ(text_of(words_of(entropy_from(vector.at("entropy")))), words);
    EXPECT_EQ(to_hex(entropy_of(as_bytes(words)).bytes()), vector.at("entropy"));
  }
}

TEST(Bip39, RefusesWrongPhrasesWithoutRepeatingThem) {
  const auto vectors = own_vectors("negative.json");
  ASSERT_EQ(test::ran("bip39 negative", vectors.size()), 32U);
  for (const auto& vector : vectors) {
    const auto phrase = vector.at("phrase").get<std::string>();
    EXPECT_THAT(complaint(phrase),
                testing::MatchesRegex("word [0-9]+ is not one of the 2048 words|[0-9]+ words were given; 24 are needed|"
                                      "these words do not belong together: one is wrong, or two are swapped"))
        << vector.at("why");
  }
}

TEST(Bip39, NamesWhatIsWrong) {
  const std::string good =
      "hurry cart misery onion faith morning pudding wheat bridge primary river oyster kick entry test tree mercy coin "
      "october crowd apple glide blur rotate";
  EXPECT_EQ(complaint(good), "");
  std::string unknown = good;
  unknown.replace(unknown.find("faith"), 5, "xaith");
  EXPECT_EQ(complaint(unknown), "word 5 is not one of the 2048 words");
  EXPECT_EQ(complaint("zzz " + good), "word 1 is not one of the 2048 words");
  EXPECT_EQ(complaint(""), "0 words were given; 24 are needed");
  EXPECT_EQ(complaint(good.substr(0, good.rfind(' '))), "23 words were given; 24 are needed");
  EXPECT_EQ(complaint(good + " hurry"), "25 words were given; 24 are needed");
  EXPECT_EQ(complaint(good.substr(0, good.find(" kick"))), "12 words were given; 24 are needed");
  std::string many;
  for (int i = 0; i < 300; ++i) many += "zoo ";
  EXPECT_EQ(complaint(many), "300 words were given; 24 are needed");
}

TEST(Bip39, ToleratesHowPeopleType) {
  const auto vectors = own_vectors("tolerant_input.json");
  ASSERT_EQ(test::ran("bip39 as people type", vectors.size()), 6U);
  for (const auto& vector : vectors) {
    const auto phrase = vector.at("phrase").get<std::string>();
    EXPECT_EQ(complaint(phrase), "") << vector.at("why");
    EXPECT_EQ(to_hex(entropy_of(as_bytes(phrase)).bytes()), vector.at("entropy")) << vector.at("why");
  }
}

TEST(Bip39, HoldsThePublishedList) {
  // Eleven bits a word: entropy that counts through all words needs no other access to the list.
  const auto list = test::vector_file("bip39/english.txt");
  ATTUNE_NEEDS_VECTORS(list);
  std::istringstream lines{*list};
  std::string word;
  for (std::uint32_t number = 0; std::getline(lines, word); ++number) {
    std::array<std::byte, 32> entropy{};
    entropy[0] = static_cast<std::byte>(number >> 3U);
    entropy[1] = static_cast<std::byte>((number & 7U) << 5U);
    EXPECT_TRUE(text_of(bip39_encode(entropy)).starts_with(word + " ")) << word;
  }
}

RC_GTEST_PROP(Bip39, AnyEntropyRoundTrips, ()) {
  const auto bytes = *rc::gen::container<std::array<std::uint8_t, 32>>(rc::gen::arbitrary<std::uint8_t>());
  const auto entropy = Entropy::copied(std::as_bytes(std::span{bytes}));
  RC_ASSERT(equal_secrets(entropy_of(words_of(entropy).bytes()).bytes(), entropy.bytes()));
}

RC_GTEST_PROP(Bip39, AnyBytesAreRefusedOrDecoded, (const std::string& bytes)) {
  try {
    static_cast<void>(entropy_of(as_bytes(bytes)));
  } catch (const Error& error) {
    RC_ASSERT(error.code() == Errc::wrong_words);
  }
}

}  // namespace
}  // namespace attune::crypto
