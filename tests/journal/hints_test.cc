// Where the I-form is offered, and where it is not.
#include "journal/hints.h"

#include <gtest/gtest.h>

#include <string>

#include "support/vectors.h"

namespace attune::journal {
namespace {

bool offered(std::string_view text) { return hint_for(text).has_value(); }

TEST(Hints, OfferTheIFormWhereATextSaysYouAlwaysOrYouNever) {
  ASSERT_TRUE(offered("You never listen."));
  EXPECT_EQ(hint_for("You never listen.")->phrase, "you never");
  EXPECT_EQ(hint_for("and you always do")->i_form, "When ..., I feel ..., I would like ...");
  EXPECT_FALSE(offered(""));
  EXPECT_FALSE(offered("I was glad that you called."));
}

TEST(Hints, HearItInAnyCaseOverLineBreaksAndSigns) {
  for (const char* text : {"YOU ALWAYS do that", "you\nnever", "you\r\n  never", "you **never**", "you, never once",
                           "\xE2\x80\x9Cyou\xE2\x80\x9D always", "you \xE2\x80\x94 always", "you\xE2\x80\xA6 never",
                           "you... never", "you 'always'", "yo\xC3\xBA n\xC3\xA9ver",
                           "you\xC2\xA0"
                           "always",
                           "(you)(always)", "you \xF0\x9F\x99\x84 always"}) {
    EXPECT_TRUE(offered(text)) << text;
  }
}

TEST(Hints, HearWholeWordsOnly) {
  for (const char* text : {"you alwaysish", "bayou always", "you nevertheless", "thank you2 always", "youalways",
                           "always you", "you are kind, always", "you\xC3\xB1 never", "you neverm\xC3\xB6re"}) {
    EXPECT_FALSE(offered(text)) << text;
  }
}

TEST(Hints, DoNotReachOverTheEndOfASentenceOrParagraph) {
  EXPECT_FALSE(offered("I miss you. Always have."));
  EXPECT_FALSE(offered("Was it you? Never mind."));
  EXPECT_FALSE(offered("I miss you\n\nnever mind"));
  EXPECT_FALSE(offered("I miss you\n \t\r\nnever mind"));
}

TEST(Hints, PassOverWhatSomebodyElseSaid) {
  EXPECT_FALSE(offered("> you never listen\n\nThat hurt."));
  EXPECT_FALSE(offered("  > you never listen"));
  EXPECT_FALSE(offered("- > you never listen"));
  EXPECT_FALSE(offered("It is you\n> no\nnever"));
  EXPECT_TRUE(offered("> you never listen\n\nBut you never listen, either."));
}

TEST(Hints, KnowGermanWithItsVerbBetween) {
  for (const char* text :
       {"Du h\xC3\xB6rst mir nie zu", "Immer musst du recht haben", "weil du immer gehst", "du bist ST\xC3\x84NDIG weg",
        "nie h\xC3\xB6rst du zu", "du hast mir wirklich niemals geholfen"}) {
    ASSERT_TRUE(offered(text)) << text;
    EXPECT_TRUE(hint_for(text)->i_form.starts_with("Wenn ...")) << text;
  }
  for (const char* text : {"Ich habe immer gedacht, du kommst", "du, nie war es so", "f\xC3\xBCr immer. Du fehlst mir",
                           "du hast mir gestern so lieb immer"}) {
    EXPECT_FALSE(offered(text)) << text;
  }
}

TEST(Hints, TakeHostileTextAsItComes) {
  const auto vectors = test::vector_json("hostile_text/hostile_text.json");
  ATTUNE_NEEDS_VECTORS(vectors);
  for (const auto& vector : (*vectors)["vectors"]) {
    const auto text = vector["text"].get<std::string>();
    EXPECT_FALSE(offered(text)) << vector["id"];
    EXPECT_TRUE(offered(text + "\n\nyou never\n\n" + text)) << vector["id"];
  }
}

TEST(Hints, TakeAnyBytes) {
  EXPECT_FALSE(offered("\xFF\xC2"));
  EXPECT_FALSE(offered("you\xE2\x80"));
  EXPECT_FALSE(offered(std::string(3, '\0')));
  EXPECT_TRUE(offered(std::string{"you \0 never", 11}));
}

// Linear: quadratic work on any of these would take minutes.
TEST(Hints, ReadAMegabyteAtOnce) {
  constexpr std::size_t kSize = 1U << 20U;
  for (const std::string piece :
       {"you ", "y", "> ", "\n", "du ", "\xF0\x9F\x99\x84", "\xFF", ".", "immer ", "e\xCC\x81"}) {
    std::string text;
    while (text.size() < kSize) text += piece;
    EXPECT_FALSE(offered(text)) << piece;
  }
}

}  // namespace
}  // namespace attune::journal
