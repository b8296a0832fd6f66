#include <gtest/gtest.h>

#include "net/frame.h"

#include <rapidcheck.h>

#include "core/error.h"
#include "net/padding.h"
#include "net/transports.h"
#include "support/error_matcher.h"

namespace attune::net {
namespace {

struct Line {
  explicit Line(test::Direction way = test::direction())
      : sealer{std::move(way.send)}, opener{std::move(way.receive)} {}

  Bytes sealed(std::string_view message) {
    Bytes wire;
    sealer.seal(message, wire);
    return wire;
  }
  std::vector<std::string> taken() {
    std::vector<std::string> messages;
    while (const std::string* next = opener.next()) messages.push_back(*next);
    return messages;
  }

  Sealer sealer;
  Opener opener;
};

// A frame whose plaintext the test makes up; authentic all the same.
struct RawLine {
  explicit RawLine(test::Direction way = test::direction())
      : cipher{std::move(way.send)}, opener{std::move(way.receive)} {}

  Bytes frame(BytesView plain) {
    Bytes wire = to_bytes(be16(plain.size() + 16));
    wire.resize(wire.size() + plain.size() + 16);
    cipher.encrypt(plain, std::span{wire}.subspan(2));
    return wire;
  }
  Bytes frame_with(BytesView content, std::size_t size = 256) { return frame(padded(content, size)); }

