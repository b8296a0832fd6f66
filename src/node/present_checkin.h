// How a check-in looks in API messages. What was delivered when, and so when somebody's device was there, is in none.
#pragma once

#include <chrono>

#include "attune/api.pb.h"
#include "book/book.h"
#include "journal/check_in.h"
#include "node/present.h"

namespace attune::node {

// Times on a wall that far east of UTC.
void present_check_in(const book::Book& book, const Presenter& presenter, const journal::CheckIn& check_in,
                      std::chrono::minutes offset, api::v1::CheckIn& out);

}  // namespace attune::node
