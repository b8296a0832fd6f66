// How agreements look in API messages.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "journal/agreement.h"
#include "journal/due.h"
#include "node/present.h"

namespace attune::node {

// What somebody said yes or no to.
void set_terms(const journal::Proposed& said, api::v1::SaidTo& out);

// `offset`: what times are shown with.
class AgreementPresenter {
 public:
  AgreementPresenter(const Presenter& people, const book::Book& book, std::chrono::minutes offset)
      : people_{people}, book_{book}, offset_{offset} {}

  // Bounded, for lists and events: whatever a partner proposes and marks, a list stays one answer, and quick. Of what
  // waits and of the marks the newest.
  void present(const journal::Agreement& agreement, const std::string& short_id, api::v1::Agreement& out) const;
  // And all its versions, and who did what, when.
  void present_in_full(const journal::Agreement& agreement, const std::string& short_id, api::v1::Agreement& out) const;

  // `wall`: of the asker.
  void present(const journal::Occurrence& occurrence, const Zone& wall, api::v1::Occurrence& out) const;

 private:
  enum class Much { newest, all };
  void present_much(const journal::Agreement& agreement, Much much, api::v1::Agreement& out) const;
  void add_version(const journal::AgreementVersion& version, api::v1::AgreementVersion& out) const;
  void add_stance(const journal::Stance& stance, api::v1::Stance& out) const;
  void add_mark(const journal::Mark& mark, api::v1::AgreementMark& out) const;
  using Versions = std::map<OpId, const journal::AgreementVersion*>;
  void add_line(const Versions& versions, const OpId& first, const journal::Done& event,
                api::v1::HistoryLine& out) const;

  const Presenter& people_;
  const book::Book& book_;
  std::chrono::minutes offset_;
};

}  // namespace attune::node
