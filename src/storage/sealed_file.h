// A small file (at most 1 MiB) that only the store key opens, replaced as a whole: heads of own logs and the like.
// XChaCha20-Poly1305, random nonce, the file's role in the associated data.
#pragma once

#include <optional>
#include <string>

#include "core/file.h"
#include "storage/store.h"

namespace attune::storage {

void write_sealed_file(FileSystem& files, const std::string& path, std::string_view role, const StoreKey& key,
                       BytesView plain);
// nullopt: missing. Throws Errc::tampered where it does not open.
[[nodiscard]] std::optional<Bytes> read_sealed_file(const FileSystem& files, const std::string& path,
                                                    std::string_view role, const StoreKey& key);

}  // namespace attune::storage
