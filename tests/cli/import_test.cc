// Files of other programs: understood whole, or refused with the place.
#include "cli/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "cli/export.h"
#include "core/error.h"

namespace attune::cli {
namespace {

using testing::HasSubstr;

class Import : public testing::Test {
 protected:
  Imported parse(ImportFormat format, std::string_view bytes) const {
    return parse_import(format, bytes, {*local, [](const std::string& name) { return zone_named(name); }});
  }
  std::string refusal(ImportFormat format, std::string_view bytes) const {
    try {
      static_cast<void>(parse(format, bytes));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::usage);
      return error.what();
    }
    return "taken";
  }
  std::unique_ptr<Zone> local = zone_named("Europe/Berlin");
};

TEST_F(Import, JrnlTextIsReadOnTheWallOfThisPlace) {
  const Imported imported = parse(ImportFormat::jrnl, "[2013-06-09 15:39] A walk.\r\n  along\r\n\r\nthe river\n\n");
  ASSERT_EQ(imported.entries.size(), 1U);
  EXPECT_EQ(imported.entries[0].title, "A walk.");
  EXPECT_EQ(imported.entries[0].body, "  along\n\nthe river");
  EXPECT_EQ(rfc3339(imported.entries[0].at.when, imported.entries[0].at.offset), "2013-06-09T15:39:00.000+02:00");
}

TEST_F(Import, AnEntryOfOneLineIsItsText) {
  const Imported imported = parse(ImportFormat::markdown, "## 2013-01-09 15:39 only this\n## 2013-01-10 15:39\n\n");
  ASSERT_EQ(imported.entries.size(), 1U);
  EXPECT_EQ(imported.entries[0].title, "");
  EXPECT_EQ(imported.entries[0].body, "only this");
  EXPECT_EQ(imported.without_text, 1U);
}

TEST_F(Import, ATextOfSpaceAloneIsNone) {
  for (const char* blank : {"\r", " \r \r", "\t", " "}) {
    const Imported imported =
        parse(ImportFormat::jrnl, std::string{"[2013-01-09 15:39] "} + blank + "\n" + blank + "\n");
    EXPECT_TRUE(imported.entries.empty());
    EXPECT_EQ(imported.without_text, 1U);
  }
}

TEST_F(Import, WhatLooksLikeAHeadingInsideATextStaysText) {
  const Imported imported =
      parse(ImportFormat::markdown, "## 2013-01-09 15:39\na\n## not a time\n### 2013-01-09 15:40\n");
  ASSERT_EQ(imported.entries.size(), 1U);
  EXPECT_EQ(imported.entries[0].body, "a\n## not a time\n### 2013-01-09 15:40");
}

TEST_F(Import, OthersEntriesAndErasedOnesAreCountedAndLeftOut) {
  const Imported imported = parse(ImportFormat::attune_json, R"({"format":"attune","version":1,"entries":[
    {"mine":false,"body":"theirs","at":"2026-11-20T21:00:00Z"},
    {"mine":true,"erased":true,"at":"2026-11-20T21:00:00Z"},
    {"body":"mine","at":"2026-11-20T21:00:00Z","mood":null}]})");
  ASSERT_EQ(imported.entries.size(), 1U);
  EXPECT_EQ(imported.entries[0].body, "mine");
  EXPECT_EQ(imported.of_others, 1U);
  EXPECT_EQ(imported.without_text, 1U);
}

TEST_F(Import, RefusesWithThePlace) {
  EXPECT_THAT(refusal(ImportFormat::jrnl, "[2013-06-09 15:39] a\n[2013-06-31 15:39] b\n"), HasSubstr("line 2: "));
  EXPECT_THAT(refusal(ImportFormat::jrnl, "[1969-06-09 15:39] a\n"), HasSubstr("line 1: "));
  EXPECT_THAT(refusal(ImportFormat::jrnl, "[2013-06-09 15:39] a\nbad \xff byte\n"), HasSubstr("UTF-8"));
  EXPECT_THAT(refusal(ImportFormat::markdown, std::string{kMarkdownMark} + "\n## 2013-06-09 15:39\nx\n"),
              HasSubstr("--format json"));
  EXPECT_THAT(refusal(ImportFormat::jrnl, "[2013-06-09 15:39] a\n" + std::string((1U << 20U) + 1, 'x')),
              HasSubstr("1 MiB"));
  EXPECT_THAT(refusal(ImportFormat::day_one, R"({"entries":)" + std::string(100, '[')), HasSubstr("nested"));
}

RC_GTEST_FIXTURE_PROP(Import, AnyBytesAreTakenOrRefused, (const std::string& bytes)) {
  for (const auto format :
       {ImportFormat::attune_json, ImportFormat::markdown, ImportFormat::jrnl, ImportFormat::day_one}) {
    static_cast<void>(refusal(format, bytes));
    static_cast<void>(refusal(format, R"({"format":"attune","version":1,"entries":[{"body":")" + bytes + "\"}]}"));
    static_cast<void>(refusal(format, "[2013-06-09 15:39] " + bytes));
  }
}

// --- Markdown that shows a text as it is

TEST(AsMarkdown, NothingInATextIsMarkup) {
  EXPECT_EQ(as_markdown("plain, really - yes!", ""), "plain, really - yes!  \n");
  EXPECT_EQ(as_markdown("# h\n- a\n1. b\n2) c\n===\n", "> "),
            "> \\# h  \n> \\- a  \n> 1\\. b  \n> 2\\) c  \n> \\===  \n> \n");
  EXPECT_EQ(as_markdown("<b> ![x](http://e) www.e.org a@b &lt; `c` *d* _e_", ""),
            "\\<b\\> !\\[x\\](http\\://e) www\\.e.org a\\@b \\&lt; \\`c\\` \\*d\\* \\_e\\_  \n");
  EXPECT_EQ(as_markdown("    code", ""), "\u00a0\u00a0\u00a0\u00a0code  \n");
  EXPECT_EQ(as_markdown("\x1b[31m\u202e", ""), "\u241b\\[31m\ufffd  \n");
}

TEST(ExportedMarkdown, SaysWhoseATextIsAndLetsNoNameOrTitlePretend) {
  api::v1::Entry entry;
  entry.set_author("Ben\n## Ada");
  entry.set_title("<i>x</i>\n# y");
  entry.set_body("one\ntwo");
  entry.set_at("2026-11-20T21:00:00.000+01:00");
  entry.set_shared(true);
  EXPECT_EQ(exported_markdown({entry}),
            "<!-- attune export -->\n\n# Journal\n\n"
            "## Friday, 20 November 2026, 21:00 · \\<i\\>x\\</i\\> # y\n\n*Ben ## Ada (your partner) · shared*\n\n"
            "> one  \n> two  \n");
}

}  // namespace
}  // namespace attune::cli
