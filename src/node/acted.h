// What a request that changed something is answered with.
#pragma once

#include "attune/api.pb.h"
#include "book/book.h"
#include "crypto/hash.h"
#include "node/pairing_state.h"

namespace attune::node {

[[nodiscard]] inline api::v1::Response done() {
  api::v1::Response response;
  response.set_done(true);
  return response;
}

// An entry's id or another object's, in full and as people would type it.
template <class Answer>
void set_ids(const book::Book& book, const ObjectId& id, Answer& answer) {
  answer.set_id(crypto::printed_id(id).hex());
  answer.set_short_id(book.shortest_prefix(id));
}
template <class Answer>
void set_ids(const book::Book& book, const OpId& id, Answer& answer) {
  answer.set_id(id.hex());
  answer.set_short_id(book.shortest_prefix(id));
}

// What is shared while the partner is gone goes nowhere.
template <class Answer>
void say_if_it_stays(const book::Book& book, Answer& answer) {
  if (partner_left(book)) answer.mutable_for_people()->add_lines(kStaysHere);
}

// Something was done with what two people share: by the object's id, or the act's where that is what people name.
template <class AnyId>
[[nodiscard]] api::v1::Response acted(const book::Book& book, const AnyId& id) {
  api::v1::Response response = done();
  set_ids(book, id, *response.mutable_act());
  say_if_it_stays(book, *response.mutable_act());
  return response;
}

}  // namespace attune::node
