// The cryptography of check-ins: their object, the commitment to answers, and the key that opens it.
// docs/store-format.md, section 3.9. Until both have answered the key is a secret: it lives in guarded memory and in
// the own log, beside the answers that it hides. From the opening on it is none.
#pragma once

#include <string_view>

#include "core/clock.h"
#include "core/id.h"
#include "crypto/secret.h"
#include "journal/acts.h"
#include "journal/check_in.h"

namespace attune::book {

using AnswersSecret = crypto::Secret<struct AnswersSecretTag, 32>;
[[nodiscard]] AnswersSecret new_answers_key();

// `begun_on`: the date on the wall of whoever begins it. Two begun on one date are one.
[[nodiscard]] ObjectId check_in_object(const CoupleId& couple, journal::Day begun_on);

// Over the check-in and the author, too: a commitment that the other copies, or that is used again, opens nothing.
[[nodiscard]] journal::AnswersDigest digest_of(const ObjectId& check_in, const RootId& author, crypto::KeyView key,
                                               const journal::Answers& answers);
[[nodiscard]] journal::DigestOf digests_of(const ObjectId& check_in);  // for the fold

// The payload of an Answered with its key, in guarded memory.
class AnsweredPayload {
 public:
  // Throws Errc::usage past a limit of the answers.
  AnsweredPayload(Instant time, const journal::Answered& answered, const AnswersSecret& key);
  [[nodiscard]] BytesView bytes() const noexcept { return {page_.get(), size_}; }

 private:
  std::size_t size_;
  crypto::GuardedPage page_;
};
// Throws Errc::damaged. The caller wipes `payload`.
[[nodiscard]] AnswersSecret answers_key_in(std::string_view payload);

// What is written once both commitments stand: here the key ends its life as a secret.
[[nodiscard]] journal::Opened opening(const journal::OpeningDue& due, AnswersSecret key);

}  // namespace attune::book
