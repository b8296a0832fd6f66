// ATTUNE_CHECK(condition): an invariant of our own code. On in every build; a failure aborts, because going on
// could lose or leak what people wrote. Never used on input: what comes from outside is answered with an Error.
#pragma once

namespace attune {

[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace attune

#define ATTUNE_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::attune::check_failed(#condition, __FILE__, __LINE__))
