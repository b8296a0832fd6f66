#include "cli/render_status.h"

#include <fmt/format.h>

#include "cli/addresses.h"
#include "cli/counted.h"
#include "cli/named.h"
#include "cli/render_pause.h"
#include "cli/when.h"
#include "core/text.h"

namespace attune::cli {
namespace {

std::string row(std::string_view label, std::string_view value) { return fmt::format("{:<13}{}\n", label, value); }

std::string partner_row(const api::v1::StatusResponse& status) {
  if (!status.paired()) return row("partner", "nobody (attune pair)");
  return row("partner", fmt::format("{} (check words: {}){}", partner_named(status.partner()),
                                    harmless_line(status.check()), status.partner_left() ? ", has left" : ""));
}

// Where it listens on all addresses: each that somebody can call.
std::string node_row(const api::v1::StatusResponse& status, const std::vector<std::string>& own) {
  std::string value = harmless_line(status.node());
  if (status.listening().empty()) return row("node", value);
  std::string at;
  for (const auto& address : own) {
    const auto one = dialable(status.listening(), {address});
    if (!one || one == status.listening()) continue;
    at += fmt::format("{}{}", at.empty() ? "" : ", ", harmless_line(*one));
  }
  return row("node", fmt::format("{}, listens on {}", value, at.empty() ? listening_in_words(status.listening()) : at));
}

// A device that was restored from nothing learns the name at its first sync.
std::string whose(const api::v1::StatusResponse& status, const Paint& paint) {
  return paint.bold(status.name().empty() ? "not known yet (sync with another device of yours)"
                                          : harmless_line(status.name()));
}

// An own device's time in words; the partner's side has a day and nothing finer.
std::string last_sync(const api::v1::Peer& peer, Instant now) {
  if (peer.last_sync().empty()) return "never";
  if (!peer.device().empty()) {
    if (const auto said = parse_rfc3339(peer.last_sync())) return age_in_words(said->when, now);
  }
  return day_in_words(peer.last_sync());
}

// One row for each own device, and one for the partner's side: its devices have no names here.
std::string peers_rows(const api::v1::StatusResponse& status, Instant now) {
  std::string rows;
  const auto add = [&](const std::string& name, const api::v1::Peer& peer) {
    rows += row(rows.empty() ? "last sync" : "", fmt::format("{}: {}", harmless_line(name), last_sync(peer, now)));
  };
  const api::v1::Peer* partner = nullptr;
  for (const auto& peer : status.peers()) {
    if (!peer.device().empty()) {
      add(peer.device(), peer);
    } else if (partner == nullptr || partner->last_sync() < peer.last_sync()) {
      partner = &peer;
    }
  }
  if (partner != nullptr) add(partner_named(partner->name()), *partner);
  return rows;
}

std::string pauses_rows(const api::v1::StatusResponse& status) {
  std::string rows;
  for (const auto& pause : status.pauses()) {
    rows += row(rows.empty() ? "pause" : "", pause_in_words(pause));
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

std::string render_status(const api::v1::StatusResponse& status, Instant now, const Paint& paint,
                          const std::vector<std::string>& own) {
  std::string out = row("you", fmt::format("{}, on {}", whose(status, paint), harmless_line(status.device())));
  out += partner_row(status);
  out += node_row(status, own);
  out += row("entries", fmt::format("{}", status.entries()));
  if (status.paired()) {
    out += row("waiting", status.waiting() == 0 ? std::string{"nothing"}
                                                : fmt::format("{} for your partner's side",
                                                              counted(status.waiting(), "change", "changes")));
  }
  out += peers_rows(status, now);
  out += pauses_rows(status);
  out += backup_row(status, now);
  for (const auto& what : status.for_people().lines()) out += note_line(what, paint);
  return out;
}

std::string render_sync(const api::v1::SyncResponse& done, const Paint& paint) {
  std::string out =
      fmt::format("{} reached: {} sent, {:.0f} received, in {:.1f} s.\n", counted(done.peers(), "device", "devices"),
                  counted(done.sent(), "record", "records"), done.received(), done.seconds());
  for (const auto& what : done.for_people().lines()) out += note_line(what, paint);
  return out;
}

std::string render_sync_by_file(const api::v1::SyncResponse& done, const std::string& written, const Paint& paint) {
  std::string out;
  if (written.empty()) {
    out = fmt::format("Read: {} that {} not here yet.\n", counted(done.received(), "record", "records"),
                      done.received() == 1 ? "was" : "were");
  } else {
    const bool own = done.reader() == api::v1::SyncRequest::READER_SELF;
    out = fmt::format("Written for {}: {}. Only {} can read it; there: attune sync --from-file {}\n",
                      own ? "your own devices" : "your partner", counted(done.sent(), "record", "records"),
                      own ? "they" : "your partner's devices", harmless_line(written));
  }
  for (const auto& what : done.for_people().lines()) out += note_line(what, paint);
  return out;
}

std::string render_doctor(const api::v1::DoctorResponse& found, const Paint& paint) {
  std::string out =
      fmt::format("Checked {}, {}, {}.\n", counted(found.logs(), "log", "logs"),
                  counted(found.records(), "record", "records"), counted(found.entries(), "entry", "entries"));
  for (const auto& what : found.checked()) out += fmt::format("  {}\n", harmless_line(what));
  for (const auto& what : found.notes()) out += note_line(what, paint);
  for (const auto& what : found.problems()) out += fmt::format("{} {}\n", paint.alarm("problem:"), harmless_line(what));
  if (found.problems().empty()) out += "All is well.\n";
  return out;
}

std::string render_network_check(const api::v1::NetworkCheckResponse& found, const Paint& paint) {
  std::string out = "Looked at:\n";
  for (const auto& what : found.checked()) out += fmt::format("  {}\n", harmless_line(what));
  if (found.findings().empty()) return out + "Nothing was found that keeps your devices apart.\n";
  for (const auto& one : found.findings()) {
    out += fmt::format("\n{} {}\n  Next: {}\n", paint.alarm(harmless_line(one.cause()) + ":"),
                       harmless_line(one.text()), harmless_line(one.next()));
  }
  return out;
}

}  // namespace attune::cli
