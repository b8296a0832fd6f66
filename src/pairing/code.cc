#include <utility>

#include "core/error.h"
#include "pairing/pairing.h"

namespace attune::pairing {

Code::Code(crypto::SecretBytes words, const Clock& clock)
    : words_{std::move(words)}, clock_{clock}, until_{clock.steady() + kCodeLives} {}

bool Code::alive() const { return !spent_ && tries_ > 0 && clock_.steady() < until_; }

void Code::use_try() {
  if (!alive()) throw Error{Errc::wrong_code, "this code has ended", "make a fresh code together"};
  --tries_;
}

void Code::spend() {
  if (std::exchange(spent_, true))
    throw Error{Errc::wrong_code, "this code has paired already", "make a fresh code together"};
}

}  // namespace attune::pairing
