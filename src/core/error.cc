#include "core/error.h"

#include <array>
#include <utility>

#include "core/check.h"

namespace attune {
namespace {

struct Words {
  std::string_view name;
  int exit;
  std::string_view hint;
};

// No default: a new code does not compile until it has its words.
constexpr Words words_of(Errc code) {
  switch (code) {
    case Errc::usage: return {"usage", 2, "see attune --help"};
    case Errc::wrong_passphrase: return {"wrong_passphrase", 3, "try again; capital letters count"};
    case Errc::wrong_words: return {"wrong_words", 3, "type the 24 words again, in their order"};
    case Errc::not_found: return {"not_found", 4, "attune list shows what there is"};
    case Errc::ambiguous: return {"ambiguous", 4, "give more digits of the id"};
    case Errc::no_home: return {"no_home", 4, "attune init makes a new journal; attune restore brings one back"};
    case Errc::not_paired: return {"not_paired", 5, "run attune pair, together with your partner"};
    case Errc::unreachable:
      return {"unreachable", 5, "is attune up on the other device, and are both on the same network?"};
    case Errc::damaged:
      return {"damaged", 6, "attune doctor says what is affected; a backup or your partner's node holds copies"};
    case Errc::tampered: return {"tampered", 6, "somebody or something changed this file; restore from a backup"};
    case Errc::wrong_code:
      return {"wrong_code", 1, "someone may have mistyped it, or be listening; make a fresh code together"};
    case Errc::refused: return {"refused", 1, "nothing was changed"};
    case Errc::exists: return {"exists", 1, "nothing was changed"};
    case Errc::busy: return {"busy", 1, "try again in a moment"};
    case Errc::disk: return {"disk", 1, "check the disk's free space and health"};
    case Errc::incompatible: return {"incompatible", 1, "bring both devices to the same version of attune"};
    case Errc::peer_misbehaved:
      return {"peer_misbehaved", 1, "the other side sent something it must not; nothing of it was kept"};
    case Errc::internal: return {"internal", 1, "this is a fault of attune; please report it"};
  }
  ATTUNE_CHECK(false);
}

constexpr std::array kAll{
    Errc::usage,        Errc::wrong_passphrase, Errc::wrong_words, Errc::not_found, Errc::ambiguous,
    Errc::no_home,      Errc::not_paired,       Errc::unreachable, Errc::damaged,   Errc::tampered,
    Errc::wrong_code,   Errc::refused,          Errc::exists,      Errc::busy,      Errc::disk,
    Errc::incompatible, Errc::peer_misbehaved,  Errc::internal};

}  // namespace

Error::Error(Errc code, std::string what, std::string hint)
    : code_{code}, what_{std::move(what)}, hint_{std::move(hint)} {}

std::string_view name_of(Errc code) noexcept { return words_of(code).name; }

std::optional<Errc> errc_named(std::string_view name) noexcept {
  for (const Errc code : kAll) {
    if (name_of(code) == name) return code;
  }
  return std::nullopt;
}

int exit_status(Errc code) noexcept { return words_of(code).exit; }

std::string_view usual_hint(Errc code) noexcept { return words_of(code).hint; }

}  // namespace attune
