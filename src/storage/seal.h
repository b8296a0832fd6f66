// What all sealed files share: which there are, their header, and the key of each. docs/store-format.md, section 1.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/error.h"
#include "core/file.h"
#include "core/id.h"
#include "crypto/secret.h"
#include "storage/store.h"

namespace attune::storage {

enum class FileType : std::uint8_t { current = 1, manifest = 2, log = 3, table = 4 };

// A file's place in the store. It goes into the file's key: a file under another name or number does not open.
struct FileName {
  FileType type = FileType::table;
  std::uint64_t number = 0;  // of CURRENT, and of the *.dbtmp that becomes it: 0
};
// nullopt: not a file that the store seals (LOCK, or a stranger's).
[[nodiscard]] std::optional<FileName> file_name(std::string_view path);

using FileId = Id<struct FileIdTag, 32>;  // drawn when the file is created
using FileKey = crypto::Secret<struct FileKeyTag, 32>;

inline constexpr std::byte kFormatVersion{1};
// magic 4, version 1, type 1, number 8, id 32, check 32
inline constexpr std::size_t kHeaderSize = 78;
using HeaderBytes = std::array<std::byte, kHeaderSize>;

// One file's identity and its key.
struct Seal {
  FileId id;
  FileKey key;
};

[[nodiscard]] Seal new_seal(const StoreKey& key, const FileName& name);
[[nodiscard]] HeaderBytes header_of(const StoreKey& key, const FileName& name, const FileId& id);
// nullopt: not authentic for a file of that name. Throws Errc::incompatible for one that a newer program wrote.
[[nodiscard]] std::optional<Seal> read_header(const StoreKey& key, const FileName& name, BytesView header);

// What is said of a file that fails authentication.
[[nodiscard]] Error tampered(const std::string& path);

}  // namespace attune::storage
