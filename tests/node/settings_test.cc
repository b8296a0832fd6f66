// What is set for a home.
#include "node/settings.h"

#include <gmock/gmock.h>

#include "node/homes.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class SettingsOfAHome : public ::testing::Test {
 protected:
  SettingsOfAHome() : home{bare_home(folder.at("home"), drawn_person(), clock)} {}
  [[nodiscard]] std::vector<std::string> all() const {
    std::vector<std::string> lines;
    for (const node::Setting& one : node::all_settings(home->book())) {
      lines.push_back(one.name + "=" + one.value + (one.is_set ? "!" : ""));
    }
    return lines;
  }
  Folder folder;
  ManualClock clock;
  std::unique_ptr<node::Home> home;
};

TEST_F(SettingsOfAHome, AreTheUsualOnesUntilTheyAreChanged) {
  EXPECT_THAT(all(), ::testing::ElementsAre("discovery=on", "hints=on", "listen=", "lock-after=off"));
  const node::Settings usual = node::read_settings(home->book());
  EXPECT_TRUE(usual.discovery);
  EXPECT_EQ(usual.listen, "");
  EXPECT_EQ(usual.lock_after, seconds{0});
  node::change_setting(home->book(), "discovery", "off");
  node::change_setting(home->book(), "hints", "off");
  node::change_setting(home->book(), "listen", "127.0.0.1:4000");
  node::change_setting(home->book(), "lock-after", "20m");
  EXPECT_THAT(all(),
              ::testing::ElementsAre("discovery=off!", "hints=off!", "listen=127.0.0.1:4000!", "lock-after=20m!"));
  const node::Settings changed = node::read_settings(home->book());
  EXPECT_FALSE(changed.discovery);
  EXPECT_EQ(changed.listen, "127.0.0.1:4000");
  EXPECT_EQ(changed.lock_after, minutes{20});
  for (const char* name : {"discovery", "hints", "listen", "lock-after"}) node::change_setting(home->book(), name, "");
  EXPECT_THAT(all(), ::testing::ElementsAre("discovery=on", "hints=on", "listen=", "lock-after=off"));
}

TEST_F(SettingsOfAHome, StayWhenItIsClosed) {
  node::change_setting(home->book(), "lock-after", "1h");
  identity::Vault vault = home->close();
  home.reset();
  home = std::make_unique<node::Home>(folder.at("home"), std::move(vault), clock);
  EXPECT_EQ(node::setting_named(home->book(), "lock-after").value, "1h");
}

TEST_F(SettingsOfAHome, TakeNothingThatTheyDoNotKnow) {
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{{"colour", "red"},
                                                                                    {"", "x"},
                                                                                    {"node.port", "1"},
                                                                                    {"discovery", "maybe"},
                                                                                    {"discovery", "OFF"},
                                                                                    {"listen", "nowhere"},
                                                                                    {"lock-after", "soon"},
                                                                                    {"lock-after", "0s"}}) {
    EXPECT_ERROR(Errc::usage, node::change_setting(home->book(), name, value));
  }
  EXPECT_ERROR(Errc::usage, node::setting_named(home->book(), "colour"));
  EXPECT_THAT(all(), ::testing::ElementsAre("discovery=on", "hints=on", "listen=", "lock-after=off"));
}

TEST_F(SettingsOfAHome, SpeakOnlyWhereTheCommandLineIsSilent) {
  node::Settings settings;
  settings.discovery = false;
  settings.listen = "127.0.0.1:4000";
  settings.lock_after = minutes{20};
  const node::NodeOptions silent = node::with_settings({}, settings);
  EXPECT_FALSE(silent.discovery);
  EXPECT_EQ(silent.listen, "127.0.0.1:4000");
  EXPECT_EQ(silent.lock_after, minutes{20});
  node::NodeOptions said;
  said.listen = "127.0.0.1:5000";
  said.lock_after = seconds{0};
  said = node::with_settings(said, settings);
  EXPECT_EQ(said.listen, "127.0.0.1:5000");
  EXPECT_EQ(said.lock_after, seconds{0});
  node::NodeOptions without;
  without.discovery = false;
  EXPECT_FALSE(node::with_settings(without, {}).discovery);
}

}  // namespace
}  // namespace attune::test
