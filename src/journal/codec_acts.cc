// The acts of acts.h to bytes and back.
#include <utility>

#include "journal/codec_parts.h"

namespace attune::journal {
namespace {

// A number that is too large is refused with all other limits; it must not wrap into what is allowed.
std::uint8_t small(std::uint32_t number) { return static_cast<std::uint8_t>(std::min(number, 255U)); }

void set_id(std::string& to, const auto& id) { to.assign(id.raw()); }

void fill(pb::Answers& to, const Answers& answers) {
  to.set_mood_word(answers.mood_word);
  to.set_mood_level(answers.mood_level);
  to.set_closeness(answers.closeness);
  to.set_appreciated(answers.appreciated);
  to.set_hard(answers.hard);
  to.set_wish(answers.wish);
  to.set_text(answers.text);
}

Answers answers_of(pb::Answers& from) {
  return {std::move(*from.mutable_mood_word()),   small(from.mood_level()),        small(from.closeness()),
          std::move(*from.mutable_appreciated()), std::move(*from.mutable_hard()), std::move(*from.mutable_wish()),
          std::move(*from.mutable_text())};
}

void fill(pb::Schedule& to, const Schedule& schedule) {
  to.set_every(static_cast<pb::Every>(static_cast<int>(schedule.every) + 1));
  to.set_from(number(schedule.from));
  to.set_weekdays(schedule.weekdays);
  to.set_month_day(schedule.month_day);
  to.set_minute(static_cast<std::uint32_t>(schedule.at.count()));
  to.set_zone(schedule.zone);
}

Schedule schedule_of(pb::Schedule& from) {
  return {static_cast<Schedule::Every>(static_cast<int>(from.every()) - 1),
          day(from.from()),
          small(from.weekdays()),
          small(from.month_day()),
          std::chrono::minutes{from.minute()},
          std::move(*from.mutable_zone())};
}

Act response_of(pb::Response message) {
  if (message.kind() == pb::RESPONSE_KIND_UNSPECIFIED) damaged("a response without a kind");
  if (message.kind() < 0 || message.kind() > pb::RESPONSE_KIND_NOT_YET) return Unknown{};
  Response response{static_cast<ResponseKind>(static_cast<int>(message.kind()) - 1), std::move(*message.mutable_text()),
                    std::nullopt};
  if (!message.to().empty()) response.to = id_of<OpId>(message.to());
  return response;
}

Act stated_of(pb::BoundaryStated message) {
  BoundaryStated stated{std::move(*message.mutable_text()), std::move(*message.mutable_topic()), std::nullopt};
  if (message.has_review_on()) stated.review_on = day(message.review_on());
  return stated;
}

Act proposed_of(pb::Proposed message) {
  Proposed proposed{std::move(*message.mutable_text()), std::nullopt, std::nullopt};
  if (message.has_review_on()) proposed.review_on = day(message.review_on());
  if (!message.has_every()) return proposed;
  const auto every = message.every().every();
  if (every == pb::EVERY_UNSPECIFIED) damaged("a schedule that does not say how often");
  // Without its schedule it would be another promise than the one that was made.
  if (every < 0 || every > pb::EVERY_ONCE) return Unknown{};
  proposed.every = schedule_of(*message.mutable_every());
  return proposed;
}

Act marked_of(pb::Marked message) {
  if (message.kind() == pb::MARK_KIND_UNSPECIFIED) damaged("a mark without a kind");
  if (message.kind() < 0 || message.kind() > pb::MARK_KIND_MOVED) return Unknown{};
  Marked marked{static_cast<MarkKind>(static_cast<int>(message.kind()) - 1), day(message.on()), std::nullopt,
                std::move(*message.mutable_note())};
  if (message.has_to()) marked.to = day(message.to());
  return marked;
}

// By hand: protobuf would copy the key into memory that nobody wipes.
Act answered_of(std::string_view body) {
  Answered answered;
  bool commitment = false;
  bool key = false;
  for (Reader reader{body}; !reader.done();) {
    const auto tag = reader.varint();
    if ((tag & 7U) != 2) damaged("answers hold a field that is none of theirs");
    const std::string_view field = reader.take(reader.varint());
    switch (tag >> 3U) {
      case pb::Answered::kCommitmentFieldNumber:
        answered.commitment = id_of<OpId>(field);
        commitment = true;
        break;
      case pb::Answered::kKeyFieldNumber: key = field.size() == AnswersKey::size; break;
      case pb::Answered::kAnswersFieldNumber: {
        auto message = parsed<pb::Answers>(field);
        answered.answers = answers_of(message);
        break;
      }
      default: break;  // of a newer program
    }
  }
  if (!commitment || !key) damaged("answers without their commitment or key");
  return answered;
}

Act opened_of(pb::Opened message) {
  return Opened{id_of<OpId>(message.commitment()), id_of<OpId>(message.theirs()), id_of<AnswersKey>(message.key()),
                answers_of(*message.mutable_answers())};
}

Act declined_of(pb::Declined message) {
  return Declined{id_of<OpId>(message.version()), std::move(*message.mutable_why())};
}

Act paused_of(pb::Paused message) { return Paused{std::move(*message.mutable_text()), instant(message.until())}; }

}  // namespace

void put(pb::Op& op, const Response& act) {
  auto& to = *op.mutable_response();
  to.set_kind(static_cast<pb::ResponseKind>(static_cast<int>(act.kind) + 1));
  to.set_text(act.text);
  if (act.to) set_id(*to.mutable_to(), *act.to);
}
void put(pb::Op& op, const BoundaryStated& act) {
  auto& to = *op.mutable_boundary_stated();
  to.set_text(act.text);
  to.set_topic(act.topic);
  if (act.review_on) to.set_review_on(number(*act.review_on));
}
void put(pb::Op& op, const BoundaryAcknowledged& act) {
  set_id(*op.mutable_boundary_acknowledged()->mutable_revision(), act.revision);
}
void put(pb::Op& op, const BoundaryAsked& act) { op.mutable_boundary_asked()->set_text(act.text); }
void put(pb::Op& op, const BoundaryLifted& act) {
  set_id(*op.mutable_boundary_lifted()->mutable_revision(), act.revision);
}
void put(pb::Op& op, const Proposed& act) {
  auto& to = *op.mutable_proposed();
  to.set_text(act.text);
  if (act.every) fill(*to.mutable_every(), *act.every);
  if (act.review_on) to.set_review_on(number(*act.review_on));
}
void put(pb::Op& op, const Accepted& act) { set_id(*op.mutable_accepted()->mutable_version(), act.version); }
void put(pb::Op& op, const Declined& act) {
  set_id(*op.mutable_declined()->mutable_version(), act.version);
  op.mutable_declined()->set_why(act.why);
}
void put(pb::Op& op, const Withdrawn& act) { op.mutable_withdrawn()->set_why(act.why); }
void put(pb::Op& op, const Marked& act) {
  auto& to = *op.mutable_marked();
  to.set_kind(static_cast<pb::MarkKind>(static_cast<int>(act.kind) + 1));
  to.set_on(number(act.on));
  if (act.to) to.set_to(number(*act.to));
  to.set_note(act.note);
}
void put(pb::Op& op, const Committed& act) { set_id(*op.mutable_committed()->mutable_digest(), act.digest); }
void put(pb::Op& op, const Answered& act) {
  auto& to = *op.mutable_answered();
  set_id(*to.mutable_commitment(), act.commitment);
  to.set_key(std::string(AnswersKey::size, '\0'));  // the place for it
  fill(*to.mutable_answers(), act.answers);
}
void put(pb::Op& op, const Opened& act) {
  auto& to = *op.mutable_opened();
  set_id(*to.mutable_commitment(), act.commitment);
  set_id(*to.mutable_theirs(), act.theirs);
  set_id(*to.mutable_key(), act.key);
  fill(*to.mutable_answers(), act.answers);
}
void put(pb::Op& op, const Paused& act) {
  auto& to = *op.mutable_paused();
  to.set_text(act.text);
  to.set_until(number(act.until));
}
void put(pb::Op& op, const Resumed& /*says all*/) { op.mutable_resumed(); }

Act shared_act_of(const Frame& frame) {
  switch (frame.act) {
    case pb::Op::kResponseFieldNumber: return response_of(parsed<pb::Response>(frame.body));
    case pb::Op::kBoundaryStatedFieldNumber: return stated_of(parsed<pb::BoundaryStated>(frame.body));
    case pb::Op::kBoundaryAcknowledgedFieldNumber:
      return BoundaryAcknowledged{id_of<OpId>(parsed<pb::BoundaryAcknowledged>(frame.body).revision())};
    case pb::Op::kBoundaryAskedFieldNumber: return BoundaryAsked{parsed<pb::BoundaryAsked>(frame.body).text()};
    case pb::Op::kBoundaryLiftedFieldNumber:
      return BoundaryLifted{id_of<OpId>(parsed<pb::BoundaryLifted>(frame.body).revision())};
    case pb::Op::kProposedFieldNumber: return proposed_of(parsed<pb::Proposed>(frame.body));
    case pb::Op::kAcceptedFieldNumber: return Accepted{id_of<OpId>(parsed<pb::Accepted>(frame.body).version())};
    case pb::Op::kDeclinedFieldNumber: return declined_of(parsed<pb::Declined>(frame.body));
    case pb::Op::kWithdrawnFieldNumber: return Withdrawn{parsed<pb::Withdrawn>(frame.body).why()};
    case pb::Op::kMarkedFieldNumber: return marked_of(parsed<pb::Marked>(frame.body));
    case pb::Op::kCommittedFieldNumber:
      return Committed{id_of<AnswersDigest>(parsed<pb::Committed>(frame.body).digest())};
    case pb::Op::kAnsweredFieldNumber: return answered_of(frame.body);
    case pb::Op::kOpenedFieldNumber: return opened_of(parsed<pb::Opened>(frame.body));
    case pb::Op::kPausedFieldNumber: return paused_of(parsed<pb::Paused>(frame.body));
    case pb::Op::kResumedFieldNumber: static_cast<void>(parsed<pb::Resumed>(frame.body)); return Resumed{};
    default: return Unknown{};
  }
}

}  // namespace attune::journal
