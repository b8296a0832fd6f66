// What an entry, a boundary or any other act is made of, out of a log that somebody else wrote.
// docs/store-format.md, section 3.
#include "journal/op.h"

#include "attune/journal.pb.h"
#include "fuzz/target.h"
#include "journal/codec.h"
#include "journal/seen.h"

namespace attune::fuzz {
namespace {

bool can_be_written(const journal::Op& op) {
  return !std::holds_alternative<journal::KeyOp>(op.act) && !std::holds_alternative<journal::Unknown>(op.act);
}

void check_round_trip(const journal::Op& op) {
  promise(op.time >= Instant{} && op.time <= kLatestInstant, "its time is in range");
  if (!can_be_written(op)) return;
  const std::string written = journal::encode(op);
  const journal::Op again = journal::decode(written);
  promise(again == op, "what was read is written and read again");
  promise(journal::encode(again) == written, "an act is written in one way");
}

void fuzz(BytesView input) {
  const std::string_view bytes = as_text(input);
  journal::Op op;
  const auto refused = refusal({Errc::damaged}, [&] { op = journal::decode(bytes); });
  if (refused) return;
  check_round_trip(op);
  promise(journal::decode_bystander(bytes) == journal::as_bystander(op), "a bystander's act is read in one way");
  promise(journal::outline(op).act.index() == op.act.index(), "an outline is of the same act");
  if (const auto* content = std::get_if<journal::EntryContent>(&op.act)) {
    static_cast<void>(refusal({Errc::usage}, [&] { journal::check_content(*content); }));
  }
}

OpId id(unsigned filler) { return *OpId::from(BytesView{Bytes(32, static_cast<std::byte>(filler))}); }

std::vector<journal::Act> empty_acts() {
  return {journal::EntryContent{},
          journal::Erase{},
          journal::SharedAs{},
          journal::Response{},
          journal::BoundaryAcknowledged{},
          journal::BoundaryAsked{},
          journal::BoundaryLifted{},
          journal::Accepted{},
          journal::Declined{},
          journal::Withdrawn{},
          journal::Committed{},
          journal::Answered{},
          journal::Opened{},
          journal::Paused{},
          journal::Resumed{}};
}

std::vector<journal::Act> full_acts() {
  const Instant now{std::chrono::milliseconds{1'790'000'000'000}};
  const journal::Day day{std::chrono::days{20'000}};
  journal::EntryContent content;
  content.title = "Evening";
  content.body = "we talked";
  content.kind = journal::EntryKind::reflection;
  content.mood = journal::Mood{"calm", 4};
  content.tags = {"home"};
  content.at = content.written_at = {now, std::chrono::minutes{60}};
  content.just_listen = true;
  content.replaces = {id(1)};
  const journal::Answers answers{"calm", 4, 5, "dinner", "noise", "a walk", "more"};
  using Every = journal::Schedule::Every;
  const journal::Schedule weekly{Every::week, day, 5, 0, std::chrono::minutes{1200}, "Europe/Berlin"};
  const journal::Schedule monthly{Every::month, day, 0, 31, std::chrono::minutes{0}, "UTC"};
  return {content,
          journal::EarlierVersion{id(2), now, content},
          journal::Profile{"Ada", {id(3)}},
          journal::DeviceNamed{*DeviceId::from(id(4).raw()), "laptop", now, {id(3)}},
          journal::Paired{*RootId::from(id(5).raw()), "Ben", "able amber apple", {id(3)}},
          journal::Left{{id(6)}},
          journal::Response{journal::ResponseKind::reflect, "you were tired", id(7)},
          journal::BoundaryStated{"no phones", "evenings", day},
          journal::BoundaryAsked{"from when on?"},
          journal::Proposed{"dinner at home", weekly, day},
          journal::Proposed{"the month's end", monthly, {}},
          journal::Proposed{"once", journal::Schedule{Every::once, day, 0, 0, std::chrono::minutes{60}, "UTC"}, {}},
          journal::Declined{id(8), "not yet"},
          journal::Withdrawn{"it has passed"},
          journal::Marked{journal::MarkKind::moved, day, day + std::chrono::days{1}, "rain"},
          journal::Answered{id(9), answers},
          journal::Opened{id(9), id(10), *journal::AnswersKey::from(id(11).raw()), answers},
          journal::Paused{"a breath", now}};
}

// Acts as only another program would write them: what is over a limit, and what this one does not know.
namespace pb = attune::journal::v1;
using Foreign = std::vector<std::string>;

template <class Fill>
void add(Foreign& all, const Fill& fill) {
  pb::Op op;
  op.set_time(1'790'000'000'000);
  fill(op);
  all.push_back(op.SerializeAsString());
}

template <class Fill>
void add_proposed(Foreign& all, const Fill& fill) {
  add(all, [&](pb::Op& op) {
    op.mutable_proposed()->set_text("dinner");
    auto& every = *op.mutable_proposed()->mutable_every();
    every.set_every(pb::EVERY_WEEK);
    every.set_weekdays(1);
    every.set_zone("UTC");
    fill(every);
  });
}
void add_schedules(Foreign& all) {
  add_proposed(all, [](auto& every) { every.set_weekdays(128); });
  add_proposed(all, [](auto& every) { every.set_every(pb::EVERY_MONTH); });
  add_proposed(all, [](auto& every) { every.set_minute(1440); });
  add_proposed(all, [](auto& every) { every.clear_zone(); });
  add_proposed(all, [](auto& every) { every.clear_every(); });
  add_proposed(all, [](auto& every) { every.set_every(static_cast<pb::Every>(99)); });
}

template <class Fill>
void add_opened(Foreign& all, const Fill& fill) {
  add(all, [&](pb::Op& op) {
    for (auto* one : {op.mutable_opened()->mutable_commitment(), op.mutable_opened()->mutable_theirs(),
                      op.mutable_opened()->mutable_key()})
      *one = std::string(32, 'k');
    fill(*op.mutable_opened()->mutable_answers());
  });
}
void add_answers(Foreign& all) {
  add_opened(all, [](auto& answers) { answers.set_mood_level(6); });
  add_opened(all, [](auto& answers) { answers.set_mood_level(5); });
  add_opened(all, [](auto& answers) { answers.set_mood_level(5), answers.set_mood_word(std::string(65, 'm')); });
}

Foreign foreign_acts() {
  Foreign all;
  add_schedules(all);
  add(all, [](pb::Op& op) { op.mutable_proposed(); });
  add(all, [](pb::Op& op) { op.mutable_boundary_stated(); });
  add(all, [](pb::Op& op) {
    op.mutable_boundary_stated()->set_topic(std::string(65, 't')), op.mutable_boundary_stated()->set_text("x");
  });
  add(all, [](pb::Op& op) { op.mutable_response()->set_kind(static_cast<pb::ResponseKind>(99)); });
  add(all, [](pb::Op& op) { op.mutable_marked(); });
  add(all, [](pb::Op& op) { op.mutable_marked()->set_kind(static_cast<pb::MarkKind>(99)); });
  add(all, [](pb::Op& op) { op.mutable_marked()->set_kind(pb::MARK_KIND_MOVED); });
  add(all, [](pb::Op& op) { op.mutable_withdrawn()->set_why(std::string(1025, 'w')); });
  add(all, [](pb::Op& op) { op.mutable_profile()->set_name(std::string(257, 'n')); });
  add_answers(all);
  return all;
}

std::vector<Bytes> seeds() {
  const Instant now{std::chrono::milliseconds{1'790'000'000'000}};
  std::vector<Bytes> all;
  for (const auto& acts : {empty_acts(), full_acts()}) {
    for (const journal::Act& act : acts) {
      // Of an act whose fields are all needed there is no empty one.
      static_cast<void>(
          refusal({Errc::usage}, [&] { all.push_back(to_bytes(as_bytes(journal::encode({now, act})))); }));
    }
  }
  for (const std::string& foreign : foreign_acts()) all.push_back(to_bytes(as_bytes(foreign)));
  return all;
}

const Registration registration{{"op", Weight::light, fuzz, seeds}};

}  // namespace
}  // namespace attune::fuzz
