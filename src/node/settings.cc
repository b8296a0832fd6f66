#include "node/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/duration.h"
#include "core/error.h"
#include "core/text.h"
#include "net/address.h"

namespace attune::node {
namespace {

constexpr std::string_view kDiscovery = "discovery";
constexpr std::string_view kHints = "hints";
constexpr std::string_view kListen = "listen";
constexpr std::string_view kLockAfter = "lock-after";
constexpr std::string_view kOff = "off";

struct Known {
  std::string_view name;
  std::string_view usual;
  void (*check)(const std::string& value);  // throws Errc::usage
};

void check_switch(const std::string& value) {
  if (value != "on" && value != kOff) throw Error{Errc::usage, "this setting is on or off"};
}
void check_address(const std::string& value) { static_cast<void>(net::host_port(value)); }
void check_duration(const std::string& value) {
  if (value != kOff && !parse_duration(value)) {
    throw Error{Errc::usage, fmt::format("\"{}\" is no length of time", harmless_line(value)),
                "say 20m, 1h, 2d (30 days at most), or off"};
  }
}

constexpr std::array kKnown{Known{kDiscovery, "on", check_switch}, Known{kHints, "on", check_switch},
                            Known{kListen, "", check_address}, Known{kLockAfter, kOff, check_duration}};

const Known& known(const std::string& name) {
  const auto found = std::ranges::find(kKnown, name, &Known::name);
  if (found != kKnown.end()) return *found;
  throw Error{Errc::usage, fmt::format("there is no setting \"{}\"", harmless_line(name)),
              "attune config lists them: discovery, hints, listen and lock-after"};
}

std::string key_of(const Known& setting) { return fmt::format("setting.{}", setting.name); }

Setting present(const book::Book& book, const Known& setting) {
  const std::string value = book.meta(key_of(setting)).value_or("");
  return {std::string{setting.name}, value.empty() ? std::string{setting.usual} : value, !value.empty()};
}

}  // namespace

Settings read_settings(const book::Book& book) {
  Settings settings;
  for (const Setting& setting : all_settings(book)) {
    if (setting.name == kDiscovery) settings.discovery = setting.value != kOff;
    if (setting.name == kListen) settings.listen = setting.value;
    if (setting.name == kLockAfter)
      settings.lock_after = parse_duration(setting.value).value_or(std::chrono::seconds{0});
  }
  return settings;
}

NodeOptions with_settings(NodeOptions options, const Settings& settings) {
  options.discovery = options.discovery && settings.discovery;
  if (options.listen.empty()) options.listen = settings.listen;
  if (!options.lock_after) options.lock_after = settings.lock_after;
  return options;
}

std::vector<Setting> all_settings(const book::Book& book) {
  std::vector<Setting> all;
  for (const Known& setting : kKnown) all.push_back(present(book, setting));
  return all;
}

Setting setting_named(const book::Book& book, const std::string& name) { return present(book, known(name)); }

void change_setting(book::Book& book, const std::string& name, const std::string& value) {
  const Known& setting = known(name);
  if (!value.empty()) setting.check(value);
  book.set_meta(key_of(setting), value);
}

}  // namespace attune::node
