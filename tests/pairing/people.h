// People who pair: a root, a device, its admit, and what they kept.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/random.h"
#include "identity/root.h"
#include "identity/statement.h"
#include "pairing/pairing.h"

namespace attune::test {

inline crypto::SecretBytes code_of(std::string_view words) { return crypto::SecretBytes::copied(as_bytes(words)); }

struct Person {
  explicit Person(std::string its_name) : name{std::move(its_name)} { statements.push_back(admit(id())); }

  [[nodiscard]] DeviceId id() const { return DeviceId{crypto::x25519_public(device.bytes())}; }
  [[nodiscard]] std::string admit(const DeviceId& whom) const {
    return identity::sign_statement(root.signing, identity::Admit{.device = whom, .serial = 7}).wire;
  }
  [[nodiscard]] std::string revoke(const DeviceId& whom, std::uint64_t number) const {
    return identity::sign_statement(root.signing,
                                    identity::Revoke{.device = whom, .number = number, .random = {}, .cut_offs = {}})
        .wire;
  }
  [[nodiscard]] pairing::OwnSide own() const {
    return {.root = root.id,
            .device = &device,
            .admit = statements.front(),
            .roster = statements,
            .name = name,
            .patience = pairing::kStep};
  }
  [[nodiscard]] pairing::Keep keep() {
    return [this](const pairing::Met& met) {
      kept.push_back(met.root);
      if (refuses) throw Error{*refuses, "not with them"};
    };
  }

  std::string name;
  identity::Root root = identity::root_from(crypto::random_secret<crypto::Entropy>());
  crypto::DeviceSecret device = crypto::random_secret<crypto::DeviceSecret>();
  std::vector<std::string> statements;  // the own device's admit first
  std::optional<Errc> refuses;
  std::vector<RootId> kept;  // whom keep() was asked to keep
};

}  // namespace attune::test
