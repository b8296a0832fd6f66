// import: entries out of other programs' files.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/commands.h"
#include "cli/counted.h"
#include "cli/import.h"
#include "cli/journal.h"
#include "cli/sharing.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"

namespace attune::cli {
namespace {

constexpr int kMostInOne = 256;                            // entries a request
constexpr std::size_t kMostBytes = std::size_t{1} << 20U;  // of text; an entry of that size goes alone

std::string contents_of(const std::string& file) {
  std::error_code unknown;  // a name that leads nowhere is told below
  const auto path = std::filesystem::canonical(absolute_path(file), unknown);
  if (unknown) throw Error{Errc::not_found, fmt::format("there is no file {}", harmless_line(file)), "check its name"};
  const FileSystem& files = posix_files();
  const auto facts = files.facts(path.string());
  if (facts && facts->size > kMaxImport) throw Error{Errc::usage, "a file to import has at most 64 MiB", "split it"};
  const auto bytes = read_file(files, path.string(), kMaxImport);
  if (!bytes) throw Error{Errc::not_found, fmt::format("there is no file {}", harmless_line(file)), "check its name"};
  return std::string{as_text(*bytes)};
}

void fill(const journal::EntryContent& content, api::v1::ImportedEntry& out) {
  out.set_title(content.title);
  out.set_text(content.body);
  out.set_kind(std::string{journal::name_of(content.kind)});
  if (content.mood) {
    out.mutable_mood()->set_word(content.mood->word);
    out.mutable_mood()->set_level(static_cast<std::uint32_t>(content.mood->level));
  }
  for (const std::string& tag : content.tags) out.add_tags(tag);
  out.set_at_ms(static_cast<double>(content.at.when.time_since_epoch().count()));
  out.set_offset(static_cast<std::int32_t>(content.at.offset.count()));
  out.set_just_listen(content.just_listen);
}

api::v1::ImportResponse sent(Context& context, const std::vector<journal::EntryContent>& entries, bool shared) {
  const auto client = open_journal(context);
  api::v1::ImportResponse all;
  for (std::size_t next = 0; next < entries.size();) {
    api::v1::Request request;
    auto& wanted = *request.mutable_import();
    wanted.set_shared(shared);
    wanted.set_now_offset(offset_now(context));
    std::size_t bytes = 0;
    while (next < entries.size() && wanted.entries_size() < kMostInOne) {
      bytes += entries[next].body.size();
      if (wanted.entries_size() > 0 && bytes > kMostBytes) break;
      fill(entries[next++], *wanted.add_entries());
    }
    const auto answered = call(context, *client, request).import();
    all.set_entries(all.entries() + answered.entries());
    all.set_known(all.known() + answered.known());
    *all.mutable_for_people() = answered.for_people();
  }
  return all;
}

}  // namespace

int import_entries(Context& context, const ImportOptions& options) {
  const auto format = import_format_named(options.format);
  if (!format) throw Error{Errc::usage, "there is no such format", "choose markdown, json, jrnl or dayone"};
  const ImportZones zones{context.world.zone,
                          [](const std::string& name) { return name.empty() ? nullptr : zone_named(name); }};
  Imported imported = parse_import(*format, contents_of(options.file), zones);
  // By time, so that the journal looks for what it knows in a short stretch of time for each request.
  std::ranges::stable_sort(imported.entries, {}, [](const journal::EntryContent& entry) { return entry.at.when; });
  auto response = sent(context, imported.entries, options.shared);
  response.set_of_others(imported.of_others);
  std::string text =
      fmt::format("{} imported, {}.", counted(response.entries(), "entry", "entries"), where_it_is(options, response));
  if (response.known() > 0) text += fmt::format("\nIn the journal already: {}.", response.known());
  if (response.of_others() > 0)
    text += fmt::format("\nLeft out, because your partner wrote it: {}.", response.of_others());
  if (imported.without_text > 0)
    text += fmt::format("\nLeft out, because there is no text: {}.", imported.without_text);
  answer(context, response, text);
  note_all(context, response.for_people());
  return 0;
}

}  // namespace attune::cli
