// Entries from elsewhere: all of a request in one batch. What stands in the journal already is left out, so that an
// import that was interrupted between two requests can be run again.
#include <algorithm>
#include <set>
#include <tuple>

#include "core/error.h"
#include "journal/codec.h"
#include "node/pairing_state.h"
#include "node/service.h"
#include "node/stated.h"

namespace attune::node {
namespace {

using Known = std::set<std::tuple<Instant, std::string, std::string>>;

journal::EntryContent content_of(const api::v1::ImportedEntry& entry, journal::Zoned now) {
  check_text_stated(entry.text());
  journal::EntryContent content;
  content.kind = entry.kind().empty() ? journal::EntryKind::note : kind_stated(entry.kind());
  content.title = entry.title();
  content.body = entry.text();
  if (entry.has_mood()) content.mood = mood_stated(entry.mood());
  content.tags.assign(entry.tags().begin(), entry.tags().end());
  content.at = {instant_stated(entry.at_ms()), offset_stated(entry.offset())};
  content.written_at = now;
  content.just_listen = entry.just_listen();
  journal::check_content(content);
  return content;
}

std::tuple<Instant, std::string, std::string> key_of(const journal::EntryContent& content) {
  return {content.at.when, content.title, content.body};
}

// This person's entries of the time that the drafts speak of.
Known known_between(const book::Book& book, const std::vector<book::Draft>& drafts) {
  const auto when = [](const book::Draft& draft) { return draft.content.at.when; };
  const auto [first, last] = std::ranges::minmax_element(drafts, {}, when);
  book::Filter filter;
  filter.limit = 0;
  filter.mine = true;
  filter.since = when(*first);
  filter.until = when(*last) + std::chrono::milliseconds{1};
  Known known;
  for (const journal::Entry& entry : book.list(filter)) {
    if (entry.current) known.insert(key_of(entry.current->content));
  }
  return known;
}

}  // namespace

api::v1::Response Service::import_entries(const api::v1::ImportRequest& request) {
  const journal::Zoned now{home_.clock().now(), offset_stated(request.now_offset())};
  std::vector<book::Draft> drafts;
  for (const auto& entry : request.entries()) drafts.push_back({content_of(entry, now), request.shared()});
  Response response;
  api::v1::ImportResponse& out = *response.mutable_import();
  if (drafts.empty()) return response;
  Known known = known_between(home_.book(), drafts);
  std::erase_if(drafts, [&](const book::Draft& draft) { return !known.insert(key_of(draft.content)).second; });
  out.set_entries(static_cast<std::uint32_t>(drafts.size()));
  out.set_known(static_cast<std::uint32_t>(request.entries_size()) - out.entries());
  if (!drafts.empty()) home_.book().write_all(drafts);
  if (request.shared() && attune::node::partner_left(home_.book())) out.mutable_for_people()->add_lines(kStaysHere);
  return response;
}

}  // namespace attune::node
