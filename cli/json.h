// --json: a message of proto/attune/api.proto as one line of JSON, without a newline.
#pragma once

#include <string>
#include <string_view>

#include "crypto/secret.h"

namespace google::protobuf {
class Message;
}

namespace attune::cli {

// snake_case, counts as numbers, absent zeros and empty lists written out; what is for people only (short_id,
// for_people) left out.
[[nodiscard]] std::string to_json(const google::protobuf::Message& message);

[[nodiscard]] std::string json_quoted(std::string_view text);

// Appends to a secret under construction.
void append(crypto::SecretBytes& to, std::string_view text);

}  // namespace attune::cli
