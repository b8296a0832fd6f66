#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/editor.h"

#include <filesystem>
#include <fstream>
#include <map>

#include "support/error_matcher.h"

namespace attune::cli {
namespace {

class Editor : public testing::Test {
 protected:
  std::string edit(const std::string& text, const std::string& editor) {
    environment_["EDITOR"] = editor;
    return edit_in_memory(text, look_up());
  }
  Environment look_up() {
    return [this](const char* name) -> std::optional<std::string> {
      const auto found = environment_.find(name);
      return found == environment_.end() ? std::nullopt : std::optional{found->second};
    };
  }
  std::string note() const { return testing::TempDir() + "attune_editor_note_" + std::to_string(::getpid()); }
  std::string noted() const {
    std::ifstream file{note()};
    std::string line;
    std::getline(file, line);
    return line;
  }

  std::map<std::string, std::string> environment_;
};

TEST_F(Editor, HandsBackWhatTheEditorLeft) {
  EXPECT_EQ(edit("the old text\n", "sed -i s/old/new/"), "the new text\n");
  EXPECT_EQ(edit("kept", "true"), "kept");
}

TEST_F(Editor, VisualComesFirst) {
  environment_["VISUAL"] = "true";
  EXPECT_EQ(edit("kept", "false"), "kept");
}

TEST_F(Editor, TheFileIsPrivateLivesInMemoryAndIsGoneAfterwards) {
  edit("secret", "f() { stat -f -c %T \"$1\" > " + note() + "; }; f");
  EXPECT_EQ(noted(), "tmpfs");
  edit("secret", "f() { stat -c %a \"$1\" \"$(dirname \"$1\")\" | tr '\\n' ' ' > " + note() + "; }; f");
  EXPECT_EQ(noted(), "600 700 ");
  edit("secret", "f() { cp \"$1\" \"$1.swp\"; echo \"$1\" > " + note() + "; }; f");
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::path{noted()}.parent_path()));
}

TEST_F(Editor, AFailingEditorSavesNothingAndLeavesNothing) {
  EXPECT_ERROR(Errc::refused, edit("secret", "f() { echo \"$1\" > " + note() + "; return 1; }; f"));
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::path{noted()}.parent_path()));
  EXPECT_ERROR(Errc::refused, edit("secret", "/nowhere/editor"));
  EXPECT_ERROR(Errc::refused, edit("secret", "rm"));
  EXPECT_ERROR(Errc::refused, edit("secret", "kill -9 $$ #"));
}

TEST_F(Editor, ARuntimeFolderThatIsNotInMemoryIsNotUsed) {
  environment_["XDG_RUNTIME_DIR"] = "/proc";
  edit("secret", "f() { echo \"$1\" > " + note() + "; }; f");
  EXPECT_TRUE(noted().starts_with("/dev/shm/attune-")) << noted();
}

TEST_F(Editor, NoEditorIsAUsageError) { EXPECT_ERROR(Errc::usage, edit_in_memory("text", look_up())); }

}  // namespace
}  // namespace attune::cli
