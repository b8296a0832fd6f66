// How the book's values look in API messages: names, RFC 3339 times, hex ids.
#pragma once

#include <map>
#include <string>

#include "attune/api.pb.h"
#include "book/book.h"
#include "core/error.h"

namespace attune::node {

// What is needed to show things: whose names, and the book for short ids and confirmations.
class Presenter {
 public:
  explicit Presenter(const book::Book& book, RootId own);
  // Whose it is, by who made it: what a partner of before wrote never bears the name of somebody new. Empty: nobody
  // has told.
  [[nodiscard]] std::string name_of(const RootId& person) const;
  [[nodiscard]] std::string partner_in(const CoupleId& couple) const;  // the name of the other one; empty: as above
  [[nodiscard]] bool is_own(const RootId& person) const noexcept { return person == own_; }
  // The `by` and `mine` of a message.
  template <class Message>
  void set_by(const RootId& person, Message& out) const {
    out.set_by(name_of(person));
    out.set_mine(is_own(person));
  }
  [[nodiscard]] const book::Book& book() const noexcept { return book_; }
  // `in_full`: earlier versions, too.
  void present(const journal::Entry& entry, bool in_full, api::v1::Entry& out) const;

 private:
  void add_responses(const journal::Entry& entry, std::chrono::minutes offset, api::v1::Entry& out) const;

  const book::Book& book_;
  RootId own_;
  std::map<RootId, std::string> names_;  // also of partners before
  std::map<CoupleId, RootId> partners_;
};

[[nodiscard]] api::v1::Response error_response(const Error& error);
// The Error that an error response describes.
[[nodiscard]] Error error_of(const api::v1::Error& error);

}  // namespace attune::node
