// One attempt to link with whoever is at an address, and how it ended.
#pragma once

#include <optional>

#include "net/address.h"

namespace attune::node {

enum class AttemptEnd {
  opened,        // a device of ours, or of the partner, that is believed
  refused,       // as in net::DialEnd, from here
  no_answer,     //
  unreachable,   //
  forbidden,     // to here
  silent,        // somebody accepts and says nothing: a wrong key, clock or version, or another program
  strange,       // somebody answers with what no node says
  not_believed,  // a device that was removed, or nobody's
};
struct Attempt {
  net::HostPort at;
  std::optional<bool> own;  // whose device was expected there
  AttemptEnd end = AttemptEnd::unreachable;
};

}  // namespace attune::node
