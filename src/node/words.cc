#include "node/words.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "identity/statement.h"

namespace attune::node {
namespace {

constexpr std::size_t kKeySize = identity::StatementHash::size + identity::SelfKeySecret::size;
constexpr std::size_t kMostKeys = crypto::SecretBytes::kMaxSize / kKeySize;

identity::Root root_of(const api::v1::SelfKeysPlan& plan, const crypto::Entropy& entropy) {
  identity::Root root = identity::root_from(entropy);
  if (root.id.raw() != plan.root()) {
    throw Error{Errc::wrong_words, "these are somebody else's 24 words", "nothing was changed"};
  }
  return root;
}

void add_key(const identity::SelfKey& key, crypto::SecretBytes& frame) {
  for (const std::byte byte : key.revoke.bytes()) frame.push_back(byte);
  for (const std::byte byte : key.secret.bytes()) frame.push_back(byte);
}

crypto::SecretBytes keys_of(const api::v1::SelfKeysPlan& plan, const identity::Root& root, std::size_t most) {
  crypto::SecretBytes frame;
  const auto count = static_cast<std::size_t>(plan.revokes_size());
  for (std::size_t i = count - std::min(count, most); i < count; ++i) {
    const auto revoke = identity::check_statement(root.id, plan.revokes(static_cast<int>(i)));
    if (std::holds_alternative<identity::Revoke>(revoke.says)) {
      add_key(identity::self_key_from(root.self_seed, &revoke), frame);
    }
  }
  return frame;
}

}  // namespace

SignedRevoke sign_revoke(const api::v1::DeviceRevokePlan& plan, const crypto::Entropy& entropy) {
  const identity::Root root = root_of(plan.keys(), entropy);
  auto revoke = identity::read_unsigned(plan.revoke());
  auto own = identity::read_unsigned(plan.own_cut_offs());
  auto* cut_offs = std::get_if<identity::OwnCutOffs>(&own);
  if (!std::holds_alternative<identity::Revoke>(revoke) || cut_offs == nullptr) {
    throw Error{Errc::internal, "the plan of a revocation cannot be read", "nothing was changed"};
  }
  const auto signed_revoke = identity::sign_statement(root.signing, revoke);
  cut_offs->revoke = signed_revoke.hash;
  SignedRevoke out{{signed_revoke.wire, identity::sign_statement(root.signing, own).wire},
                   keys_of(plan.keys(), root, kMostKeys - 1)};
  add_key(identity::self_key_from(root.self_seed, &signed_revoke), out.keys);
  return out;
}

crypto::SecretBytes derive_self_keys(const api::v1::SelfKeysPlan& plan, const crypto::Entropy& entropy) {
  return keys_of(plan, root_of(plan, entropy), kMostKeys - 1);
}

std::vector<identity::SelfKey> keys_in(BytesView frame) {
  if (frame.size() % kKeySize != 0) throw Error{Errc::usage, "keys were handed over in an impossible length"};
  std::vector<identity::SelfKey> keys;
  for (; !frame.empty(); frame = frame.subspan(kKeySize)) {
    const identity::StatementHash revoke{frame.first<identity::StatementHash::size>()};
    const auto secret = frame.subspan<identity::StatementHash::size, identity::SelfKeySecret::size>();
    keys.push_back({identity::SelfKeySecret::copied(secret), revoke});
  }
  return keys;
}

}  // namespace attune::node
