#include "journal/op.h"

#include <array>

#include "core/check.h"

namespace attune::journal {
namespace {

constexpr std::array kKinds{EntryKind::note,    EntryKind::gratitude,   EntryKind::need,   EntryKind::desire,
                            EntryKind::apology, EntryKind::reassurance, EntryKind::memory, EntryKind::reflection};

}  // namespace

std::string_view name_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::note: return "note";
    case EntryKind::gratitude: return "gratitude";
    case EntryKind::need: return "need";
    case EntryKind::desire: return "desire";
    case EntryKind::apology: return "apology";
    case EntryKind::reassurance: return "reassurance";
    case EntryKind::memory: return "memory";
    case EntryKind::reflection: return "reflection";
  }
  ATTUNE_CHECK(false);
}

std::optional<EntryKind> entry_kind_named(std::string_view name) {
  for (const EntryKind kind : kKinds) {
    if (name_of(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace attune::journal
