// What a request states about an entry, checked and turned into the domain's values. All throw Errc::usage.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "attune/api.pb.h"
#include "core/clock.h"
#include "journal/op.h"

namespace attune::node {

[[nodiscard]] Instant instant_stated(double ms);
[[nodiscard]] std::chrono::minutes offset_stated(int minutes);
// "2026-12-24"; empty: none.
[[nodiscard]] std::optional<journal::Day> day_stated(const std::string& text);
[[nodiscard]] journal::Mood mood_stated(const api::v1::Mood& mood);
[[nodiscard]] journal::EntryKind kind_stated(const std::string& name);

// As the command line does: an entry without a word is a slip.
void check_text_stated(const std::string& text);

}  // namespace attune::node
