// One side of a session in a parcel: said into it without hearing an answer, or heard out of it without being answered.
// The same exchange as over a channel, with the same checks. docs/protocol.md, section 8.4.
#pragma once

#include "book/book.h"
#include "core/file.h"
#include "sync/parcel.h"
#include "sync/people.h"
#include "sync/session.h"

namespace attune::sync {

using FileProgress = std::function<void(const Summary& so_far)>;

// Writes all that `setup` lets travel into a new file, which appears under its name when it is whole. What the readers
// hold is not looked at: any of them, and one that lost everything, can use it. Without readers it holds rosters alone.
// `sent`: the records in it.
// Throws Errc::exists where there is such a file.
Summary write_parcel(FileSystem& files, const std::string& path, const ParcelSealing& sealing, book::Book& book,
                     People& people, const Setup& setup, const FileProgress& progress);

struct Opened {
  ParcelReader& parcel;  // its maker is believed to be whom `setup` says
  Setup setup;
  bool stale = false;  // a later one of the same maker was taken already: it brings records, and vouches for none
};
// Authenticates the whole parcel first, and takes it then. One that this device cannot read brings rosters alone, as
// one does under a key that is too old (key_session). Throws as taking a peer's messages does.
Summary take_parcel(const Opened& opened, book::Book& book, People& people, const FileProgress& progress);

}  // namespace attune::sync
