#include "journal/limits.h"

#include <algorithm>

namespace attune::journal {
namespace {

bool within(std::chrono::minutes offset) { return offset >= -kMaxOffset && offset <= kMaxOffset; }

std::size_t text_size(const EntryContent& content) {
  std::size_t size = content.title.size() + content.body.size();
  if (content.mood) size += content.mood->word.size();
  for (const std::string& tag : content.tags) size += tag.size() + 4;
  return size;
}

using Broken = std::optional<std::string_view>;

Broken broken_name(const std::string& name) {
  return name.size() > kMaxName ? Broken{"a name has at most 256 bytes"} : std::nullopt;
}

Broken broken_after(const std::vector<OpId>& after) {
  return after.size() > kMaxAfter ? Broken{"an act takes the place of at most 4,096 others"} : std::nullopt;
}

Broken broken(const EntryContent& content) { return broken_limit(content); }
Broken broken(const EarlierVersion& earlier) { return broken_limit(earlier.content); }
Broken broken(const Profile& profile) {
  const Broken name = broken_name(profile.name);
  return name ? name : broken_after(profile.after);
}
Broken broken(const DeviceNamed& device) {
  const Broken name = broken_name(device.name);
  return name ? name : broken_after(device.after);
}
Broken broken(const Left& left) { return broken_after(left.after); }
Broken broken(const Paired& paired) {
  if (const Broken after = broken_after(paired.after)) return after;
  return broken_name(paired.partner_name.size() > kMaxName ? paired.partner_name : paired.check);
}
Broken broken_words(const std::string& text) {
  return text.size() > kMaxWords ? Broken{"a text of this kind has at most 16 KiB"} : std::nullopt;
}
Broken broken_reason(const std::string& text) {
  return text.size() > kMaxReason ? Broken{"a reason or note has at most 1 KiB"} : std::nullopt;
}
Broken broken_day(const std::optional<Day>& day) {
  return day && (*day < kEarliestDay || *day > kLatestDay) ? Broken{"a day lies in the years 1 to 9999"} : std::nullopt;
}
// The first of them that is broken.
template <class... More>
Broken first(const More&... all) {
  Broken found;
  static_cast<void>(((found = all) || ...));
  return found;
}

Broken broken(const Schedule& schedule) {
  if (schedule.every == Schedule::Every::week && (schedule.weekdays == 0 || schedule.weekdays > 127))
    return "a week has seven days, and a weekly schedule names one at least";
  if (schedule.every == Schedule::Every::month && (schedule.month_day == 0 || schedule.month_day > 31))
    return "a month has the days 1 to 31";
  if (schedule.at < std::chrono::minutes{0} || schedule.at >= std::chrono::hours{24}) return "a day has 24 hours";
  if (schedule.zone.empty() || schedule.zone.size() > kMaxTopic) return "a time zone's name has 1 to 64 bytes";
  return broken_day(schedule.from);
}
Broken broken(const Answers& answers) {
  if (answers.mood_level > 5 || answers.closeness > 5) return "a mood's level and closeness are 1 to 5";
  if (answers.mood_word.empty() != (answers.mood_level == 0)) return "a mood has a word and a level";
  if (answers.mood_word.size() > kMaxWord) return "a mood's word has 1 to 64 bytes";
  return first(broken_words(answers.appreciated), broken_words(answers.hard), broken_words(answers.wish),
               broken_words(answers.text));
}
Broken broken(const Response& response) { return broken_words(response.text); }
Broken broken(const BoundaryStated& stated) {
  if (stated.text.empty()) return "a boundary says something";
  if (stated.topic.size() > kMaxTopic) return "a topic has at most 64 bytes";
  return first(broken_words(stated.text), broken_day(stated.review_on));
}
Broken broken(const BoundaryAsked& asked) { return broken_words(asked.text); }
Broken broken(const Proposed& proposed) {
  if (proposed.text.empty()) return "an agreement says something";
  return first(broken_words(proposed.text), broken_day(proposed.review_on),
               proposed.every ? broken(*proposed.every) : std::nullopt);
}
Broken broken(const Declined& declined) { return broken_reason(declined.why); }
Broken broken(const Withdrawn& withdrawn) { return broken_reason(withdrawn.why); }
Broken broken(const Marked& marked) {
  if ((marked.kind == MarkKind::moved) != marked.to.has_value()) return "what is moved has a day to go to";
  return first(broken_reason(marked.note), broken_day(marked.on), broken_day(marked.to));
}
Broken broken(const Answered& answered) { return broken(answered.answers); }
Broken broken(const Opened& opened) { return broken(opened.answers); }
Broken broken(const Paused& paused) { return broken_reason(paused.text); }
template <class Other>
Broken broken(const Other& /*without text*/) {
  return std::nullopt;
}

}  // namespace

Broken broken_limit(const EntryContent& content) {
  if (content.title.size() > kMaxTitle) return "a title has at most 1,024 bytes";
  if (content.body.size() > kMaxBody) return "a text has at most 1 MiB";
  if (content.tags.size() > kMaxTags) return "an entry has at most 64 tags";
  for (const std::string& tag : content.tags) {
    if (tag.empty() || tag.size() > kMaxWord) return "a tag has 1 to 64 bytes";
  }
  if (content.mood) {
    if (content.mood->word.empty() || content.mood->word.size() > kMaxWord) return "a mood's word has 1 to 64 bytes";
    if (content.mood->level < 1 || content.mood->level > 5) return "a mood's level is 1 to 5";
  }
  if (!within(content.at.offset) || !within(content.written_at.offset)) return "a time zone is at most a day from UTC";
  if (content.replaces.size() > kMaxReplaces) return "an entry can be edited at most 4,096 times";
  if (text_size(content) > kMaxText) return "text, title and tags together have at most 1 MiB and 3 KiB";
  return std::nullopt;
}

Broken broken_limit(const Act& act) {
  return std::visit([](const auto& one) { return broken(one); }, act);
}

}  // namespace attune::journal
