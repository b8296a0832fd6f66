// Statements that a root signs, whatever stands in them.
#pragma once

#include <string>

#include "identity/root.h"
#include "support/wire_field.h"

namespace attune::test {

inline std::string text_to_sign(const RootId& root, const std::string& body) {
  return std::string{"attune roster statement v1"} + '\0' + std::string{root.raw()} + body;
}
inline std::string signed_wire(const identity::Root& root, const std::string& body) {
  const auto signature = crypto::sign(root.signing, as_bytes(text_to_sign(root.id, body)));
  return field(1, body) + field(2, as_text(signature));
}

}  // namespace attune::test
