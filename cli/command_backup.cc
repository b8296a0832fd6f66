// backup create, verify, identity.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/counted.h"
#include "cli/journal.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "core/text.h"

namespace attune::cli {
namespace {

std::string size_in_words(double bytes) {
  constexpr double kStep = 1024;
  if (bytes < kStep) return fmt::format("{:.0f} bytes", bytes);
  if (bytes < kStep * kStep) return fmt::format("{:.1f} KiB", bytes / kStep);
  if (bytes < kStep * kStep * kStep) return fmt::format("{:.1f} MiB", bytes / kStep / kStep);
  return fmt::format("{:.1f} GiB", bytes / kStep / kStep / kStep);
}

// As a shell takes it: in single quotes where there is anything but plain characters.
std::string shell_quoted(const std::string& path) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,@%:=";
  if (path.find_first_not_of(kPlain) == std::string::npos) return path;
  std::string quoted = "'";
  for (const char c : path) quoted += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return quoted + "'";
}

std::string facts(const api::v1::BackupResponse& backup) {
  return fmt::format("{}, {}, made {} {}", counted(backup.entries(), "entry", "entries"), size_in_words(backup.bytes()),
                     day_in_words(backup.created_at()), time_of_day(backup.created_at()));
}

}  // namespace

int backup_create(Context& context, const std::string& file) {
  const std::string path = absolute_path(file);
  api::v1::Request request;
  request.mutable_backup_create()->set_file(path);
  const auto response = ask_journal(context, request).backup();
  answer(context, response,
         fmt::format("The backup is complete and was read back: {}.\n"
                     "To restore it on another device, with your 24 words:\n\n    attune restore {}",
                     facts(response), harmless_line(shell_quoted(path))));
  return 0;
}

int backup_verify(Context& context, const std::string& file) {
  const crypto::Entropy entropy = words(context);
  ProgressLine line{context};
  const auto found = context.world.homes.verify_backup(
      absolute_path(file), entropy,
      [&](std::string_view what, double done, double total) { line.show(what, done, total); });
  line.clear();
  api::v1::BackupResponse response;
  response.set_entries(found.entries);
  response.set_bytes(found.bytes);
  response.set_created_at(found.created_at);
  answer(context, response, fmt::format("The backup is whole and opens with your words: {}.", facts(response)));
  return 0;
}

int backup_identity(Context& context) {
  const crypto::Entropy entropy = words(context);
  const crypto::SecretBytes identity = context.world.homes.backup_identity(entropy);
  crypto::SecretBytes document;
  if (context.globals.json) append(document, "{\"identity\":\"");
  for (const std::byte byte : identity.bytes()) document.push_back(byte);
  append(document, context.globals.json ? "\"}\n" : "\n");
  context.world.console.out(as_text(document.bytes()));
  note(context, "Whoever has this line opens your backups: age -d -i IDENTITY-FILE BACKUP | zstd -d");
  return 0;
}

}  // namespace attune::cli
