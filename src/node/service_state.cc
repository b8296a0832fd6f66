// Requests about the home as a whole: status, watching, backup, doctor.
#include <date/date.h>
#include <fmt/format.h>

#include "backup/backup.h"
#include "book/pauses.h"
#include "core/error.h"
#include "crypto/secret.h"
#include "node/aside.h"
#include "node/doubts.h"
#include "node/own_devices.h"
#include "node/pairing_state.h"
#include "node/present.h"
#include "node/present_pause.h"
#include "node/service.h"
#include "node/settings.h"
#include "node/showing.h"

namespace attune::node {
namespace {

constexpr std::string_view kLastBackup = "backup.last";  // milliseconds since 1970, decimal

constexpr std::chrono::minutes kUtc{0};

std::string utc(Instant when) { return rfc3339(when, kUtc); }
// The partner's last sync is a day, never a time: presence is not shown.
std::string day(Instant when) { return utc(when).substr(0, 10); }

// REQUIRES: it is a device of one's own, or of the partner in that pairing.
void present(const PeerMemory& peer, const journal::ProfileFacts& profile, const std::optional<book::Pairing>& pairing,
             api::v1::Peer& out) {
  out.set_name(peer.own ? profile.name : pairing->partner_name);
  const auto named = profile.devices.find(peer.device);
  if (peer.own && named != profile.devices.end()) out.set_device(named->second.name);
  if (peer.last_sync) out.set_last_sync(peer.own ? utc(*peer.last_sync) : day(*peer.last_sync));
}

}  // namespace

api::v1::Response Service::status(const api::v1::StatusRequest& request) {
  book::Book& book = home_.book();
  Response response;
  api::v1::StatusResponse& out = *response.mutable_status();
  const journal::ProfileFacts profile = book.profile();
  out.set_name(profile.name);
  const auto this_device = profile.devices.find(home_.vault().device_id());
  if (this_device != profile.devices.end()) out.set_device(this_device->second.name);
  const auto pairing = book.pairing();
  out.set_paired(pairing.has_value());
  if (pairing) {
    out.set_partner(pairing->partner_name);
    out.set_check(pairing->check);
    out.set_partner_left(attune::node::partner_left(book));
  }
  out.set_node(listening_.empty() ? "stopped" : "running");
  out.set_listening(listening_);
  const std::vector<PeerMemory> peers = remembered_peers(book);
  for (const PeerMemory& peer : peers) {
    if (!peer.own && (!pairing || peer.root != pairing->partner)) continue;
    if (home_.people().own().revoked(peer.device)) continue;  // nobody syncs with it any more
    present(peer, profile, pairing, *out.add_peers());
  }
  for (const std::string& note : device_notes(home_)) out.mutable_for_people()->add_lines(note);
  for (const std::string& note : aside_notes(home_, peers)) out.mutable_for_people()->add_lines(note);
  if (const auto doubt = untold_doubt(book); doubt && request.for_people()) {
    out.mutable_for_people()->add_lines(*doubt);
    doubt_told(book);
  }
  out.set_entries(static_cast<std::uint32_t>(book.entries()));
  out.set_waiting(pairing ? static_cast<std::uint32_t>(book.waiting()) : 0);
  const Presenter presenter{book, home_.vault().root};
  for (const journal::Pause& pause : book::pauses_in_force(book)) present(presenter, pause, kUtc, *out.add_pauses());
  if (const auto last = book.meta(kLastBackup)) {
    out.set_last_backup(utc(Instant{std::chrono::milliseconds{std::stoll(*last)}}));
  }
  return response;
}

api::v1::Response Service::backup_create(const api::v1::BackupCreateRequest& request, Call& call) {
  if (request.file().empty() || request.file().front() != '/') throw Error{Errc::usage, "a backup needs a file name"};
  const auto facts =
      backup::create(home_.files(), request.file(), home_.book(), home_.self(), home_.vault().backup_recipient,
                     home_.clock(), [&call](std::string_view what, double done, double total) {
                       Response step;
                       step.mutable_progress()->set_what(std::string{what});
                       step.mutable_progress()->set_done(done);
                       step.mutable_progress()->set_total(total);
                       call.emit(step);
                     });
  home_.book().set_meta(kLastBackup, std::to_string(facts.created_at.time_since_epoch().count()));
  Response response;
  response.mutable_backup()->set_entries(static_cast<std::uint32_t>(facts.entries));
  response.mutable_backup()->set_bytes(static_cast<double>(facts.bytes));
  response.mutable_backup()->set_created_at(utc(facts.created_at));
  return response;
}

api::v1::Response Service::doctor() {
  Response response;
  api::v1::DoctorResponse& out = *response.mutable_doctor();
  home_.store().verify();
  out.add_checked("every page of every file of the store");
  const book::Book::Report report = home_.book().verify();
  out.set_logs(static_cast<std::uint32_t>(report.logs));
  out.set_records(static_cast<double>(report.records));
  out.set_entries(static_cast<double>(report.entries));
  for (const std::string& problem : report.problems) out.add_problems(problem);
  out.add_checked("every chain, every seal, every index");
  if (const auto doubt = untold_doubt(home_.book())) out.add_notes(*doubt);
  for (const std::string& note : device_notes(home_)) out.add_notes(note);
  for (const std::string& note : aside_notes(home_, remembered_peers(home_.book()))) out.add_notes(note);
  if (crypto::unlocked_secrets() > 0) {
    out.add_notes("the system did not lock all keys in memory, so they may reach swap (limit of locked memory)");
  }
  return response;
}

api::v1::Response Service::config(const api::v1::ConfigRequest& request) {
  if (request.has_value()) change_setting(home_.book(), request.name(), request.value());
  if (!read_settings(home_.book()).discovery) discovery_.stop();  // at once; on again from the next start
  const auto wanted = request.name().empty() ? all_settings(home_.book())
                                             : std::vector<Setting>{setting_named(home_.book(), request.name())};
  Response response;
  api::v1::ConfigResponse& out = *response.mutable_config();
  for (const Setting& setting : wanted) {
    api::v1::Setting& one = *out.add_settings();
    one.set_name(setting.name);
    one.set_value(setting.value);
    one.set_is_set(setting.is_set);
  }
  return response;
}

void Service::changed(const book::Change& change) {
  links_.book_changed();
  if (const auto showing = showing_.lock()) showing->book_changed();
  discovery_.book_changed();
  home_.note_commit();  // last: where it fails nothing is written any more, and those above may have to note something
  if (watchers_.empty() || change.kind != book::Change::Kind::received) return;
  const Presenter presenter{home_.book(), home_.vault().root};
  for (const auto& [id, kind, said] : change.objects) {
    if (kind == book::ObjectKind::agreement) tell_agreement(id, presenter);
    if (kind == book::ObjectKind::boundary) tell_boundary(id, presenter);
    if (kind == book::ObjectKind::pause) tell_pause(id, presenter);
    if (kind == book::ObjectKind::check_in) check_in_changed(id);
    if (kind != book::ObjectKind::entry) continue;
    const journal::Entry entry = home_.book().entry(id);
    Response response;
    api::v1::WatchEvent& event = *response.mutable_event();
    event.set_event(entry.erased ? "erased" : said ? "response" : entry.edited ? "edited" : "entry");
    presenter.present(entry, false, *event.mutable_entry());
    for (Call* watcher : watchers_) watcher->emit(response);
  }
}

void Service::stop_watching() {
  for (Call* watcher : watchers_) watcher->cancel();
}

asio::awaitable<api::v1::Response> Service::watch(Call& call) {
  if (without_node_.stay) without_node_.stay();
  const auto place = watchers_.insert(watchers_.end(), &call);
  Response ready;
  ready.mutable_event()->set_event("ready");
  call.emit(ready);
  co_await call.until_cancelled();
  watchers_.erase(place);
  co_return Response{};
}

}  // namespace attune::node
