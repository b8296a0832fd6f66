#include "sync/by_file.h"

#include <fmt/format.h>

#include "attune/sync.pb.h"
#include "core/error.h"
#include "core/unfinished_file.h"
#include "sync/exchange.h"

namespace attune::sync {
namespace {

void refuse_existing(const FileSystem& files, const std::string& path) {
  if (files.facts(path)) throw Error{Errc::exists, fmt::format("{} exists already", path), "give the file a new name"};
}

// Somebody of whom nothing is known: no statement, and not one record.
void hear_nothing(Exchange& exchange) {
  v1::Message message;
  message.mutable_rosters();
  exchange.take(message.SerializeAsString());
  if (exchange.so_far().key_session) return;
  message.mutable_inventory();
  exchange.take(message.SerializeAsString());
}

}  // namespace

Summary write_parcel(FileSystem& files, const std::string& path, const ParcelSealing& sealing, book::Book& book,
                     People& people, const Setup& setup, const FileProgress& progress) {
  refuse_existing(files, path);
  const std::string part = path + ".attune-new";
  Exchange exchange{book, people, DeviceId{}, setup, Way::out};
  std::string message;
  if (!exchange.next(message)) throw Error{Errc::internal, "a session had no first message"};
  UnfinishedFile unfinished{files, part};
  const auto file = files.create(part);
  ParcelWriter parcel{sealing, message, [&file](BytesView bytes) { file->append(bytes); }};
  hear_nothing(exchange);
  while (!sealing.readers.empty() && exchange.next(message)) {
    parcel.put(message);
    progress(exchange.so_far());
  }
  parcel.finish();
  file->sync();
  file->close();
  refuse_existing(files, path);
  files.rename(part, path);
  unfinished.finished();
  files.sync_directory(parent_of(path));
  return exchange.so_far();
}

Summary take_parcel(const Opened& opened, book::Book& book, People& people, const FileProgress& progress) {
  ParcelReader& parcel = opened.parcel;
  if (parcel.readable()) parcel.check();
  Exchange exchange{book, people, parcel.maker(), opened.setup, opened.stale ? Way::in_stale : Way::in};
  std::string message;
  // Nobody hears it; but what is agreed on depends on what both sides know.
  if (!exchange.next(message)) throw Error{Errc::internal, "a session had no first message"};
  exchange.take(parcel.rosters());
  while (parcel.readable() && !exchange.so_far().key_session && parcel.next(message)) {
    exchange.take(message);
    progress(exchange.so_far());
  }
  while (exchange.next(message)) {
  }
  exchange.settle();
  return exchange.so_far();
}

}  // namespace attune::sync
