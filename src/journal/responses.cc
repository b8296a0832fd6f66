#include "journal/responses.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "core/text.h"
#include "journal/order.h"

namespace attune::journal {
namespace {

constexpr std::array kAllKinds{ResponseKind::reflect, ResponseKind::understood, ResponseKind::not_quite,
                               ResponseKind::comfort, ResponseKind::thanks,     ResponseKind::accept,
                               ResponseKind::not_yet};

bool is_for_author(ResponseKind kind) { return kind == ResponseKind::understood || kind == ResponseKind::not_quite; }

bool answers_apology(ResponseKind kind) { return kind == ResponseKind::accept || kind == ResponseKind::not_yet; }

bool is_apology(const Entry& entry) { return entry.current && entry.current->content.kind == EntryKind::apology; }

bool just_listen(const Entry& entry) { return entry.current && entry.current->content.just_listen; }

bool suits_listening(ResponseKind kind) { return kind == ResponseKind::comfort || kind == ResponseKind::thanks; }

// Whether that person may say such a thing about this entry, whatever was said before.
bool may_say(const Entry& entry, const RootId& who, ResponseKind kind) {
  if (is_for_author(kind)) return who == entry.id.creator;
  if (who == entry.id.creator) return false;
  return !answers_apology(kind) || is_apology(entry);
}

std::set<RootId> erasers(const std::vector<Seen>& ops) {
  std::set<RootId> found;
  for (const Seen& seen : ops) {
    if (act_of<Erase>(seen) != nullptr) found.insert(seen.author);
  }
  return found;
}

bool is_of_other_text(const Entry& entry, const Response& response) {
  return !is_for_author(response.kind) && response.to && entry.current && *response.to != entry.current->op;
}

// All but understood and not_quite of what is not there: that may come before the reflection it is about.
void drop_words_about_nothing(std::vector<Responded>& all) {
  std::set<OpId> reflections;
  for (const Responded& one : all) {
    if (one.response.kind == ResponseKind::reflect) reflections.insert(one.op);
  }
  std::erase_if(all, [&](const Responded& one) {
    return is_for_author(one.response.kind) && !(one.response.to && reflections.contains(*one.response.to));
  });
}

// The last in order is the latest.
void put_authors_words(std::vector<Responded>& all) {
  std::map<OpId, AuthorsWord> words;
  for (const Responded& one : all) {
    if (!is_for_author(one.response.kind)) continue;
    words[*one.response.to] =
        one.response.kind == ResponseKind::understood ? AuthorsWord::understood : AuthorsWord::not_quite;
  }
  for (Responded& one : all) {
    const auto word = words.find(one.op);
    if (one.response.kind == ResponseKind::reflect && word != words.end()) one.word = word->second;
  }
}

Refusal why_not_about(const Entry& entry) {
  if (entry.erased) return "it is erased: there is nothing left to answer";
  if (!entry.shared) return "it is private: nobody else has read it";
  if (!entry.current) return "its text has not arrived yet";
  return std::nullopt;
}

Refusal why_not_kind(const Entry& entry, const RootId& who, ResponseKind kind) {
  const bool author = who == entry.id.creator;
  if (is_for_author(kind) && !author) return "whether a reflection is right is for the author of the entry to say";
  if (!is_for_author(kind) && author) return "it is your own: such a response is your partner's to give";
  if (answers_apology(kind) && !is_apology(entry)) return "it is no apology: there is nothing to accept";
  if (!author && just_listen(entry) && !suits_listening(kind)) {
    return "your partner asked you just to listen: comfort and thanks are what can be said here";
  }
  return std::nullopt;
}

bool is_reflection(const Responses& responses, const OpId& op) {
  return std::ranges::any_of(
      responses.all, [&](const Responded& one) { return one.op == op && one.response.kind == ResponseKind::reflect; });
}

}  // namespace

Responses fold_responses(const Entry& entry, std::vector<Seen> ops) {
  Responses responses;
  if (entry.erased) return responses;
  ops = in_order(std::move(ops));
  const std::set<RootId> silent = erasers(ops);
  responses.taken_back.assign(silent.begin(), silent.end());
  for (Seen& seen : ops) {
    if (!seen.shared || !seen.op || silent.contains(seen.author)) continue;
    auto* response = std::get_if<Response>(&seen.op->act);
    if (response == nullptr || !may_say(entry, seen.author, response->kind)) continue;
    Responded one{.op = seen.id, .author = seen.author, .time = seen.op->time, .response = std::move(*response)};
    one.unasked = just_listen(entry) && !is_for_author(one.response.kind) && !suits_listening(one.response.kind);
    one.of_other_text = is_of_other_text(entry, one.response);
    responses.all.push_back(std::move(one));
  }
  drop_words_about_nothing(responses.all);
  put_authors_words(responses.all);
  for (const Responded& one : responses.all) {
    responses.heard = responses.heard || one.word == AuthorsWord::understood;
    if (one.author == entry.id.creator) responses.newest = std::max(responses.newest, one.time);
  }
  return responses;
}

std::optional<OpId> only_reflection(const Responses& responses) {
  std::optional<OpId> found;
  for (const Responded& one : responses.all) {
    if (one.response.kind != ResponseKind::reflect) continue;
    if (found) return std::nullopt;
    found = one.op;
  }
  return found;
}

std::vector<ResponseKind> offered(const Entry& entry, const Responses& responses, const RootId& who) {
  if (why_not_about(entry) || std::ranges::count(responses.taken_back, who) > 0) return {};
  const bool any_reflection = std::ranges::any_of(
      responses.all, [](const Responded& one) { return one.response.kind == ResponseKind::reflect && !one.unasked; });
  std::vector<ResponseKind> kinds;
  for (const ResponseKind kind : kAllKinds) {
    if (is_for_author(kind) && !any_reflection) continue;
    if (!why_not_kind(entry, who, kind)) kinds.push_back(kind);
  }
  return kinds;
}

Refusal why_not_respond(const Entry& entry, const Responses& responses, const RootId& who, const Response& response) {
  if (const Refusal why = why_not_about(entry)) return why;
  if (const Refusal why = why_not_kind(entry, who, response.kind)) return why;
  if (std::ranges::count(responses.taken_back, who) > 0) return "what you said here is erased, and stays so";
  if (is_for_author(response.kind) && !(response.to && is_reflection(responses, *response.to))) {
    return "there is no such reflection on this entry";
  }
  return why_not_words(response);
}

Refusal why_not_words(const Response& response) {
  switch (response.kind) {
    case ResponseKind::reflect:
    case ResponseKind::not_quite:
    case ResponseKind::comfort: return is_blank(response.text) ? Refusal{"it needs words of your own"} : std::nullopt;
    case ResponseKind::understood:
    case ResponseKind::thanks:
    case ResponseKind::accept:
      return response.text.empty() ? std::nullopt : Refusal{"it says all by itself: it takes no further words"};
    case ResponseKind::not_yet: break;
  }
  return std::nullopt;
}

}  // namespace attune::journal
