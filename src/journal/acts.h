// The acts on what two people share beside entries: responses, boundaries, agreements, check-ins, pauses. Plain values;
// who may do them and what they bring about is said by the fold of each object. docs/store-format.md, section 3.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/id.h"

namespace attune::journal {

// A date on somebody's wall, without a zone.
using Day = std::chrono::local_days;
inline constexpr Day kEarliestDay{std::chrono::days{-719162}};  // 0001-01-01
inline constexpr Day kLatestDay{std::chrono::days{2932896}};    // 9999-12-31

inline constexpr std::size_t kMaxWords = 16U << 10U;  // of a response, boundary, agreement, answer: bytes
inline constexpr std::size_t kMaxReason = 1024;       // of a decline, a withdrawal, a mark, a pause
inline constexpr std::size_t kMaxTopic = 64;

// --- being heard

enum class ResponseKind { reflect, understood, not_quite, comfort, thanks, accept, not_yet };
[[nodiscard]] std::string_view name_of(ResponseKind kind);  // "not_quite"
[[nodiscard]] std::optional<ResponseKind> response_kind_named(std::string_view name);

// On a shared entry or a boundary. `to`: of understood and not_quite on an entry the reflection's op; of any other the
// op of the text that it speaks of, or none; on a boundary the op of the ask.
struct Response {
  ResponseKind kind = ResponseKind::thanks;
  std::string text;  // empty: understood, thanks, accept
  std::optional<OpId> to;
  friend bool operator==(const Response&, const Response&) = default;
};

// --- boundaries: one person's limit

struct BoundaryStated {  // by its owner; a later one revises it
  std::string text;
  std::string topic;  // empty: none
  std::optional<Day> review_on;
  friend bool operator==(const BoundaryStated&, const BoundaryStated&) = default;
};
struct BoundaryAcknowledged {  // by the partner
  OpId revision;               // the BoundaryStated that they saw
  friend bool operator==(const BoundaryAcknowledged&, const BoundaryAcknowledged&) = default;
};
struct BoundaryAsked {  // by the partner
  std::string text;
  friend bool operator==(const BoundaryAsked&, const BoundaryAsked&) = default;
};
struct BoundaryLifted {  // by its owner
  OpId revision;         // the BoundaryStated that they saw
  friend bool operator==(const BoundaryLifted&, const BoundaryLifted&) = default;
};

// --- agreements: what both commit to

struct Schedule {
  enum class Every { day, week, month, once };
  Every every = Every::week;
  Day from;                    // the first day on which it may come; of `once` the day itself
  std::uint8_t weekdays = 0;   // of `week`: bit 0 Monday to bit 6 Sunday, at least one
  std::uint8_t month_day = 0;  // of `month`: 1 to 31; a shorter month has it on its last day
  std::chrono::minutes at{0};  // since midnight on the wall: 0 to 1,439
  std::string zone;            // "Europe/Berlin": a name of the time zone database
  friend bool operator==(const Schedule&, const Schedule&) = default;
};
struct Proposed {  // a version, named by its op; proposing is accepting
  std::string text;
  std::optional<Schedule> every;
  std::optional<Day> review_on;
  friend bool operator==(const Proposed&, const Proposed&) = default;
};
struct Accepted {
  OpId version;
  friend bool operator==(const Accepted&, const Accepted&) = default;
};
struct Declined {
  OpId version;
  std::string why;
  friend bool operator==(const Declined&, const Declined&) = default;
};
struct Withdrawn {  // the whole agreement, for good
  std::string why;
  friend bool operator==(const Withdrawn&, const Withdrawn&) = default;
};
enum class MarkKind { kept, missed, moved };
[[nodiscard]] std::string_view name_of(MarkKind kind);
struct Marked {  // how one person saw one occurrence
  MarkKind kind = MarkKind::kept;
  Day on;                 // the occurrence
  std::optional<Day> to;  // of `moved`
  std::string note;
  friend bool operator==(const Marked&, const Marked&) = default;
};

// --- check-ins: both answer before either sees

using AnswersKey = Id<struct AnswersKeyTag, 32>;        // of an opening: no secret any more
using AnswersDigest = Id<struct AnswersDigestTag, 32>;  // BLAKE2b-256 under the key: book/answers.h

struct Answers {
  std::string mood_word;        // empty: none
  std::uint8_t mood_level = 0;  // 1 to 5; 0: none
  std::uint8_t closeness = 0;   // 1 to 5; 0: none
  std::string appreciated, hard, wish;
  std::string text{};  // in one's own words, beside or in place of all that was asked
  friend bool operator==(const Answers&, const Answers&) = default;
};
struct Committed {  // to answers that stand sealed in one's own log
  AnswersDigest digest;
  friend bool operator==(const Committed&, const Committed&) = default;
};
// In one's own log alone, from the same batch on as the commitment. Its key is a secret until the opening, and the
// journal never holds it: the book writes and reads it in its place (book/answers.h).
struct Answered {
  OpId commitment;
  Answers answers;
  friend bool operator==(const Answered&, const Answered&) = default;
};
struct Opened {
  OpId commitment;  // one's own
  OpId theirs;      // the partner's commitment that it answers
  AnswersKey key;
  Answers answers;
  friend bool operator==(const Opened&, const Opened&) = default;
};

// --- pauses

inline constexpr std::chrono::minutes kShortestPause{20};
inline constexpr std::chrono::minutes kLongestPause{24 * 60};
struct Paused {  // a later one of the same person changes it
  std::string text;
  Instant until;
  friend bool operator==(const Paused&, const Paused&) = default;
};
struct Resumed {
  friend bool operator==(const Resumed&, const Resumed&) = default;
};

}  // namespace attune::journal
