// What a person has set for this home: a closed list of names, kept as sealed meta values beside the logs. They stay on
// this device; options of a command line go before them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "book/book.h"
#include "node/daemon.h"

namespace attune::node {

// `hints` is none of the node's: commands ask for it before they offer other words.
struct Settings {
  bool discovery = true;               // beacons are sent and heeded: up, node, sync and pair
  std::string listen;                  // HOST:PORT; empty: everywhere, on the remembered port
  std::chrono::seconds lock_after{0};  // zero: never
};
[[nodiscard]] Settings read_settings(const book::Book& book);
// Where the command line left it open, the settings speak.
[[nodiscard]] NodeOptions with_settings(NodeOptions options, const Settings& settings);

struct Setting {
  std::string name;
  std::string value;  // what holds, also where it is the usual one
  bool is_set = false;
};
[[nodiscard]] std::vector<Setting> all_settings(const book::Book& book);               // by name
[[nodiscard]] Setting setting_named(const book::Book& book, const std::string& name);  // Errc::usage: no such name
// An empty value goes back to the usual one. Throws Errc::usage: no such name, or no value for it.
void change_setting(book::Book& book, const std::string& name, const std::string& value);

}  // namespace attune::node
