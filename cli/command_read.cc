// list, show, search.
#include <fmt/format.h>

#include <sstream>

#include "cli/commands.h"
#include "cli/journal.h"
#include "cli/render_entry.h"
#include "cli/tag.h"
#include "core/error.h"

namespace attune::cli {
namespace {

bool names_a_filter(const ListOptions& options) {
  return options.shared || options.only_private || !options.tags.empty() || !options.by.empty() ||
         !options.kind.empty() || !options.since.empty() || !options.until.empty() || !options.before.empty();
}

api::v1::ListRequest request_for(const Context& context, const ListOptions& options) {
  api::v1::ListRequest wanted;
  wanted.set_limit(options.limit);
  wanted.set_by(options.by);
  if (options.shared) wanted.set_space("shared");
  if (options.only_private) wanted.set_space("private");
  wanted.set_kind(options.kind);
  for (const auto& tag : tags_said(options.tags)) wanted.add_tags(tag);
  const Instant now = context.world.clock.now();
  if (!options.since.empty()) wanted.set_since_ms(milliseconds_of(since_said(options.since, now, context.world.zone)));
  if (!options.until.empty()) wanted.set_until_ms(milliseconds_of(until_said(options.until, now, context.world.zone)));
  wanted.set_before(options.before);
  return wanted;
}

// "two words" in quotes are two words: every one of them must be there.
std::vector<std::string> single_words(const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  for (const auto& argument : arguments) {
    std::istringstream stream{argument};
    for (std::string word; stream >> word;) words.push_back(word);
  }
  if (words.empty()) throw Error{Errc::usage, "there is no word to look for", "attune search walk river"};
  return words;
}

}  // namespace

int list(Context& context, const ListOptions& options) {
  api::v1::Request request;
  *request.mutable_list() = request_for(context, options);
  const auto response = ask_journal(context, request).list();
  answer(context, response, [&] { return render_list(response.entries(), page_of(context)); });
  if (response.entries().empty()) {
    note(context, names_a_filter(options) ? "No entry matches." : "There is nothing here yet.");
  }
  return 0;
}

int show(Context& context, const std::string& id) {
  api::v1::Request request;
  request.mutable_show()->set_id(id);
  const auto entry = ask_journal(context, request).show();
  answer(context, entry, [&] { return render_entry(entry, page_of(context)); });
  return 0;
}

int search(Context& context, const std::vector<std::string>& words) {
  api::v1::Request request;
  const auto wanted = single_words(words);
  for (const auto& word : wanted) request.mutable_search()->add_words(word);
  const auto response = ask_journal(context, request).search();
  answer(context, response, [&] { return render_hits(response.entries(), wanted, page_of(context)); });
  if (response.entries().empty()) note(context, "No entry has all of these words.");
  return 0;
}

}  // namespace attune::cli