  crypto::SendCipher cipher;
  Opener opener;
};

std::string text_of(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 26);
  return text;
}

TEST(Frames, CarryMessagesOfAnySize) {
  Line line;
  for (const std::size_t size : {0U, 1U, 249U, 250U, 251U, 1018U, 1019U, 4090U, 16378U, 16379U, 65513U, 65514U, 131030U,
                                 131031U, 1U << 20U, static_cast<unsigned>(kMaxMessage)}) {
    const std::string message = text_of(size);
    line.opener.feed(line.sealed(message));
    EXPECT_EQ(line.taken(), std::vector{message}) << size;
    EXPECT_TRUE(line.opener.between_messages()) << size;
  }
}

TEST(Frames, ArriveInWhateverPiecesTheNetworkMakesOfThem) {
  rc::check([](const std::vector<std::string>& messages) {
    Line line;
    Bytes wire;
    for (const auto& message : messages) line.sealer.seal(message, wire);
    std::vector<std::string> got;
    BytesView rest = wire;
    while (!rest.empty()) {
      const auto size = *rc::gen::inRange<std::size_t>(1, std::min<std::size_t>(rest.size(), 700) + 1);
      line.opener.feed(rest.first(size));
      rest = rest.subspan(size);
      for (auto& message : line.taken()) got.push_back(std::move(message));
    }
    RC_ASSERT(got == messages);
    RC_ASSERT(line.opener.between_messages());
  });
}

TEST(Frames, ArriveByteByByte) {
  Line line;
  std::vector<std::string> got;
  for (const std::byte byte : line.sealed(text_of(70'000))) {
    line.opener.feed(BytesView{&byte, 1});
    for (auto& message : line.taken()) got.push_back(std::move(message));
  }
  EXPECT_EQ(got, std::vector{text_of(70'000)});
}

TEST(Frames, ShowOnlyFiveSizesOnTheWire) {
  const std::vector<std::pair<std::size_t, std::size_t>> expected{{0, 274},
                                                                  {250, 274},
                                                                  {251, 1042},
                                                                  {1018, 1042},
                                                                  {1019, 4114},
                                                                  {4090, 4114},
                                                                  {4091, 16402},
                                                                  {16378, 16402},
                                                                  {16379, 65537},
                                                                  {65513, 65537},
                                                                  {65514, 65537 + 274},
                                                                  {65767, 65537 + 274},
                                                                  {65768, 65537 + 1042}};
  Line line;
  for (const auto& [message, wire] : expected) EXPECT_EQ(line.sealed(text_of(message)).size(), wire) << message;
}

TEST(Frames, HoldManySmallMessagesInOneRead) {
  Line line;
  Bytes wire;
  for (int i = 0; i < 10'000; ++i) line.sealer.seal(std::to_string(i), wire);
  line.opener.feed(wire);
  const auto messages = line.taken();
  ASSERT_EQ(messages.size(), 10'000U);
  EXPECT_EQ(messages.back(), "9999");
}

TEST(Frames, OfOneMessageMayBeSwappedAwayByTheReader) {
  Line line;
  line.opener.feed(line.sealed("first"));
  std::string mine;
  mine.swap(*line.opener.next());
  EXPECT_EQ(mine, "first");
  line.opener.feed(line.sealed("second"));
  EXPECT_EQ(*line.opener.next(), "second");
}

TEST(Frames, RefuseEveryFlippedBit) {
  for (std::size_t bit = 0; bit < 274 * 8; ++bit) {
    Line line;
    Bytes wire = line.sealed("a word");
    wire[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    if (bit < 16) append(wire, Bytes(65537));  // a length that became larger is waited for
    EXPECT_ERROR(Errc::peer_misbehaved, line.opener.feed(wire));
    EXPECT_EQ(line.opener.next(), nullptr);
  }
}

TEST(Frames, RefuseARepeatedAReorderedAndAReflectedFrame) {
  Line line;
  const Bytes first = line.sealed("first");
  const Bytes second = line.sealed("second");
  EXPECT_ERROR(Errc::peer_misbehaved, line.opener.feed(second));
  Line again;
  const Bytes only = again.sealed("only");
  again.opener.feed(only);
  EXPECT_ERROR(Errc::peer_misbehaved, again.opener.feed(only));
  auto both = test::transports();
  Sealer sealer{std::move(both.one.send)};
  Opener own{std::move(both.one.receive)};
  Bytes wire;
  sealer.seal("mine", wire);
  EXPECT_ERROR(Errc::peer_misbehaved, own.feed(wire));
}

TEST(Frames, RefuseSizesThatNoFrameHasBeforeTheRestArrives) {
  for (const std::size_t size : {0U, 15U, 16U, 256U, 271U, 273U, 65534U}) {
    Line line;
    EXPECT_ERROR(Errc::peer_misbehaved, line.opener.feed(be16(size)));
  }
}

TEST(Frames, RefuseALengthOfContentThatLies) {
  Bytes plain = padded(as_bytes("text"), 256);
  plain[0] = std::byte{0xFF};
  RawLine line;
  EXPECT_ERROR(Errc::peer_misbehaved, line.opener.feed(line.frame(plain)));
  plain = padded(as_bytes("text"), 256);
  plain[1] = std::byte{3};  // the last letter would be padding
  RawLine other;
  EXPECT_ERROR(Errc::peer_misbehaved, other.opener.feed(other.frame(plain)));
  RawLine third;
  EXPECT_ERROR(Errc::peer_misbehaved, third.opener.feed(third.frame_with({})));  // an empty frame
}

TEST(Frames, RefuseAMessageThatIsAnnouncedTooLargeAtItsFirstFourBytes) {
  RawLine line;
  EXPECT_ERROR(Errc::peer_misbehaved,
               line.opener.feed(line.frame_with(be32(static_cast<std::uint32_t>(kMaxMessage) + 1))));
  RawLine largest;
  largest.opener.feed(largest.frame_with(be32(static_cast<std::uint32_t>(kMaxMessage))));
  EXPECT_EQ(largest.opener.next(), nullptr);
  EXPECT_FALSE(largest.opener.between_messages());
}

TEST(Frames, MayHoldSeveralMessagesAndPartsOfThem) {
  RawLine line;
  std::string stream;
  for (const std::string_view message : {"one", "", "three"}) {
    append(stream, be32(static_cast<std::uint32_t>(message.size())));
    stream += message;
  }
  const BytesView bytes = as_bytes(stream);
  line.opener.feed(line.frame_with(bytes.first(9)));
  EXPECT_EQ(*line.opener.next(), "one");
  EXPECT_EQ(line.opener.next(), nullptr);
  EXPECT_FALSE(line.opener.between_messages());
  line.opener.feed(line.frame_with(bytes.subspan(9)));
  EXPECT_EQ(*line.opener.next(), "");
  EXPECT_EQ(*line.opener.next(), "three");
  EXPECT_TRUE(line.opener.between_messages());
}

TEST(Frames, TellATruncatedStreamFromOneThatEnded) {
  Line line;
  const Bytes wire = line.sealed(text_of(70'000));
  for (const std::size_t cut :
       {std::size_t{1}, std::size_t{2}, std::size_t{65536}, std::size_t{65537}, wire.size() - 1}) {
    Line fresh;
    const Bytes own = fresh.sealed(text_of(70'000));
    fresh.opener.feed(BytesView{own}.first(cut));
    EXPECT_EQ(fresh.opener.next(), nullptr);
    EXPECT_FALSE(fresh.opener.between_messages()) << cut;
  }
}

TEST(Padding, ComesBackAsItWentIn) {
  rc::check([](const std::string& content) {
    const std::size_t size = content.size() + 2 + *rc::gen::inRange<std::size_t>(0, 300);
    const Bytes bytes = padded(as_bytes(content), size);
    RC_ASSERT(bytes.size() == size);
    const auto back = unpadded(bytes);
    RC_ASSERT(back.has_value());
    RC_ASSERT(as_text(*back) == content);
  });
}

TEST(Padding, IsRefusedWhereItIsTooShortForItsLength) {
  EXPECT_FALSE(unpadded({}));
  const std::array<std::byte, 1> one{};
  EXPECT_FALSE(unpadded(one));
  const std::array<std::byte, 3> two{std::byte{0}, std::byte{2}, std::byte{0}};
  EXPECT_FALSE(unpadded(two));
}

}  // namespace
}  // namespace attune::net
