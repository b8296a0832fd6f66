// Requests to sync by way of a file.
#include <fmt/format.h>

#include "core/error.h"
#include "node/aside.h"
#include "node/service.h"

namespace attune::node {
namespace {

constexpr std::uint64_t kTellEvery = 4096;  // records

sync::FileProgress progress_to(Call& call, const char* what, std::uint64_t sync::Summary::* count) {
  return [&call, what, count, told = std::uint64_t{0}](const sync::Summary& so_far) mutable {
    if (so_far.*count < told + kTellEvery) return;
    told = so_far.*count;
    api::v1::Response step;
    step.mutable_progress()->set_what(what);
    step.mutable_progress()->set_done(static_cast<double>(told));
    call.emit(step);
  };
}

void check_whole(const std::string& path) {
  if (path.front() != '/') throw Error{Errc::usage, "a file needs its whole path"};
}

constexpr const char* kKeysTooOld =
    "a device was removed, and no key was made since that it does not have: only the list of devices travels by file "
    "until two of your devices, or of yours and your partner's, met once on a network";

}  // namespace

api::v1::Response Service::sync_by_file(const api::v1::SyncRequest& request, Call& call) {
  if (!request.to_file().empty() && !request.from_file().empty()) {
    throw Error{Errc::usage, "a file is written or read, not both at once"};
  }
  if (request.peers_size() > 0) throw Error{Errc::usage, "with a file nobody is called"};
  const Steady began = home_.clock().steady();
  Response response = request.to_file().empty() ? sync_from_file(request, call) : sync_to_file(request, call);
  response.mutable_sync()->set_seconds(std::chrono::duration<double>{home_.clock().steady() - began}.count());
  return response;
}

api::v1::Response Service::sync_to_file(const api::v1::SyncRequest& request, Call& call) {
  using api::v1::SyncRequest;
  const bool own = request.reader() == SyncRequest::READER_SELF ||
                   (request.reader() == SyncRequest::READER_UNSPECIFIED && !home_.book().pairing());
  check_whole(request.to_file());
  const auto outcome = links_.write_file(request.to_file(), own, progress_to(call, "writing", &sync::Summary::sent));
  Response response;
  auto& out = *response.mutable_sync();
  out.set_sent(static_cast<double>(outcome.records));
  out.set_reader(own ? SyncRequest::READER_SELF : SyncRequest::READER_PARTNER);
  auto& notes = *out.mutable_for_people();
  if (outcome.readers == 0) {
    notes.add_lines(
        own ? "no other device of yours is known here yet, so the file only tells them of this one: take it "
              "to one of them, and bring back a file from there"
            : "no device of your partner is known here, so the file holds nothing for them");
  } else if (outcome.too_old) {
    notes.add_lines(kKeysTooOld);
  }
  return response;
}

api::v1::Response Service::sync_from_file(const api::v1::SyncRequest& request, Call& call) {
  check_whole(request.from_file());
  const auto outcome = links_.take_file(request.from_file(), progress_to(call, "reading", &sync::Summary::received));
  Response response;
  auto& out = *response.mutable_sync();
  out.set_received(static_cast<double>(outcome.records));
  auto& notes = *out.mutable_for_people();
  if (outcome.too_old) {
    notes.add_lines(kKeysTooOld);
  } else if (outcome.unknown_here) {
    notes.add_lines(
        fmt::format("the device that made this file did not know this one yet, so nothing was taken from it "
                    "but the list of devices: make a file here with attune sync --to-file FILE --for {}, "
                    "take it there, and bring back a new one",
                    outcome.own ? "self" : "partner"));
  }
  PeerMemory maker;
  maker.device = outcome.maker;
  maker.own = outcome.own;
  if (const auto pairing = home_.book().pairing(); pairing && !outcome.own) maker.root = pairing->partner;
  maker.aside = outcome.aside;
  for (const std::string& note : aside_notes(home_, {maker})) notes.add_lines(note);
  if (outcome.words_needed) out.set_words_needed(true);
  return response;
}

}  // namespace attune::node
