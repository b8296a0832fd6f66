// Frames of an established channel, from a peer that holds the keys. docs/protocol.md, section 3.6.
#include "net/frame.h"

#include <algorithm>

#include "fuzz/target.h"
#include "net/padding.h"

namespace attune::fuzz {
namespace {

using SendKey = crypto::Secret<struct crypto::SendKeyTag, 32>;
using ReceiveKey = crypto::Secret<struct crypto::ReceiveKeyTag, 32>;

crypto::SendCipher sending() { return crypto::SendCipher{known_secret<SendKey>(7)}; }
crypto::ReceiveCipher receiving() { return crypto::ReceiveCipher{known_secret<ReceiveKey>(7)}; }

// What the wire's frames say by docs/protocol.md alone: the messages, and whether a rule was broken on the way.
struct Said {
  std::vector<std::string> messages;
  bool broken = false;
};

// The time of a run goes into its bytes: of sixteen only one has frames of the greatest sizes, and more than one of
// them.
struct Sizes {
  std::size_t most_in_all, below, kinds;
};
constexpr Sizes chosen_sizes(unsigned first) {
  return first % 16 == 15 ? Sizes{std::size_t{96} << 10U, 65'520, net::kFrameSizes.size()}
                          : Sizes{std::size_t{6} << 10U, 4'200, 3};
}

// One frame, honest or not: its plaintext is `content` behind `length`, in one of the five sizes or another.
Bytes plaintext(Draw& draw, const Sizes& sizes, Said& said, std::string& stream) {
  const unsigned how = draw.byte();
  const std::size_t size = how % 16 == 15 ? draw.below(sizes.below) : net::kFrameSizes[how % sizes.kinds];
  Bytes plain(size);
  const BytesView content = draw.piece();
  const std::size_t room = size < 2 ? 0 : size - 2;
  const std::size_t held = std::min(content.size(), room);
  const std::size_t told = (how & 32U) != 0 ? draw.u16() : held;
  if (size >= 2) std::ranges::copy(net::be16(told), plain.begin());
  std::ranges::copy(content.first(held), plain.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(2, size)));
  const bool possible = std::ranges::find(net::kFrameSizes, size) != net::kFrameSizes.end();
  const auto behind = [&] { return BytesView{plain}.subspan(2 + told); };
  const bool whole = possible && told > 0 && told <= room &&
                     std::ranges::all_of(behind(), [](std::byte b) { return b == std::byte{0}; });
  if (said.broken || !whole) {
    said.broken = true;
  } else {
    stream += as_text(BytesView{plain}.subspan(2, told));
    std::string_view left{stream};
    while (left.size() >= 4) {
      const std::size_t length = read_be32(as_bytes(left).first<4>());
      said.broken = length > net::kMaxMessage;
      if (said.broken || left.size() - 4 < length) break;
      said.messages.emplace_back(left.substr(4, length));
      left.remove_prefix(4 + length);
    }
    stream.erase(0, stream.size() - left.size());
  }
  return plain;
}

// Frames as the input wants them, sealed; what they say goes to `said`, what is left of it to `stream`.
Bytes frames(Draw& draw, const Sizes& sizes, Said& said, std::string& stream) {
  Bytes wire;
  auto cipher = sending();
  for (int frame = 0; frame < 24 && wire.size() < sizes.most_in_all && !draw.done(); ++frame) {
    const Bytes plain = plaintext(draw, sizes, said, stream);
    Bytes sealed(plain.size() + crypto::kTagSize);
    cipher.encrypt(plain, sealed);
    append(wire, net::be16(sealed.size()));
    append(wire, sealed);
  }
  return wire;
}

// In reads of many sizes.
std::optional<Errc> hear(net::Opener& opener, const Bytes& wire, unsigned pieces, std::vector<std::string>& heard) {
  return refusal({Errc::peer_misbehaved}, [&] {
    BytesView left{wire};
    for (std::size_t step = pieces; !left.empty(); step = step * 31 + 7) {
      const std::size_t size = std::min(left.size(), pieces == 0 ? left.size() : 1 + step % (pieces * 64));
      opener.feed(left.first(size));
      left = left.subspan(size);
      while (std::string* message = opener.next()) heard.push_back(std::move(*message));
    }
  });
}

// What was heard can be said: the other half.
void check_said_again(const std::vector<std::string>& heard) {
  net::Sealer sealer{sending()};
  Bytes again;
  for (const std::string& message : heard) sealer.seal(message, again);
  net::Opener other{receiving()};
  other.feed(again);
  for (const std::string& message : heard) {
    const std::string* next = other.next();
    promise(next != nullptr && *next == message, "what is sealed is opened");
  }
  promise(other.next() == nullptr && other.between_messages(), "and nothing more");
}

void fuzz(BytesView input) {
  Draw draw{input};
  const unsigned pieces = draw.byte();
  Said said;
  std::string stream;
  const Bytes wire = frames(draw, chosen_sizes(pieces), said, stream);
  net::Opener opener{receiving()};
  std::vector<std::string> heard;
  const auto error = hear(opener, wire, pieces, heard);
  promise(error.has_value() == said.broken, "a broken rule is seen, and nothing else is");
  promise(heard.size() <= said.messages.size() && std::equal(heard.begin(), heard.end(), said.messages.begin()),
          "messages are those that were said, in their order");
  if (error) return;
  promise(heard == said.messages, "every message that was said is heard");
  promise(opener.between_messages() == stream.empty(), "it is known whether a message has begun");
  check_said_again(heard);
}

std::vector<Bytes> seeds() {
  InputBuilder two;
  two.byte(3).byte(0).piece(as_bytes(std::string_view{"\0\0\0\5hello\0\0\0\0\0\0\1", 17})).byte(1);
  two.piece(as_bytes(std::string_view{"\xff\0\0\0\2hi", 7}));
  return {two.take(), InputBuilder{}.byte(0).byte(32).piece(as_bytes("abc")).u16(9).take()};
}

const Registration registration{{"frames", Weight::light, fuzz, seeds}};

}  // namespace
}  // namespace attune::fuzz
