// JSON of attune's own export, of jrnl (`jrnl --format json`) and of Day One (Journal.json).
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/import_parts.h"
#include "core/error.h"

namespace attune::cli::importing {
namespace {

using nlohmann::json;

constexpr int kDeepest = 32;

json document_in(std::string_view bytes) {
  const json::parser_callback_t shallow = [](int depth, json::parse_event_t, json&) {
    if (depth > kDeepest) refuse("the file", "it is nested too deeply");
    return true;
  };
  try {
    return json::parse(bytes, shallow);
  } catch (const json::parse_error& error) {
    const auto before = bytes.substr(0, std::min(error.byte, bytes.size()));
    refuse(fmt::format("line {}", std::ranges::count(before, '\n') + 1), "this is not JSON");
  } catch (const json::exception&) {
    refuse("the file", "this is not JSON");
  }
}

// One entry of the file, and how it is named in an error.
struct Source {
  const json& object;
  std::string place;

  [[nodiscard]] const json* find(const char* name) const {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }
  // Absent: empty, or false.
  [[nodiscard]] std::string text(const char* name) const {
    const json* found = find(name);
    if (found == nullptr) return {};
    if (!found->is_string()) refuse(place, fmt::format("\"{}\" is not a text", name));
    std::string value = found->get<std::string>();
    std::erase(value, '\r');
    return value;
  }
  [[nodiscard]] bool flag(const char* name, bool usual) const {
    const json* found = find(name);
    if (found == nullptr) return usual;
    if (!found->is_boolean()) refuse(place, fmt::format("\"{}\" is neither true nor false", name));
    return found->get<bool>();
  }
  [[nodiscard]] std::vector<std::string> tags() const {
    std::vector<std::string> all;
    const json* found = find("tags");
    if (found == nullptr) return all;
    if (!found->is_array()) refuse(place, "\"tags\" is not a list");
    for (const json& tag : *found) {
      if (!tag.is_string()) refuse(place, "a tag is not a text");
      all.push_back(tag.get<std::string>());
    }
    return all;
  }
};

journal::Zoned moment_in(const Source& source, const char* name) {
  const auto said = parse_rfc3339(source.text(name));
  if (!said) refuse(source.place, fmt::format("\"{}\" is no moment like 2026-11-20T21:00:00+01:00", name));
  return {said->when, said->offset};
}

void add_attune(const Source& source, const ImportZones& /*it names its own*/, Gathering& gathering) {
  if (!source.flag("mine", true)) return gathering.of_another();
  if (source.flag("erased", false)) return gathering.without_text();
  journal::EntryContent content;
  content.title = source.text("title");
  content.body = source.text("body");
  content.tags = source.tags();
  content.at = moment_in(source, "at");
  content.just_listen = source.flag("just_listen", false);
  if (const std::string kind = source.text("kind"); !kind.empty()) {
    const auto known = journal::entry_kind_named(kind);
    if (!known) refuse(source.place, "there is no such kind of entry");
    content.kind = *known;
  }
  if (const json* mood = source.find("mood")) {
    const bool whole = mood->is_object() && mood->contains("word") && (*mood)["word"].is_string() &&
                       mood->contains("level") && (*mood)["level"].is_number_unsigned() && (*mood)["level"] <= 5U;
    if (!whole) refuse(source.place, "\"mood\" needs a word and a level from 1 to 5");
    content.mood = journal::Mood{(*mood)["word"].get<std::string>(), (*mood)["level"].get<int>()};
  }
  gathering.add(std::move(content), source.place);
}

void add_jrnl(const Source& source, const ImportZones& zones, Gathering& gathering) {
  journal::EntryContent content;
  content.title = source.text("title");
  content.body = source.text("body");
  content.tags = source.tags();
  for (std::string& tag : content.tags) {
    if (tag.starts_with('@')) tag.erase(0, 1);
  }
  const auto at = wall_time(fmt::format("{} {}", source.text("date"), source.text("time")), zones.local);
  if (!at) refuse(source.place, "\"date\" and \"time\" are no moment like 2026-11-20 and 21:00");
  content.at = *at;
  gathering.add(std::move(content), source.place);
}

void add_day_one(const Source& source, const ImportZones& zones, Gathering& gathering) {
  constexpr std::string_view kHeading = "# ";
  journal::EntryContent content;
  content.body = source.text("text");
  content.tags = source.tags();
  content.at = moment_in(source, "creationDate");
  const auto named = zones.named(source.text("timeZone"));
  content.at.offset = (named ? *named : zones.local).offset_at(content.at.when);
  if (content.body.starts_with(kHeading)) {  // its titles are first headings
    const std::size_t end = std::min(content.body.find('\n'), content.body.size());
    content.title = content.body.substr(kHeading.size(), end - kHeading.size());
    content.body.erase(0, end);
  }
  gathering.add(std::move(content), source.place);
}

}  // namespace

Imported parse_json(ImportFormat format, std::string_view bytes, const ImportZones& zones) {
  const json document = document_in(bytes);
  const bool own = format == ImportFormat::attune_json;
  if (own && (!document.is_object() || document.value("format", json{}) != "attune")) {
    refuse("the file", "this is not what attune export --format json writes");
  }
  if (own && document.value("version", json{}) != 1) refuse("the file", "a newer attune wrote it");
  const auto entries = document.is_object() ? document.find("entries") : document.end();
  if (!document.is_object() || entries == document.end() || !entries->is_array()) {
    refuse("the file", "it has no list of \"entries\"");
  }
  const auto add = own ? add_attune : format == ImportFormat::jrnl ? add_jrnl : add_day_one;
  Gathering gathering;
  std::size_t number = 0;
  for (const json& entry : *entries) {
    const std::string place = fmt::format("entry {}", ++number);
    if (!entry.is_object()) refuse(place, "it is no object");
    add(Source{entry, place}, zones, gathering);
  }
  return gathering.take();
}

}  // namespace attune::cli::importing
