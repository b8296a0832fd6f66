// The whole command line over a world of fakes: what is asked of a home, what is printed, how it ends.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/fake_world.h"

namespace attune::cli {

using nlohmann::json;

class Commands : public testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }

  int run(const std::vector<std::string>& arguments) { return world.run(arguments); }
  // With --json: the one document on standard output.
  json document(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    EXPECT_EQ(run(arguments), 0) << world.console.told;
    EXPECT_EQ(std::ranges::count(world.console.printed, '\n'), 1) << world.console.printed;
    return json::parse(world.console.printed);
  }
  json error(std::vector<std::string> arguments, int status) {
    arguments.emplace_back("--json");
    EXPECT_EQ(run(arguments), status) << world.console.told;
    EXPECT_THAT(world.console.printed, testing::IsEmpty());
    return json::parse(world.console.told)["error"];
  }
  void answers_show(bool mine = true) {
    world.homes.story.answer = [mine](const api::v1::Request& request) {
      api::v1::Response response;
      if (request.has_show()) {
        response.mutable_show()->set_id("1a2b3c4d5e6f");
        response.mutable_show()->set_mine(mine);
        response.mutable_show()->set_body("as it was");
      }
      if (request.has_edit()) response.mutable_edit()->set_id("1a2b3c4d5e6f");
      if (request.has_erase()) response.mutable_erase()->set_id("1a2b3c4d5e6f");
      return response;
    };
  }
  std::string file(const std::string& name, const std::string& contents) {
    const std::string path = testing::TempDir() + "attune_cli_" + std::to_string(::getpid()) + "_" + name;
    std::ofstream{path} << contents;
    return path;
  }

  test::FakeWorld world;
};

}  // namespace attune::cli
