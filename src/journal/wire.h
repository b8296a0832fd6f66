// The outermost frame of an op, read by hand and strictly: at most one time, exactly one act.
// Protobuf would take the last of several acts, and a program that knows fewer acts than another would read the same
// bytes as another op. And it would copy the key out of a key op into memory that nobody wipes.
#pragma once

#include <cstdint>
#include <string_view>

namespace attune::journal {

// Protobuf's wire format, piece by piece. Throws Errc::damaged past the end and where a number has more than 64 bits.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_{bytes} {}
  [[nodiscard]] bool done() const { return rest_.empty(); }
  std::uint64_t varint();
  std::string_view take(std::uint64_t size);

 private:
  std::string_view rest_;
};

struct Frame {
  std::int64_t time = 0;
  int act = 0;            // number of the field
  std::string_view body;  // its bytes, within those given
};

// Throws Errc::damaged.
[[nodiscard]] Frame read_frame(std::string_view bytes);

}  // namespace attune::journal
