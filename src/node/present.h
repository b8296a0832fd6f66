// How the book's values look in API messages: names, RFC 3339 times, hex ids.
#pragma once

#include <map>
#include <string>

#include "attune/api.pb.h"
#include "book/book.h"
#include "core/error.h"

namespace attune::node {

// What is needed to show an entry: whose names, and the book for short ids and confirmations.
class Presenter {
 public:
  explicit Presenter(const book::Book& book, RootId own);
  // `in_full`: earlier versions and responses, too.
  void present(const journal::Entry& entry, bool in_full, api::v1::Entry& out) const;

 private:
  const book::Book& book_;
  RootId own_;
  std::map<RootId, std::string> names_;  // also of partners before
};

[[nodiscard]] api::v1::Response error_response(const Error& error);
// The Error that an error response describes.
[[nodiscard]] Error error_of(const api::v1::Error& error);

}  // namespace attune::node
