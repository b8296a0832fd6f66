// Entries out of other programs' files. Pure: bytes in, entries out, or an Error of Errc::usage that names the place;
// either the whole file is understood and keeps every limit, or nothing of it is taken.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/when.h"
#include "journal/op.h"

namespace attune::cli {

inline constexpr std::size_t kMaxImport = std::size_t{64} << 20U;  // bytes of a file
inline constexpr std::size_t kMaxImported = 100'000;               // entries in it

enum class ImportFormat { attune_json, markdown, jrnl, day_one };
[[nodiscard]] std::optional<ImportFormat> import_format_named(std::string_view name);

// Times without an offset are this place's, or those of the zone that the file names.
struct ImportZones {
  const Zone& local;
  std::function<std::unique_ptr<Zone>(const std::string&)> named;  // nullptr: unknown, then the local one
};

struct Imported {
  std::vector<journal::EntryContent> entries;  // as in the file; `written_at` is left to the journal
  std::uint32_t of_others = 0;                 // left out: somebody else wrote them
  std::uint32_t without_text = 0;              // left out: erased, or pictures alone
};
[[nodiscard]] Imported parse_import(ImportFormat format, std::string_view bytes, const ImportZones& zones);

}  // namespace attune::cli
