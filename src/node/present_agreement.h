// How agreements look in API messages.
#pragma once

#include <chrono>
#include <string>

#include "journal/agreement.h"
#include "journal/due.h"
#include "node/present.h"

namespace attune::node {

// `offset`: what times are shown with.
class AgreementPresenter {
 public:
  AgreementPresenter(const Presenter& people, const book::Book& book, std::chrono::minutes offset)
      : people_{people}, book_{book}, offset_{offset} {}

  void present(const journal::Agreement& agreement, const std::string& short_id, api::v1::Agreement& out) const;
  // And all its versions, and who did what, when.
  void present_in_full(const journal::Agreement& agreement, const std::string& short_id, api::v1::Agreement& out) const;

  // `wall`: of the asker.
  void present(const journal::Occurrence& occurrence, const Zone& wall, api::v1::Occurrence& out) const;

 private:
  void add_version(const journal::AgreementVersion& version, api::v1::AgreementVersion& out) const;
  void add_stance(const journal::Stance& stance, api::v1::Stance& out) const;
  void add_mark(const journal::Mark& mark, api::v1::AgreementMark& out) const;
  void add_line(const journal::Agreement& agreement, const journal::Done& event, api::v1::HistoryLine& out) const;

  const Presenter& people_;
  const book::Book& book_;
  std::chrono::minutes offset_;
};

}  // namespace attune::node
