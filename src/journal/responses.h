// Being heard: what two people say to each other about a shared entry. Pure: any order of arrival gives the same value.
// Rules (docs/store-format.md, section 3.5):
//  - What stands in the couple's log counts, and nothing else.
//  - reflect, comfort and thanks are for the one who did not write the entry. Where it is an apology, accept and
//  not_yet
//    are, too: nobody accepts their own apology.
//  - understood and not_quite are for the author of the entry, about a reflection that is there.
//  - Heard is the author's own word: a reflection on which their latest word, by (op time, op id), is understood. A
//  later
//    not_quite takes it back. Nobody else can say it for them.
//  - Who asked just to be listened to is offered comfort and thanks alone, and their partner's program refuses the
//  rest.
//    What comes all the same (from a changed program, or said before it was asked) is shown as what it is, marked
//    `unasked`: words to a person are never hidden from them while the one who spoke believes that they were heard. It
//    asks nothing of the author; no understood or not_quite is offered about it, though they may say one.
//  - A response may name the text that it speaks of. Where the author has changed the text since, it is marked
//    `of_other_text`: nobody is shown as accepting an apology that they never read.
//  - Under an erased entry there is nothing. Who erased what they had said under the other's entry stays silent there.
#pragma once

#include <string>
#include <vector>

#include "journal/entry.h"
#include "journal/seen.h"

namespace attune::journal {

// The latest that the author of the entry said about a reflection.
enum class AuthorsWord { none, understood, not_quite };

struct Responded {
  OpId op;
  RootId author;
  Instant time;
  Response response;
  AuthorsWord word = AuthorsWord::none;  // about this one, where it is a reflection
  bool unasked = false;
  bool of_other_text = false;
  friend bool operator==(const Responded&, const Responded&) = default;
};

struct Responses {
  std::vector<Responded> all;  // by (op time, op id); with authors and times it is their history as well
  bool heard = false;
  Instant newest;                  // greatest time of those by the author of the entry
  std::vector<RootId> taken_back;  // who erased their own
  friend bool operator==(const Responses&, const Responses&) = default;
};

// `entry`: what fold_entry() makes of the same ops.
[[nodiscard]] Responses fold_responses(const Entry& entry, std::vector<Seen> ops);

// The one reflection on the entry; nullopt: there is none, or more than one.
[[nodiscard]] std::optional<OpId> only_reflection(const Responses& responses);

// What the program offers that person to say. It never asks for any of it.
[[nodiscard]] std::vector<ResponseKind> offered(const Entry& entry, const Responses& responses, const RootId& who);

// May that person write this response? Also checks the words (below).
[[nodiscard]] Refusal why_not_respond(const Entry& entry, const Responses& responses, const RootId& who,
                                      const Response& response);
// reflect, not_quite and comfort are words; understood, thanks and accept say all without any; not_yet as one likes.
[[nodiscard]] Refusal why_not_words(const Response& response);

}  // namespace attune::journal
