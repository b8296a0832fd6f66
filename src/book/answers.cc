#include "book/answers.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/bytes.h"
#include "core/error.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "journal/codec.h"
#include "journal/wire.h"
#include "log/chain.h"

namespace attune::book {
namespace {

constexpr int kAnsweredField = 41;
constexpr std::uint64_t kKey = 2U << 3U | 2U;

[[noreturn]] void damaged() { throw Error{Errc::damaged, "the answers of a check-in cannot be read"}; }

// Where the key stands in an encoded Answered, within `op`.
std::string_view key_place(std::string_view op) {
  const journal::Frame frame = journal::read_frame(op);
  if (frame.act != kAnsweredField) damaged();
  std::string_view place;
  for (journal::Reader reader{frame.body}; !reader.done();) {
    const auto tag = reader.varint();
    if ((tag & 7U) != 2) damaged();
    const auto field = reader.take(reader.varint());
    if (tag == kKey) place = field;
  }
  if (place.size() != AnswersSecret::size) damaged();
  return place;
}

}  // namespace

AnswersSecret new_answers_key() {
  return AnswersSecret::born([](auto into) { crypto::random_fill(into); });
}

ObjectId check_in_object(const CoupleId& couple, journal::Day begun_on) {
  const auto day = be64(static_cast<std::uint64_t>(begun_on.time_since_epoch().count()));
  std::array<std::byte, CoupleId::size + 8> fields;
  const auto behind = std::ranges::copy(couple.bytes(), fields.begin()).out;
  std::ranges::copy(day, behind);
  return {.creator = RootId{couple.bytes()}, .number = ObjectNumber{crypto::hash128("attune check-in v1", fields)}};
}

journal::AnswersDigest digest_of(const ObjectId& check_in, const RootId& author, crypto::KeyView key,
                                 const journal::Answers& answers) {
  return crypto::Hasher{"attune check-in answers v1", key}
      .add(check_in.creator.bytes())
      .add(check_in.number.bytes())
      .add(author.bytes())
      .add(as_bytes(journal::canonical(answers)))
      .finish_as<journal::AnswersDigest>();
}

journal::DigestOf digests_of(const ObjectId& check_in) {
  return [check_in](const RootId& author, const journal::AnswersKey& key, const journal::Answers& answers) {
    return digest_of(check_in, author, key.bytes(), answers);
  };
}

AnsweredPayload::AnsweredPayload(Instant time, const journal::Answered& answered, const AnswersSecret& key) : size_{0} {
  const std::string op = journal::encode({time, answered});
  const auto place = static_cast<std::size_t>(key_place(op).data() - op.data());
  size_ = log::kPayloadRandom + op.size();
  page_ = crypto::allocate_guarded(size_);
  const std::span<std::byte> payload{page_.get(), size_};
  crypto::random_fill(payload.first(log::kPayloadRandom));
  const auto written = payload.subspan(log::kPayloadRandom);
  std::ranges::copy(as_bytes(op), written.begin());
  std::ranges::copy(key.bytes(), written.subspan(place).begin());
}

AnswersSecret answers_key_in(std::string_view payload) {
  if (payload.size() < log::kPayloadRandom) damaged();
  const auto place = as_bytes(key_place(payload.substr(log::kPayloadRandom)));
  return AnswersSecret::copied(place.first<AnswersSecret::size>());
}

journal::Opened opening(const journal::OpeningDue& due, AnswersSecret key) {
  return {due.commitment, due.theirs, journal::AnswersKey{key.bytes()}, due.answers};
}

}  // namespace attune::book
