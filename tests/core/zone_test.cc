// Names of time zones come from partners: whatever they are, the answer is a zone or none.
#include "core/zone.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace attune {
namespace {

using std::chrono::minutes;

class HostileZoneName : public testing::TestWithParam<const char*> {};

TEST_P(HostileZoneName, IsNoZone) {
  EXPECT_EQ(zone_named(GetParam()), nullptr);
  EXPECT_EQ(local_zone_name(GetParam()), std::nullopt);
}

// Files that lie among the tables and are none, folders, ways out of there, and what only this machine knows.
INSTANTIATE_TEST_SUITE_P(Names, HostileZoneName,
                         testing::Values("zone.tab", "zone1970.tab", "zonenow.tab", "iso3166.tab", "tzdata.zi",
                                         "leapseconds", "leap-seconds.list", "SECURITY", "Europe", "Europe/", "/",
                                         "localtime", "posixrules", "../zoneinfo/UTC", "Europe/../UTC", "./UTC",
                                         "/etc/localtime", "/usr/share/zoneinfo/UTC", "../../../etc/passwd",
                                         "Europe/Berlin ", "Europe\\Berlin", "Europe/Berlin\n", "Nowhere/Land",
                                         "\xff"));

TEST(Zone, HasNoNameThatIsEmptyOrHoldsANulOrIsLong) {
  EXPECT_EQ(zone_named(""), nullptr);
  EXPECT_EQ(zone_named(std::string("UTC\0", 4)), nullptr);
  EXPECT_EQ(zone_named(std::string(1 << 20, 'A')), nullptr);
}

TEST(Zone, StillHasAllKindsOfProperNames) {
  for (const char* name : {"UTC", "Etc/GMT+5", "Etc/GMT-14", "America/Port-au-Prince", "America/Argentina/Buenos_Aires",
                           "America/North_Dakota/New_Salem"}) {
    EXPECT_NE(zone_named(name), nullptr) << name;
  }
  EXPECT_EQ(zone_named("Etc/GMT+5")->offset_at(Instant{}), minutes{-300});
  EXPECT_EQ(local_zone_name(":Europe/Berlin"), "Europe/Berlin");
}

// Whatever lies there on this machine can be asked for, and is then either a zone that answers or none.
TEST(Zone, SurvivesBeingAskedForEveryFileAmongTheTables) {
  const std::filesystem::path tables = "/usr/share/zoneinfo";
  for (const auto& file : std::filesystem::recursive_directory_iterator{tables}) {
    const auto zone = zone_named(file.path().lexically_relative(tables).string());
    if (zone == nullptr) continue;
    EXPECT_LT(zone->offset_at(Instant{}), minutes{24 * 60}) << file.path();
  }
}

}  // namespace
}  // namespace attune
