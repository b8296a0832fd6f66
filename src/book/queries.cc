// Questions about entries. A list reads as many objects as it shows; a search reads the logs in order.
#include <algorithm>
#include <set>
#include <utility>

#include "book/book.h"
#include "book/index.h"
#include "book/keys.h"
#include "book/state.h"
#include "core/error.h"
#include "core/text.h"
#include "crypto/hash.h"

namespace attune::book {
namespace {

using journal::Entry;
using journal::EntryContent;
using storage::Key;
using storage::Table;
using Visit = storage::Store::Visit;

// `wanted` is folded: a tag is found in any case.
bool has_all(const std::vector<std::string>& tags, const std::vector<std::string>& wanted) {
  return std::ranges::all_of(wanted, [&](const std::string& folded_tag) {
    return std::ranges::any_of(tags, [&](const std::string& tag) { return folded(tag) == folded_tag; });
  });
}

bool passes(const TimelineValue& value, const Filter& filter) {
  return (!filter.mine || *filter.mine == value.mine) && (!filter.shared || *filter.shared == value.shared) &&
         (!filter.kind || *filter.kind == value.kind);
}

// Where an entry stands in the timeline.
std::string place_in_time(const Entry& entry) {
  return timeline_key(entry.current->content.at.when, crypto::printed_id(entry.id));
}

// The range of the timeline that a filter asks for; empty: nothing.
std::optional<std::pair<std::string, std::string>> range_of(const Book& book, const Filter& filter) {
  std::string from = Key{Table::timeline}.str();
  std::string to = Key{Table::timeline}.end();
  constexpr std::chrono::milliseconds kOne{1};
  if (filter.until) from = timeline_from(*filter.until - kOne).str();
  if (filter.since) to = timeline_from(*filter.since - kOne).str();
  if (filter.before) {
    const Entry entry = book.entry(*filter.before);
    if (!listed(entry)) throw Error{Errc::not_found, "that entry is in no list: it was erased"};
    from = std::max(from, place_in_time(entry) + '\0');
  }
  if (from >= to) return std::nullopt;
  return std::pair{from, to};
}

// What a search looks at, in one buffer that is reused.
void text_of(const EntryContent& content, std::string& text) {
  text = content.title;
  text.append("\n").append(content.body);
  if (content.mood) text.append("\n").append(content.mood->word);
  for (const std::string& tag : content.tags) text.append("\n").append(tag);
}

// Objects of which any version holds the words: the fold decides whether the one that counts does.
std::set<ObjectId> candidates(const Shelf& shelf, const std::vector<std::string>& folded_words) {
  std::set<ObjectId> found;
  std::string text;
  for (const log::Held& held : shelf.logs.all()) {
    shelf.logs.view_from(held.number, 1, [&](std::uint64_t, const log::RecordView& record) {
      if (!record.payload || record.object.creator != held.name.author) return true;
      const journal::Op op = op_in(*record.payload, Errc::damaged);
      const auto* content = std::get_if<EntryContent>(&op.act);
      if (content == nullptr) return true;
      text_of(*content, text);
      if (contains_all_folded(text, folded_words)) found.insert(record.object);
      return true;
    });
  }
  return found;
}

}  // namespace

Entry Book::entry(const ObjectId& id) const {
  auto entry = entry_if_any(id);
  if (!entry) throw Error{Errc::not_found, "no such entry"};
  return std::move(*entry);
}

std::optional<Entry> Book::entry_if_any(const ObjectId& id) const {
  const Shelf& shelf = *state_;
  auto entry = shelf.fold(id);
  if (!entry) return std::nullopt;
  if (const ObjectId lead = shelf.lead(*entry); lead != id) entry = shelf.fold(lead);
  // What the author wrote before sharing are earlier versions of the same entry.
  if (const auto origin = shelf.origin_of(entry->id); origin && !entry->erased) {
    if (auto before = shelf.fold(*origin)) {
      entry->earlier.insert(entry->earlier.begin(), std::make_move_iterator(before->earlier.begin()),
                            std::make_move_iterator(before->earlier.end()));
    }
  }
  return entry;
}

std::vector<Entry> Book::list(const Filter& filter) const {
  const Shelf& shelf = *state_;
  std::vector<Entry> entries;
  const auto range = range_of(*this, filter);
  if (!range) return entries;
  std::vector<std::string> tags;
  for (const std::string& tag : filter.tags) tags.push_back(folded(tag));
  shelf.store.scan(range->first, range->second, [&](std::string_view key, std::string_view value) {
    if (!passes(read_timeline_value(value), filter)) return Visit::go_on;
    for (const ObjectId& object : shelf.objects_of(printed_in_timeline(key))) {
      auto entry = shelf.fold(object);
      if (!entry || !listed(*entry) || place_in_time(*entry) != key) continue;
      if (has_all(entry->current->content.tags, tags)) entries.push_back(std::move(*entry));
    }
    return filter.limit != 0 && entries.size() >= filter.limit ? Visit::stop : Visit::go_on;
  });
  return entries;
}

std::vector<Entry> Book::search(const std::vector<std::string>& words) const {
  const Shelf& shelf = *state_;
  std::vector<std::string> folded_words;
  for (const std::string& word : words) {
    folded_words.push_back(folded(word));
    if (folded_words.back().empty()) return {};  // nothing of it is left to look for: it is in no entry
  }
  std::vector<std::pair<std::string, Entry>> found;
  std::string text;
  for (const ObjectId& object : candidates(shelf, folded_words)) {
    auto entry = shelf.fold(object);
    if (!entry || !listed(*entry)) continue;
    text_of(entry->current->content, text);
    if (contains_all_folded(text, folded_words)) found.emplace_back(place_in_time(*entry), std::move(*entry));
  }
  std::ranges::sort(found, {}, &std::pair<std::string, Entry>::first);
  std::vector<Entry> entries;
  entries.reserve(found.size());
  for (auto& [place, entry] : found) entries.push_back(std::move(entry));
  return entries;
}

}  // namespace attune::book
