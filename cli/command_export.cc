// export: entries as plain text, for oneself or for somebody whom one trusts.
#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/counted.h"
#include "cli/export.h"
#include "cli/journal.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"

namespace attune::cli {
namespace {

constexpr std::uint32_t kPage = 200;

// A new folder, or an empty one of this person's that nobody else may look into.
void prepare(FileSystem& files, const std::string& folder) {
  files.make_directory(folder);
  check_private_directory(files, folder);
  if (!files.children(folder).empty()) {
    throw Error{Errc::exists, fmt::format("{} is not empty", harmless_line(folder)),
                "nothing is overwritten; name a new folder"};
  }
}

// Oldest first. What is erased, or has not arrived yet, has no text to give.
std::vector<api::v1::Entry> all_entries(Context& context, const std::string& only) {
  const auto client = open_journal(context);
  api::v1::Request request;
  auto& wanted = *request.mutable_list();
  wanted.set_limit(kPage);
  if (only == "mine") wanted.set_by("me");
  if (only == "shared") wanted.set_space("shared");
  std::vector<api::v1::Entry> all;
  for (;;) {
    const auto page = call(context, *client, request).list();
    if (page.entries().empty()) break;
    wanted.set_before(page.entries(page.entries_size() - 1).id());
    for (const auto& entry : page.entries()) {
      if (!entry.erased() && entry.has_body()) all.push_back(entry);
    }
  }
  std::ranges::reverse(all);
  return all;
}

}  // namespace

int export_journal(Context& context, const ExportOptions& options) {
  const std::string folder = absolute_path(options.folder);
  const auto entries = all_entries(context, options.only);
  prepare(posix_files(), folder);
  const bool json = options.format == "json";
  const std::string path = joined(folder, json ? "journal.json" : "journal.md");
  replace_file(posix_files(), path, as_bytes(json ? exported_json(entries) : exported_markdown(entries)));
  api::v1::ExportResponse response;
  response.set_entries(static_cast<std::uint32_t>(entries.size()));
  response.add_files(path);
  answer(context, response,
         fmt::format("{} in {}.", counted(response.entries(), "entry stands", "entries stand"), harmless_line(path)));
  note(context, "Whoever can open this file can read it: nothing in it is encrypted.");
  return 0;
}

}  // namespace attune::cli
