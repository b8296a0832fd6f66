#include "journal/wire.h"

#include "core/error.h"

namespace attune::journal {
namespace {

enum class WireType : unsigned { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

[[noreturn]] void not_an_op() { throw Error{Errc::damaged, "a record does not hold an act"}; }

}  // namespace

std::uint64_t Reader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    const auto byte = static_cast<unsigned char>(take(1).front());
    if (shift == 63 && byte > 1) not_an_op();
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
  not_an_op();
}

std::string_view Reader::take(std::uint64_t size) {
  if (size > rest_.size()) not_an_op();
  const auto taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

Frame read_frame(std::string_view bytes) {
  constexpr std::uint64_t kTimeField = 1;
  constexpr std::uint64_t kMaxField = (1U << 29U) - 1;
  Frame frame;
  bool timed = false;
  for (Reader reader{bytes}; !reader.done();) {
    const auto tag = reader.varint();
    const auto field = tag >> 3U;
    const auto type = static_cast<WireType>(tag & 7U);
    if (field == 0 || field > kMaxField) not_an_op();
    if (field == kTimeField && (type != WireType::varint || timed)) not_an_op();
    switch (type) {
      case WireType::varint: {
        const auto value = reader.varint();
        if (field != kTimeField) break;  // of a newer program
        frame.time = static_cast<std::int64_t>(value);
        timed = true;
        break;
      }
      case WireType::bytes: {
        if (frame.act != 0) not_an_op();
        frame.act = static_cast<int>(field);
        frame.body = reader.take(reader.varint());
        break;
      }
      case WireType::fixed64: reader.take(8); break;  // of a newer program, both
      case WireType::fixed32: reader.take(4); break;
      default: not_an_op();  // groups, and what is no type at all
    }
  }
  if (frame.act == 0) not_an_op();
  return frame;
}

}  // namespace attune::journal
