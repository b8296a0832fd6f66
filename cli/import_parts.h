// What the readers of files share.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cli/import.h"

namespace attune::cli::importing {

// Throws Errc::usage: what is wrong, and where.
[[noreturn]] void refuse(const std::string& place, std::string_view why);
// Gathers entries of a file and checks each against the journal's limits.
class Gathering {
 public:
  // Title and text lose what is around them; an entry with neither is counted as without text.
  void add(journal::EntryContent content, const std::string& place);
  void of_another() { ++imported_.of_others; }
  void without_text() { ++imported_.without_text; }
  [[nodiscard]] Imported take() { return std::move(imported_); }

 private:
  Imported imported_;
};

// "2013-06-09 15:39", on the wall of that zone; nullopt: no such time, or none that the journal takes.
[[nodiscard]] std::optional<journal::Zoned> wall_time(std::string_view text, const Zone& zone);

[[nodiscard]] Imported parse_json(ImportFormat format, std::string_view bytes, const ImportZones& zones);
[[nodiscard]] Imported parse_jrnl_text(std::string_view bytes, const ImportZones& zones);
[[nodiscard]] Imported parse_markdown(std::string_view bytes, const ImportZones& zones);

}  // namespace attune::cli::importing
