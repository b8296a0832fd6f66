#include "book/book.h"
#include "book/state.h"
#include "journal/wire.h"

namespace attune::book {

void Book::each_time(log::LogNumber log, const std::function<bool(std::uint64_t n, Instant made)>& visit) const {
  state_->logs.view_from(log, 1, [&](std::uint64_t n, const log::RecordView& record) {
    if (!record.payload) return true;
    const journal::Frame frame = journal::read_frame(record.payload->substr(log::kPayloadRandom));
    return visit(n, Instant{std::chrono::milliseconds{frame.time}});
  });
}

}  // namespace attune::book
