#include "journal/codec.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "core/error.h"
#include "core/text.h"
#include "journal/codec_parts.h"
#include "journal/limits.h"
#include "journal/wire.h"

namespace attune::journal {
namespace {

// --- to bytes

template <class Message>
void add_after(Message& to, const std::vector<OpId>& after) {
  for (const OpId& id : after) to.add_after(id.raw().data(), OpId::size);
}

void fill(pb::EntryContent& to, const EntryContent& content) {
  to.set_kind(static_cast<pb::EntryKind>(static_cast<int>(content.kind) + 1));
  to.set_title(content.title);
  to.set_body(content.body);
  if (content.mood) {
    to.set_mood_word(content.mood->word);
    to.set_mood_level(static_cast<std::uint32_t>(content.mood->level));
  }
  for (const std::string& tag : content.tags) to.add_tags(tag);
  to.set_at(number(content.at.when));
  to.set_at_offset(number(content.at.offset));
  to.set_written_at(number(content.written_at.when));
  to.set_written_offset(number(content.written_at.offset));
  to.set_just_listen(content.just_listen);
  for (const OpId& id : content.replaces) to.add_replaces(id.raw().data(), OpId::size);
}

struct ToMessage {
  pb::Op& op;

  void operator()(const EntryContent& content) const { fill(*op.mutable_entry(), content); }
  void operator()(const Erase&) const { op.mutable_erase(); }
  void operator()(const SharedAs& shared) const {
    op.mutable_shared_as()->set_number(std::string{shared.number.raw()});
  }
  void operator()(const EarlierVersion& earlier) const {
    auto& to = *op.mutable_earlier_version();
    to.set_op(std::string{earlier.op.raw()});
    to.set_time(number(earlier.time));
    fill(*to.mutable_content(), earlier.content);
  }
  void operator()(const Profile& profile) const {
    op.mutable_profile()->set_name(profile.name);
    add_after(*op.mutable_profile(), profile.after);
  }
  void operator()(const DeviceNamed& device) const {
    auto& to = *op.mutable_device();
    to.set_device(std::string{device.device.raw()});
    to.set_name(device.name);
    to.set_added_at(number(device.added_at));
    add_after(to, device.after);
  }
  void operator()(const Paired& paired) const {
    auto& to = *op.mutable_pairing();
    to.set_partner(std::string{paired.partner.raw()});
    to.set_partner_name(paired.partner_name);
    to.set_check(paired.check);
    add_after(to, paired.after);
  }
  void operator()(const Left& left) const { add_after(*op.mutable_left(), left.after); }
  template <class Shared>
  void operator()(const Shared& act) const {
    put(op, act);  // codec_acts.cc
  }
  void operator()(const KeyOp&) const { ATTUNE_CHECK(!"a key op is made by the book"); }
  void operator()(const Unknown&) const { ATTUNE_CHECK(!"an unknown act cannot be made"); }
};

// --- from bytes

std::optional<Mood> mood_of(pb::EntryContent& from) {
  if (from.mood_word().empty() && from.mood_level() == 0) return std::nullopt;
  // Past 5 it is refused with all other limits; a huge one must not wrap into what is allowed.
  return Mood{std::move(*from.mutable_mood_word()), static_cast<int>(std::min(from.mood_level(), 6U))};
}

// An offset past what minutes of a day can be is refused with all other limits.
Zoned zoned(Instant when, std::int32_t offset) { return {when, std::chrono::minutes{offset}}; }

// Unknown: of a kind that only a newer program knows.
Act content_of(pb::EntryContent& from) {
  if (from.kind() == pb::ENTRY_KIND_UNSPECIFIED) damaged("an entry without a kind");
  if (from.kind() < 0 || from.kind() > pb::ENTRY_KIND_REFLECTION) return Unknown{};
  EntryContent content;
  content.kind = static_cast<EntryKind>(static_cast<int>(from.kind()) - 1);
  content.title = std::move(*from.mutable_title());
  content.body = std::move(*from.mutable_body());
  content.mood = mood_of(from);
  content.tags.assign(std::move_iterator{from.mutable_tags()->begin()}, std::move_iterator{from.mutable_tags()->end()});
  content.at = zoned(moment(from.at()), from.at_offset());
  content.written_at = zoned(instant(from.written_at()), from.written_offset());
  content.just_listen = from.just_listen();
  content.replaces = ids_of(from.replaces());
  return content;
}

Act earlier_of(std::string_view body) {
  auto message = parsed<pb::EarlierVersion>(body);
  Act act = content_of(*message.mutable_content());
  if (auto* content = std::get_if<EntryContent>(&act)) {
    return EarlierVersion{id_of<OpId>(message.op()), instant(message.time()), std::move(*content)};
  }
  return act;
}

Act device_of(std::string_view body) {
  auto message = parsed<pb::Device>(body);
  return DeviceNamed{id_of<DeviceId>(message.device()), std::move(*message.mutable_name()), instant(message.added_at()),
                     ids_of(message.after())};
}

Act pairing_of(std::string_view body) {
  auto message = parsed<pb::Pairing>(body);
  return Paired{id_of<RootId>(message.partner()), std::move(*message.mutable_partner_name()),
                std::move(*message.mutable_check()), ids_of(message.after())};
}

Act profile_of(std::string_view body) {
  auto message = parsed<pb::Profile>(body);
  return Profile{std::move(*message.mutable_name()), ids_of(message.after())};
}

Act act_of(const Frame& frame) {
  switch (frame.act) {
    case pb::Op::kEntryFieldNumber: {
      auto message = parsed<pb::EntryContent>(frame.body);
      return content_of(message);
    }
    case pb::Op::kEraseFieldNumber: static_cast<void>(parsed<pb::Erase>(frame.body)); return Erase{};
    case pb::Op::kSharedAsFieldNumber: return SharedAs{id_of<ObjectNumber>(parsed<pb::SharedAs>(frame.body).number())};
    case pb::Op::kEarlierVersionFieldNumber: return earlier_of(frame.body);
    case pb::Op::kProfileFieldNumber: return profile_of(frame.body);
    case pb::Op::kDeviceFieldNumber: return device_of(frame.body);
    case pb::Op::kPairingFieldNumber: return pairing_of(frame.body);
    case pb::Op::kCoupleKeyFieldNumber: return KeyOp{};
    case pb::Op::kLeftFieldNumber: return Left{ids_of(parsed<pb::Left>(frame.body).after())};
    default: return shared_act_of(frame);
  }
}

EntryContent without_texts(EntryContent& from) {
  EntryContent content;
  content.kind = from.kind;
  content.at = from.at;
  content.written_at = from.written_at;
  content.just_listen = from.just_listen;
  content.replaces = std::move(from.replaces);
  return content;
}

bool readable(const EntryContent& content) {
  const bool tags = std::ranges::all_of(content.tags, [](const std::string& tag) { return valid_utf8(tag); });
  return tags && valid_utf8(content.title) && valid_utf8(content.body) &&
         (!content.mood || valid_utf8(content.mood->word));
}

}  // namespace

std::string encode(const Op& op) {
  if (const auto broken = broken_limit(op.act)) throw Error{Errc::usage, std::string{*broken}};
  pb::Op message;
  message.set_time(number(op.time));
  std::visit(ToMessage{message}, op.act);
  std::string bytes = message.SerializeAsString();
  if (bytes.size() > kMaxEncoded) {
    throw Error{Errc::usage, "the entry is too long for the number of its edits", "write a new entry instead"};
  }
  return bytes;
}

Op decode(std::string_view bytes) {
  if (bytes.size() > kMaxEncoded) damaged("a record is longer than an act can be");
  const Frame frame = read_frame(bytes);
  Op op{instant(frame.time), act_of(frame)};
  if (const auto broken = broken_limit(op.act)) damaged(*broken);
  return op;
}

Op decode_bystander(std::string_view bytes) {
  const Frame frame = read_frame(bytes);
  if (frame.act == pb::Op::kEraseFieldNumber) return {instant(frame.time), Erase{}};
  return {instant(frame.time), shared_act_of(frame)};
}

namespace {

void clear(std::string& text) { std::string{}.swap(text); }  // a string that is only assigned to keeps its memory
void clear(Answers& answers) {
  Answers none;
  std::swap(answers, none);
}

constexpr std::size_t kFirstShared = 9;  // of Act

struct ClearTexts {
  void operator()(Response& act) const { clear(act.text); }
  void operator()(BoundaryStated& act) const { clear(act.text); }
  void operator()(BoundaryAsked& act) const { clear(act.text); }
  void operator()(Proposed& act) const { clear(act.text); }
  void operator()(Declined& act) const { clear(act.why); }
  void operator()(Withdrawn& act) const { clear(act.why); }
  void operator()(Marked& act) const { clear(act.note); }
  void operator()(Answered& act) const { clear(act.answers); }
  void operator()(Opened& act) const { clear(act.answers); }
  void operator()(Paused& act) const { clear(act.text); }
  template <class Other>
  void operator()(Other& /*without texts, or dealt with*/) const {}
};

}  // namespace

Op as_bystander(Op op) {
  // In the order of the variant: what lies between is by the object's creator or about a person.
  static_assert(std::is_same_v<std::variant_alternative_t<kFirstShared, Act>, Response>);
  const bool shared = op.act.index() >= kFirstShared || std::holds_alternative<Erase>(op.act);
  return shared ? std::move(op) : Op{op.time, Unknown{}};
}

Op outline(Op op) {
  if (auto* content = std::get_if<EntryContent>(&op.act)) return {op.time, without_texts(*content)};
  if (auto* earlier = std::get_if<EarlierVersion>(&op.act)) {
    return {op.time, EarlierVersion{earlier->op, earlier->time, without_texts(earlier->content)}};
  }
  std::visit(ClearTexts{}, op.act);
  return op;
}

void check_content(const EntryContent& content) {
  if (const auto broken = broken_limit(content)) throw Error{Errc::usage, std::string{*broken}};
  if (!readable(content)) throw Error{Errc::usage, "the text is not valid UTF-8"};
  if (content.at.when < kEarliestMoment || content.at.when > kLatestInstant) {
    throw Error{Errc::usage, "a moment lies in the years 1 to 9999"};
  }
}

}  // namespace attune::journal
