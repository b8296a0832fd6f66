#include "core/text.h"
#include "support/vectors.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <fstream>
#include <nlohmann/json.hpp>

namespace attune {
namespace {

nlohmann::json hostile_texts() {
  std::ifstream file{test::project_file("tests/vectors/hostile_text/hostile_text.json")};
  return nlohmann::json::parse(file).at("vectors");
}

// Nothing that a terminal acts upon, and nothing that reorders what stands around it.
void expect_harmless(const std::string& shown, const std::string& what) {
  ASSERT_TRUE(valid_utf8(shown)) << what;
  for (std::size_t at = 0; at < shown.size(); ++at) {
    const auto byte = static_cast<unsigned char>(shown[at]);
    EXPECT_FALSE((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F) << what << " at " << at;
    const auto has = [&](std::string_view c) { return std::string_view{shown}.substr(at).starts_with(c); };
    if (byte == 0xC2) {
      EXPECT_GE(static_cast<unsigned char>(shown[at + 1]), 0xA0) << what << ": C1";
    }
    for (const char* bidi : {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069",
                             "\u200e", "\u200f", "\u061c", "\u2028", "\u2029"}) {
      EXPECT_FALSE(has(bidi)) << what << " at " << at;
    }
  }
}

TEST(Text, ShowsEveryHostileTextWithoutControls) {
  const auto vectors = hostile_texts();
  ASSERT_EQ(test::ran("hostile text", vectors.size()), 26U);
  for (const auto& vector : vectors) {
    const auto text = vector.at("text").get<std::string>();
    expect_harmless(harmless(text), vector.at("id"));
    expect_harmless(harmless_line(text), vector.at("id"));
    EXPECT_EQ(harmless_line(text).find('\n'), std::string::npos) << vector.at("id");
    EXPECT_EQ(harmless_line(text).find('\t'), std::string::npos) << vector.at("id");
  }
}

TEST(Text, LeavesHonestTextAsItIs) {
  for (const std::string text : {"", "plain", "caf\u00e9 \u2764\ufe0f\nline two\twith tab",
                                 "👩‍👩‍👧 and 🏴\U000E0067\U000E0062\U000E007F", "می‌خواهم",
                                 "क्षि", "日本語", "a\u0301\u0302"}) {
    EXPECT_EQ(harmless(text), text);
  }
}

TEST(Text, MakesHiddenCharactersVisible) {
  EXPECT_EQ(harmless("\x1b[2J"), "\u241b[2J");
  EXPECT_EQ(harmless(std::string{"a\0b", 3}), "a\u2400b");
  EXPECT_EQ(harmless("a\x7f\rb"), "a\u2421\u240db");
  EXPECT_EQ(harmless("\u009b31m"), "\ufffd31m");
  EXPECT_EQ(harmless("abc \u202egpj"), "abc \ufffdgpj");
  EXPECT_EQ(harmless("pay\u200bpal\ufeff"), "pay\ufffdpal\ufffd");
  EXPECT_EQ(harmless("hi\U000E0068\U000E0069"), "hi\ufffd\ufffd");
  EXPECT_EQ(harmless("a\u2028b\u2029c"), "a\nb\nc");
  EXPECT_EQ(harmless_line("a\nb\tc"), "a b c");
}

TEST(Text, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(harmless("a\xff\xfe"), "a\ufffd\ufffd");
  EXPECT_EQ(harmless("\xed\xa0\x80"), "\ufffd\ufffd\ufffd");  // a surrogate
  EXPECT_EQ(harmless("\xc0\x80"), "\ufffd\ufffd");            // overlong
  EXPECT_FALSE(valid_utf8("\xed\xa0\x80"));
  EXPECT_FALSE(valid_utf8("\xf4\x90\x80\x80"));
  EXPECT_FALSE(valid_utf8("caf\xc3"));
  EXPECT_TRUE(valid_utf8("caf\u00e9 \U0001F600"));
}

TEST(Text, CutsRunsOfMarksAtEight) {
  std::string flood = "a";
  std::string eight = "a";
  for (int i = 0; i < 500; ++i) flood += "\u0301";
  for (int i = 0; i < 8; ++i) eight += "\u0301";
  EXPECT_EQ(harmless(flood + "b"), eight + "b");
}

RC_GTEST_PROP(Text, AnyBytesBecomeHarmless, (const std::string& bytes)) {
  const auto shown = harmless(bytes);
  RC_ASSERT(valid_utf8(shown));
  RC_ASSERT(harmless(shown) == shown);
  for (const char c : shown) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
}

TEST(Text, KnowsHowManyColumnsATextTakes) {
  EXPECT_EQ(display_width(""), 0);
  EXPECT_EQ(display_width("caf\u00e9"), 4);
  EXPECT_EQ(display_width("cafe\u0301"), 4);
  EXPECT_EQ(display_width("日本"), 4);
  EXPECT_EQ(display_width("\U0001F600"), 2);
}

TEST(Text, FoldsCaseAndAccents) {
  EXPECT_EQ(folded("Caf\u00e9"), "cafe");
  EXPECT_EQ(folded("CAFE\u0301"), "cafe");
  EXPECT_EQ(folded("STRASSE"), folded("Stra\u00dfe"));
  EXPECT_EQ(folded("\u00c5ngstr\u00f6m"), "angstrom");
  EXPECT_EQ(folded("\u0391\u03b8\u03ae\u03bd\u03b1"), folded("\u0391\u0398\u0397\u039d\u0391"));
  EXPECT_EQ(folded("\u041c\u043e\u0441\u043a\u0432\u0430"), folded("\u041c\u041e\u0421\u041a\u0412\u0410"));
  EXPECT_EQ(folded("\ufb01re"), "fire");
  EXPECT_EQ(folded("日本語"), "日本語");
  EXPECT_NE(folded("か"), folded("が"));  // another letter, not an accent
  EXPECT_NE(folded("कि"), folded("का"));  // vowel signs
  EXPECT_EQ(folded("a\xffz"), "a\ufffdz");
}

RC_GTEST_PROP(Text, FoldingAsciiIsLoweringIt, (const std::vector<std::uint8_t>& bytes)) {
  std::string text;
  for (const auto b : bytes) text += static_cast<char>(b & 0x7F);
  std::string lower = text;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  RC_ASSERT(folded(text) == lower);
}

RC_GTEST_PROP(Text, FindsWordsWhereFoldedTextHasThem, (const std::vector<std::uint8_t>& letters)) {
  static constexpr std::array<const char*, 8> kAlphabet{"a", "B", "\u00c9", "e", " ", "\u00df", "\u0301", "x"};
  std::string text;
  for (const auto l : letters) text += kAlphabet[l % kAlphabet.size()];
  for (const std::string word : {"ab", "e", "ss", "xa e", "be"}) {
    const bool there = folded(text).find(word) != std::string::npos;
    RC_ASSERT(contains_all_folded(text, {word}) == there);
    RC_ASSERT(find_folded(text, {word}).empty() == !there);
    for (const auto& range : find_folded(text, {word})) {
      RC_ASSERT(folded(text.substr(range.begin, range.end - range.begin)).find(word) != std::string::npos);
    }
  }
}

TEST(Text, SearchWantsEveryWord) {
  EXPECT_TRUE(contains_all_folded("A Long Walk by the river", {"river", "long"}));
  EXPECT_FALSE(contains_all_folded("A Long Walk by the river", {"river", "sea"}));
  EXPECT_TRUE(contains_all_folded("anything", {}));
  EXPECT_FALSE(contains_all_folded("", {"a"}));
  EXPECT_TRUE(contains_all_folded(std::string(5000, 'x') + " Qualm", {"qualm"}));  // longer than the short path
  EXPECT_TRUE(contains_all_folded("Le CAF\u00c9", {folded("caf\u00e9")}));
}

std::vector<std::string> matches(const std::string& text, const std::vector<std::string>& words) {
  std::vector<std::string> found;
  for (const auto& range : find_folded(text, words)) found.push_back(text.substr(range.begin, range.end - range.begin));
  return found;
}

TEST(Text, MarksMatchesInTheOriginal) {
  using Found = std::vector<std::string>;
  EXPECT_EQ(matches("Caf\u00e9, cafe, CAFE\u0301!", {"cafe"}), (Found{"Caf\u00e9", "cafe", "CAFE\u0301"}));
  EXPECT_EQ(matches("Stra\u00dfe", {"ss"}), Found{"\u00df"});
  EXPECT_EQ(matches("Stra\u00dfe", {"as"}), Found{"a\u00df"});  // whole characters
  EXPECT_EQ(matches("river and road", {"r", "river"}), (Found{"river", "r"}));
  EXPECT_EQ(matches("aaa", {"aa"}), Found{"aa"});
  EXPECT_TRUE(matches("text", {""}).empty());
}

TEST(Text, BreaksLinesAtSpaces) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(wrapped("one two three", 8), (Lines{"one two", "three"}));
  EXPECT_EQ(wrapped("one\n\ntwo", 8), (Lines{"one", "", "two"}));
  EXPECT_EQ(wrapped("", 8), Lines{""});
  EXPECT_EQ(wrapped("abcdefghij", 4), (Lines{"abcd", "efgh", "ij"}));
  EXPECT_EQ(wrapped("日本語", 4), (Lines{"日本", "語"}));
  EXPECT_EQ(wrapped("  indented text", 10), (Lines{"  indented", "text"}));
  EXPECT_EQ(wrapped("a\tb", 10), Lines{"a   b"});
  EXPECT_EQ(wrapped("日本", 1), (Lines{"日", "本"}));
}

RC_GTEST_PROP(Text, WrappedLinesFitAndLoseNothingButSpaces, (const std::vector<std::uint8_t>& letters)) {
  std::string text;
  for (const auto l : letters) text += "ab  c\u00e9d"[l % 7];
  text = harmless(text);
  std::string joined;
  for (const auto& line : wrapped(text, 5)) {
    RC_ASSERT(display_width(line) <= 5);
    joined += line;
  }
  std::erase(joined, ' ');
  std::erase(text, ' ');
  RC_ASSERT(joined == text);
}

}  // namespace
}  // namespace attune
