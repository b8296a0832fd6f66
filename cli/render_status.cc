#include "cli/render_status.h"

#include <fmt/format.h>

#include "cli/when.h"
#include "core/text.h"

namespace attune::cli {
namespace {

std::string row(std::string_view label, std::string_view value) { return fmt::format("{:<13}{}\n", label, value); }

std::string partner_row(const api::v1::StatusResponse& status) {
  if (!status.paired()) return row("partner", "nobody yet (attune pair)");
  return row("partner",
             fmt::format("{} (check words: {})", harmless_line(status.partner()), harmless_line(status.check())));
}

std::string node_row(const api::v1::StatusResponse& status) {
  std::string value = harmless_line(status.node());
  if (!status.listening().empty()) value += fmt::format(", listens on {}", harmless_line(status.listening()));
  return row("node", value);
}

// An own device's time in words; the partner's side has a day and nothing finer.
std::string last_sync(const api::v1::Peer& peer, Instant now) {
  if (peer.last_sync().empty()) return "never";
  if (!peer.device().empty()) {
    if (const auto said = parse_rfc3339(peer.last_sync())) return age_in_words(said->when, now);
  }
  return day_in_words(peer.last_sync());
}

std::string peers_rows(const api::v1::StatusResponse& status, Instant now) {
  std::string rows;
  for (const auto& peer : status.peers()) {
    const std::string& name = peer.device().empty() ? peer.name() : peer.device();
    rows += row(rows.empty() ? "last sync" : "", fmt::format("{}: {}", harmless_line(name), last_sync(peer, now)));
  }
  return rows;
}

std::string pauses_rows(const api::v1::StatusResponse& status) {
  std::string rows;
  for (const auto& pause : status.pauses()) {
    rows += row(rows.empty() ? "pause" : "", fmt::format("called by {}, until {}, {}", harmless_line(pause.by()),
                                                         day_in_words(pause.until()), time_of_day(pause.until())));
  }
  return rows;
}

std::string backup_row(const api::v1::StatusResponse& status, Instant now) {
  if (status.last_backup().empty()) return row("last backup", "never (attune backup create FILE)");
  const auto said = parse_rfc3339(status.last_backup());
  return row("last backup", said ? age_in_words(said->when, now) : harmless_line(status.last_backup()));
}

std::string note_line(const std::string& what, const Paint& paint) {
  return fmt::format("{} {}\n", paint.bold("note:"), harmless_line(what));
}

}  // namespace

std::string render_status(const api::v1::StatusResponse& status, Instant now, const Paint& paint) {
  std::string out =
      row("you", fmt::format("{}, on {}", paint.bold(harmless_line(status.name())), harmless_line(status.device())));
  out += partner_row(status);
  out += node_row(status);
  out += row("entries", fmt::format("{}", status.entries()));
  if (status.paired()) {
    out += row("waiting", status.waiting() == 0 ? std::string{"nothing"}
                                                : fmt::format("{} changes for your partner's side", status.waiting()));
  }
  out += peers_rows(status, now);
  out += pauses_rows(status);
  out += backup_row(status, now);
  for (const auto& what : status.for_people().lines()) out += note_line(what, paint);
  return out;
}

std::string render_sync(const api::v1::SyncResponse& done, const Paint& paint) {
  std::string out =
      fmt::format("{} device{} reached: {:.0f} records sent, {:.0f} received, in {:.1f} s.\n", done.peers(),
                  done.peers() == 1 ? "" : "s", done.sent(), done.received(), done.seconds());
  for (const auto& what : done.for_people().lines()) out += note_line(what, paint);
  return out;
}

std::string render_doctor(const api::v1::DoctorResponse& found, const Paint& paint) {
  std::string out =
      fmt::format("Checked {} logs, {:.0f} records, {:.0f} entries.\n", found.logs(), found.records(), found.entries());
  for (const auto& what : found.checked()) out += fmt::format("  {}\n", harmless_line(what));
  for (const auto& what : found.notes()) out += note_line(what, paint);
  for (const auto& what : found.problems()) out += fmt::format("{} {}\n", paint.alarm("problem:"), harmless_line(what));
  if (found.problems().empty()) out += "All is well.\n";
  return out;
}

}  // namespace attune::cli
