// Within identity only: bytes of a message into a protobuf message, with the limits that hold for every parse.
#pragma once

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message_lite.h>

#include <string_view>

namespace attune::identity {

// Nothing of ours nests deeper; groups nested in unknown fields would.
inline constexpr int kMaxNesting = 16;

// false: not such a message. The caller has checked the size.
[[nodiscard]] inline bool parse(google::protobuf::MessageLite& message, std::string_view bytes) {
  google::protobuf::io::CodedInputStream input{reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                               static_cast<int>(bytes.size())};
  input.SetRecursionLimit(kMaxNesting);
  return message.ParseFromCodedStream(&input) && input.ConsumedEntireMessage();
}

}  // namespace attune::identity
