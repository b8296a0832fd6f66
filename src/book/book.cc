#include "book/book.h"

#include <utility>

#include "book/keys.h"
#include "book/state.h"
#include "book/together.h"
#include "core/check.h"
#include "core/error.h"

namespace attune::book {

Book::Book(storage::Store& store, Self self, const Clock& clock, Limits limits)
    : state_{std::make_unique<State>(store, self, clock, limits)} {
  ATTUNE_CHECK(self.self_keys != nullptr && !self.self_keys->empty());
  const auto schema = store.get(book_value("schema"));
  if (!schema) {
    storage::Batch batch;
    batch.put(book_value("schema"), u64_value(kSchema));
    store.commit(batch);
    return;
  }
  const std::uint64_t made_by = read_u64(*schema);
  if (made_by > kSchema) {
    throw Error{Errc::incompatible, "this journal was written by a newer attune", "install that version here too"};
  }
  if (made_by < kSchema) {
    rebuild_indexes();
  } else if (const auto entries = store.get(book_value("entries"))) {
    state_->entries = read_u64(*entries);
  }
  mend_torn(*state_);
}

Book::~Book() = default;

Shelf& Book::shelf() noexcept { return *state_; }
const Shelf& Book::shelf() const noexcept { return *state_; }

log::Logs& Book::logs() { return state_->logs; }

std::uint64_t Book::entries() const {
  const auto value = state_->store.get(book_value("entries"));  // asked for there: a store that refuses knows no number
  return value ? read_u64(*value) : 0;
}

void Book::observe(std::function<void(const Change&)> observer) { state_->observer = std::move(observer); }

}  // namespace attune::book
