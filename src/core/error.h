// The one error type of attune: what happened, and what the person can do about it.
// Thrown where a fault is found; caught in three places only: the CLI's report, the service's
// dispatch, a connection's end. Absence is std::optional, a broken invariant is ATTUNE_CHECK.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace attune {

// Each code has one name in JSON and one exit status (docs/guide.md, "Exit codes").
enum class Errc {
  usage,
  wrong_passphrase,
  wrong_words,
  not_found,
  ambiguous,
  no_home,
  not_paired,
  unreachable,
  damaged,
  tampered,
  wrong_code,
  refused,
  exists,
  busy,
  disk,
  incompatible,
  peer_misbehaved,
  internal,
};

class Error final : public std::exception {
 public:
  // `what` and `hint`: lower case, no full stop, no type names, never a secret.
  explicit Error(Errc code, std::string what, std::string hint = {});

  [[nodiscard]] Errc code() const noexcept { return code_; }
  [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }
  // What the person can do; empty where the code's usual hint says it (usual_hint).
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }

 private:
  Errc code_;
  std::string what_;
  std::string hint_;
};

[[nodiscard]] std::string_view name_of(Errc code) noexcept;  // "wrong_passphrase"
[[nodiscard]] std::optional<Errc> errc_named(std::string_view name) noexcept;
[[nodiscard]] int exit_status(Errc code) noexcept;  // 1 to 6
[[nodiscard]] std::string_view usual_hint(Errc code) noexcept;

}  // namespace attune
