// Batches of records to and from their message. Internal to sync.
#pragma once

#include <cstdint>
#include <vector>

#include "attune/sync.pb.h"
#include "book/book.h"

namespace attune::sync {

inline constexpr std::size_t kBatchBytes = 768U << 10U;  // payloads of one batch, unless a single one is larger
// Those of the first one of a session; each further one may be twice as large. A batch that was cut is sent again as a
// whole: on a line that is slow or breaks often large ones alone would never come through.
inline constexpr std::size_t kFirstBatchBytes = 48U << 10U;
inline constexpr int kBatchRecords = 4096;

// Parses within limits (size by the channel, depth here). Throws Errc::peer_misbehaved.
void parse(std::string_view bytes, v1::Message& into);
// The same for a message that is one batch and nothing else, into a batch whose memory is used again: nearly all of a
// first sync is batches, and to allocate each record's fields anew would cost more than reading them. false: another
// message.
[[nodiscard]] bool parse_batch(std::string_view bytes, v1::Batch& into);
// The serialised Message that holds this batch.
void write_batch(const v1::Batch& batch, std::string& message);
// What it carried, once it was written or taken: its memory waits for the next one, which may come days later.
void wipe_payloads(v1::Batch& batch);

// Records `first` to `last` of a log, as many as fit.
struct Stretch {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  // meanwhile: it stands until cut-offs of the own space come; sealed: nothing without its author's seal
  enum class Word { vouched, meanwhile, unvouched, sealed } word = Word::vouched;
};
// Who fills a batch: what stands of logs of this person is sealed with `key` at the batch's end.
struct Sender {
  const RootId& own;
  const identity::SelfKey& key;
};
// Fills `batch`, with at most `room` bytes of payloads unless a single one is larger, or a seal ends a longer stretch.
// false: there are none, or none that may travel now. Logs of others end where a seal of their author is held.
[[nodiscard]] bool build_batch(const log::Logs& logs, const log::Held& log, const Stretch& stretch,
                               const Sender& sender, std::size_t room, v1::Batch& batch);

// Payloads for these places, as many as fit; what was looked at is taken from the front of `places`. false: none held.
[[nodiscard]] bool build_filling(const log::Logs& logs, const log::Held& log, std::vector<std::uint64_t>& places,
                                 std::size_t room, v1::Batch& batch);

// The records of a batch as the book takes them: views into the message. Throws Errc::peer_misbehaved.
void unpack(const v1::Batch& batch, const RootId& author, std::vector<log::Incoming>& into);

}  // namespace attune::sync
