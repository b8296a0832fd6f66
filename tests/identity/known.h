// Persons for tests, and the answers that tests/identity/known_answers.py gives without any code of ours.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "identity/root.h"
#include "identity/statement.h"
#include "support/vectors.h"

namespace attune::test {

inline const nlohmann::json& known() {
  static const nlohmann::json answers = [] {
    std::ifstream file{project_file("tests/identity/known_answers.json")};
    return nlohmann::json::parse(file);
  }();
  return answers;
}
// The raw bytes of one of its values.
inline std::string raw(const nlohmann::json& hex) { return to_string(unhex(hex.get<std::string>())); }
inline std::string hex_of(BytesView bytes) { return to_hex(bytes); }

// The person of the words whose bytes are first, first + 1, ...
inline identity::Root person(int first) {
  return identity::root_from(crypto::Entropy::born([&](auto into) {
    int next = first;
    for (std::byte& b : into) b = static_cast<std::byte>(next++);
  }));
}

template <class AnyId>
AnyId id_of(int byte) {
  std::array<std::byte, AnyId::size> bytes;
  bytes.fill(static_cast<std::byte>(byte));
  return AnyId{bytes};
}

}  // namespace attune::test
