// The plain contents of a store's files, file by file: for doctor, and for tests that look for what must be gone.
#pragma once

#include <functional>
#include <string>

#include "core/bytes.h"
#include "core/file.h"
#include "storage/store.h"

namespace attune::storage {

using ContentsVisitor = std::function<void(const std::string& name, BytesView plain)>;

// Opens every sealed file of `directory` and hands over its plaintext, all of one file at once. Throws Errc::tampered
// for the first that does not open. A log or manifest may end in a tail that a crash left. Nobody may write meanwhile;
// after a crash the store is to be opened once before, which removes unfinished tables.
void read_everything(const FileSystem& files, const std::string& directory, const StoreKey& key,
                     const ContentsVisitor& visit);

}  // namespace attune::storage
