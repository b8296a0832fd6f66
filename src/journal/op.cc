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

std::string_view name_of(ResponseKind kind) {
  switch (kind) {
    case ResponseKind::reflect: return "reflect";
    case ResponseKind::understood: return "understood";
    case ResponseKind::not_quite: return "not_quite";
    case ResponseKind::comfort: return "comfort";
    case ResponseKind::thanks: return "thanks";
    case ResponseKind::accept: return "accept";
    case ResponseKind::not_yet: return "not_yet";
  }
  ATTUNE_CHECK(false);
}

std::optional<ResponseKind> response_kind_named(std::string_view name) {
  constexpr std::array kAll{ResponseKind::reflect, ResponseKind::understood, ResponseKind::not_quite,
                            ResponseKind::comfort, ResponseKind::thanks,     ResponseKind::accept,
                            ResponseKind::not_yet};
  for (const ResponseKind kind : kAll) {
    if (name_of(kind) == name) return kind;
  }
  return std::nullopt;
}

std::string_view name_of(MarkKind kind) {
  switch (kind) {
    case MarkKind::kept: return "kept";
    case MarkKind::missed: return "missed";
    case MarkKind::moved: return "moved";
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
