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
