#include "log/chain.h"

#include "crypto/hash.h"

namespace attune::log {
namespace {

// Hashers that have taken in their tag already: copied for each use, which is cheaper than to begin anew.
const crypto::Hasher& payload_hasher() {
  static const crypto::Hasher tagged{"attune payload v1"};
  return tagged;
}
const crypto::Hasher& link_hasher() {
  static const crypto::Hasher tagged{"attune link v1"};
  return tagged;
}

}  // namespace

OpId payload_hash(const ObjectId& object, BytesView payload) {
  crypto::Hasher hasher = payload_hasher();
  return hasher.add(object.creator.bytes()).add(object.number.bytes()).add(payload).finish_as<OpId>();
}

Link first_link(const LogName& log) {
  // No couple is 32 zero bytes, which no couple's id is.
  return crypto::Hasher{"attune log v1"}
      .add(log.id.bytes())
      .add(log.author.bytes())
      .add(log.couple.bytes())
      .finish_as<Link>();
}

Link next_link(const Link& previous, std::uint64_t n, const ObjectId& object, const OpId& hash) {
  crypto::Hasher hasher = link_hasher();
  return hasher.add(previous.bytes())
      .add_u64(n)
      .add(object.creator.bytes())
      .add(object.number.bytes())
      .add(hash.bytes())
      .finish_as<Link>();
}

}  // namespace attune::log
