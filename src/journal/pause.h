// A pause: "I need twenty minutes", with the moment of return agreed. Pure: any order of arrival gives the same value.
// Rules (docs/store-format.md, section 3.7):
//  - Only what stands in the couple's log and was written by the object's creator counts: whoever called a pause
//  changes
//    or ends it, the partner cannot.
//  - The last act by (op time, op id) decides, also where a change and an end were made apart: after a Paused it goes
//  on
//    until then, after a Resumed it is over.
//  - A pause lasts from twenty minutes to a day, counted from its op's time; extending it begins that count again. What
//    is shorter or longer is refused where it is written, and from a peer counts as the nearest that is allowed:
//    whoever asks for time gets at least enough to calm down, and nobody keeps silent for a year in one word.
//  - For the same reason what a clock that runs ahead by more than a day has written is not in force until that time is
//    near.
#pragma once

#include <string>
#include <vector>

#include "journal/seen.h"

namespace attune::journal {

struct Pause {
  ObjectId id;         // its creator called it
  std::string text;    // as last said
  Instant called_at;   // time of the first Paused
  Instant changed_at;  // time of the last
  Instant until;       // within the bounds
  std::optional<Instant> resumed_at;
  Instant newest;             // greatest time of those acts
  std::vector<Done> history;  // Paused with the end that counts, and Resumed, by (op time, op id)
  friend bool operator==(const Pause&, const Pause&) = default;
};

// nullopt: its creator has not called it in any of these ops (yet).
[[nodiscard]] std::optional<Pause> fold_pause(const ObjectId& id, std::vector<Seen> ops);

[[nodiscard]] bool is_in_force(const Pause& pause, Instant now);
// When a pause ends that is called at that op time.
[[nodiscard]] Instant end_of(Instant op_time, const Paused& paused);

// Of one that is called, or of a change, with the time that its op will have.
[[nodiscard]] Refusal why_not_this_long(Instant op_time, const Paused& paused);
[[nodiscard]] Refusal why_not_change(const Pause& pause, const RootId& who, Instant now);
[[nodiscard]] Refusal why_not_resume(const Pause& pause, const RootId& who, Instant now);

}  // namespace attune::journal
