#include "backup/items.h"

#include <fmt/format.h>

#include "core/check.h"
#include "core/error.h"

namespace attune::backup {
namespace {

constexpr std::string_view kContentsTag = "attune backup contents v1";
constexpr std::uint64_t kLengthDelimited = 2;  // protobuf's wire type of strings and messages

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out += static_cast<char>(value | 0x80U);
  out += static_cast<char>(value);
}

// Takes a number off the front. nullopt: none, longer than `max_size` bytes, or written longer than it needs.
std::optional<std::uint64_t> take_varint(BytesView& bytes, std::size_t max_size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < std::min(bytes.size(), max_size); ++i) {
    const auto b = std::to_integer<std::uint64_t>(bytes[i]);
    value |= (b & 0x7FU) << (7 * i);
    if (b >= 0x80) continue;
    if (b == 0 && i > 0) return std::nullopt;
    bytes = bytes.subspan(i + 1);
    return value;
  }
  return std::nullopt;
}

constexpr std::size_t kMaxLength = 4;  // bytes of a length up to kMaxItem

struct Field {
  std::uint64_t number = 0;
  BytesView contents;
};

// The next length-delimited field; other wire types stand in no item that has parts.
std::optional<Field> take_field(BytesView& bytes) {
  const auto tag = take_varint(bytes, kMaxLength);
  if (!tag || (*tag & 7U) != kLengthDelimited || *tag >> 3U == 0) return std::nullopt;
  const auto size = take_varint(bytes, kMaxLength);
  if (!size || *size > bytes.size()) return std::nullopt;
  const Field field{*tag >> 3U, bytes.first(static_cast<std::size_t>(*size))};
  bytes = bytes.subspan(field.contents.size());
  return field;
}

// Two bytes are enough to ask protobuf for one more object, so they are counted before it parses.
bool few_parts(BytesView message) {
  for (std::size_t parts = 0; !message.empty(); ++parts) {
    if (parts == kMaxParts || !take_field(message)) return false;
  }
  return true;
}

}  // namespace

ItemWriter::ItemWriter(Sink sink) : sink_{std::move(sink)}, hasher_{kContentsTag} {}

void ItemWriter::put(Kind kind, std::string_view message) {
  std::string head;
  append_varint(head, (static_cast<std::uint64_t>(kind) << 3U) | kLengthDelimited);
  append_varint(head, message.size());
  const std::size_t size = head.size() + message.size();
  ATTUNE_CHECK(size <= kMaxItem);
  std::string length;
  append_varint(length, size);
  for (const std::string_view part : {std::string_view{length}, std::string_view{head}, message}) {
    hasher_.add(as_bytes(part));
    sink_(as_bytes(part));
  }
}

Digest ItemWriter::digest() const { return crypto::Hasher{hasher_}.finish(); }

ItemReader::ItemReader(Source source) : source_{std::move(source)}, before_{kContentsTag}, item_(kMaxLength) {}

bool ItemReader::read_exactly(std::span<std::byte> into) {
  const std::size_t got = source_(into);
  if (got == into.size()) return true;
  if (got > 0) throw Error{Errc::damaged, "the backup's contents end in the middle"};
  return false;
}

std::optional<ItemReader::Item> ItemReader::next() {
  before_.add(BytesView{item_}.first(size_));
  offset_ += size_;
  size_ = 0;
  const auto bad = [&] {
    return Error{Errc::damaged, fmt::format("the backup's contents are damaged at byte {}", offset_)};
  };

  std::size_t length_size = 0;
  std::optional<std::uint64_t> length;
  while (!length) {
    if (length_size == kMaxLength) throw bad();
    if (!read_exactly(std::span{item_}.subspan(length_size, 1))) {
      if (length_size == 0) return std::nullopt;
      throw bad();
    }
    ++length_size;
    auto read = BytesView{item_}.first(length_size);
    length = take_varint(read, kMaxLength);
  }
  if (*length == 0 || *length > kMaxItem || offset_ + *length > kMaxArchive) throw bad();
  size_ = length_size + static_cast<std::size_t>(*length);
  if (item_.size() < size_) item_.resize(size_);
  if (!read_exactly(std::span{item_}.subspan(length_size, size_ - length_size))) throw bad();

  auto body = BytesView{item_}.subspan(length_size, size_ - length_size);
  const auto field = take_field(body);
  if (!field || !body.empty() || field->number > static_cast<std::uint64_t>(Kind::closing)) throw bad();
  const auto kind = static_cast<Kind>(field->number);
  const bool has_parts = kind == Kind::records || kind == Kind::roster;
  if (has_parts ? !few_parts(field->contents) : field->contents.size() > kMaxSmallItem) throw bad();
  return Item{kind, field->contents};
}

Digest ItemReader::digest_before() const { return crypto::Hasher{before_}.finish(); }

}  // namespace attune::backup
