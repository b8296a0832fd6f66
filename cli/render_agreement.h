// Agreements and what comes due, for people. Nothing is counted, and nobody is blamed.
#pragma once

#include <string>

#include "attune/api.pb.h"
#include "cli/page.h"

namespace attune::cli {

[[nodiscard]] std::string render_agreements(const api::v1::AgreementList& list, const Page& page);
// In `list` and `watch`: its words, how it stands, what waits.
[[nodiscard]] std::string render_brief(const api::v1::Agreement& agreement, const Page& page);
[[nodiscard]] std::string render_agreement(const api::v1::Agreement& agreement, const Page& page);
[[nodiscard]] std::string render_due(const api::v1::OccurrenceList& list, const Page& page);

// What a yes or no was said to, or is to be said to: all of its words, and its time.
[[nodiscard]] std::string render_terms(const api::v1::SaidTo& terms, const Page& page);
[[nodiscard]] std::string render_terms(const api::v1::AgreementVersion& version, const Page& page);

}  // namespace attune::cli
