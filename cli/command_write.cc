// write, share, edit, erase.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/apology.h"
#include "cli/commands.h"
#include "cli/i_form.h"
#include "cli/journal.h"
#include "cli/mood.h"
#include "cli/render_entry.h"
#include "cli/sharing.h"
#include "cli/tag.h"
#include "cli/written.h"
#include "core/error.h"
#include "core/text.h"
#include "journal/hints.h"

namespace attune::cli {
namespace {

constexpr int kHeadingInQuestion = 50;
// The journal's own list decides; this one speaks up before somebody has typed a text in vain.
constexpr std::array<std::string_view, 8> kKinds{"note",    "gratitude",   "need",   "desire",
                                                 "apology", "reassurance", "memory", "reflection"};

template <class Wanted>
void set_at(Wanted& wanted, const std::string& at, const Context& context) {
  const Said said = moment_said(at, context.world.clock.now(), context.world.zone);
  wanted.set_at_ms(milliseconds_of(said.when));
  wanted.set_offset(static_cast<std::int32_t>(said.offset.count()));
}

api::v1::WriteRequest request_for(const Context& context, const WriteOptions& options) {
  api::v1::WriteRequest wanted;
  if (!options.kind.empty() && std::ranges::find(kKinds, options.kind) == kKinds.end()) {
    throw Error{Errc::usage, fmt::format("there is no kind of entry \"{}\"", harmless_line(options.kind)),
                "choose note, gratitude, need, desire, apology, reassurance, memory or reflection"};
  }
  wanted.set_shared(options.shared);
  wanted.set_kind(options.kind);
  wanted.set_title(options.title);
  if (!options.mood.empty()) *wanted.mutable_mood() = mood_said(options.mood);
  for (const auto& tag : tags_said(options.tags)) wanted.add_tags(tag);
  if (!options.at.empty()) set_at(wanted, options.at, context);
  wanted.set_just_listen(options.just_listen);
  wanted.set_now_offset(offset_now(context));
  return wanted;
}

// An apology in three answers, from the options or on the terminal; empty: it is written as any text is.
std::string guided_text(Context& context, const WriteOptions& options) {
  Apology apology{options.did, options.to_you, options.differently};
  const bool is_apology = options.kind == "apology";
  if (!apology.empty() && (!is_apology || !options.text.empty())) {
    throw Error{Errc::usage, "--did, --to-you and --differently are an apology's, in place of its text",
                "attune write --kind apology --did ..."};
  }
  const bool ask = apology.empty() && is_apology && options.text.empty() && context.world.console.in_is_terminal();
  return text_of(ask ? ask_for_apology(context) : apology);
}

api::v1::Entry shown(Context& context, node::Client& client, const std::string& id) {
  api::v1::Request request;
  request.mutable_show()->set_id(id);
  return call(context, client, request).show();
}

}  // namespace

int write(Context& context, const WriteOptions& options) {
  api::v1::Request request;
  *request.mutable_write() = request_for(context, options);  // what is wrong with it is said before anybody types
  api::v1::Response saved;
  const auto save = [&](node::Client& client, const std::string& text) {
    request.mutable_write()->set_text(text);
    const WipedText wiped{*request.mutable_write()->mutable_text()};
    saved = call(context, client, request);
  };
  Offer offer;
  if (options.shared && !options.no_hints) {
    offer = [&](node::Client& client, const std::string& text) { return offer_i_form(context, client, text); };
  }
  std::string guided = guided_text(context, options);
  const WipedText wiped{guided};
  const bool is_guided = !guided.empty();
  save_written(context, is_guided ? std::vector{guided} : options.text, {}, save, offer);
  const auto& response = saved.write();
  answer(context, response,
         fmt::format("saved {}, {}", context.paint.id(short_id(response)), where_it_is(options, response)));
  note_all(context, response.for_people());
  return 0;
}

int share(Context& context, const std::string& id) {
  const auto client = open_journal(context);
  if (context.world.console.in_is_terminal()) {
    const auto entry = shown(context, *client, id);
    if (!entry.shared() && offer_i_form(context, *client, entry.body())) {
      throw Error{Errc::refused, "nothing was shared", "attune edit changes it first"};
    }
  }
  api::v1::Request request;
  request.mutable_share()->set_id(id);
  request.mutable_share()->set_now_offset(offset_now(context));
  const auto response = call(context, *client, request).share();
  answer(context, response, fmt::format("shared as {}", context.paint.id(short_id(response))));
  note_all(context, response.for_people());
  note(context, "Sharing cannot be taken back; you can erase it, but what was read was read.");
  return 0;
}

namespace {

// The text as it stands, for the editor.
std::string text_to_edit(Context& context, node::Client& client, const std::string& id) {
  const auto entry = shown(context, client, id);
  if (!entry.mine())
    throw Error{Errc::refused, "only its author edits an entry", "respond to it, or write one of your own"};
  if (entry.erased()) throw Error{Errc::refused, "this entry is erased", "write a new one"};
  return entry.body();
}

bool names_a_change(const EditOptions& options) {
  return options.title || !options.mood.empty() || !options.at.empty() || !options.tags.empty();
}

api::v1::EditRequest request_for(const Context& context, const EditOptions& options) {
  api::v1::EditRequest wanted;
  wanted.set_id(options.id);
  if (options.title) wanted.set_title(*options.title);
  if (!options.mood.empty()) *wanted.mutable_mood() = mood_said(options.mood);
  wanted.set_set_tags(!options.tags.empty());
  for (const auto& tag : tags_said(options.tags)) {
    if (!tag.empty()) wanted.add_tags(tag);  // --tag "" takes them all away
  }
  if (!options.at.empty()) set_at(wanted, options.at, context);
  return wanted;
}

}  // namespace

int edit(Context& context, const EditOptions& options) {
  api::v1::Request request;
  *request.mutable_edit() = request_for(context, options);
  api::v1::Response saved;
  if (!options.text.empty() || !names_a_change(options)) {
    const auto before = [&](node::Client& open) { return text_to_edit(context, open, options.id); };
    const auto save = [&](node::Client& client, const std::string& text) {
      request.mutable_edit()->set_text(text);
      const WipedText wiped{*request.mutable_edit()->mutable_text()};
      saved = call(context, client, request);
    };
    const auto offer = [&](node::Client& client, const std::string& text) {
      return !options.no_hints && journal::hint_for(text) && shown(context, client, options.id).shared() &&
             offer_i_form(context, client, text);
    };
    save_written(context, options.text, before, save, offer);
  } else {
    saved = ask_journal(context, request);
  }
  const auto& response = saved.edit();
  answer(context, response, fmt::format("saved {}", context.paint.id(short_id(response))));
  return 0;
}

namespace {

// What would go: an entry, or one's own answers in a check-in.
std::string erase_question(Context& context, node::Client& client, const std::string& id) {
  try {
    const auto entry = shown(context, client, id);
    const std::string& name = entry.title().empty() ? entry.body() : entry.title();
    return fmt::format("Erase {} \"{}\"? It cannot be brought back.", short_id(entry),
                       clipped(name, kHeadingInQuestion));
  } catch (const Error& error) {
    if (error.code() != Errc::not_found) throw;
  }
  api::v1::Request look;
  look.mutable_checkin()->set_show(id);
  look.mutable_checkin()->set_now_offset(offset_now(context));
  const auto check_in = call(context, client, look).checkin();
  return fmt::format("Take your answers of {} ({}) back? They cannot be brought back, and there is one a day.",
                     short_id(check_in), day_in_words(check_in.begun_at()));
}

}  // namespace

int erase(Context& context, const std::string& id, Yes yes) {
  const auto client = open_journal(context);
  if (yes == Yes::ask && context.world.console.in_is_terminal()) {
    const std::string question = erase_question(context, *client, id);
    if (!confirmed(context, question, yes)) throw Error{Errc::refused, "nothing was erased"};
  }
  api::v1::Request request;
  request.mutable_erase()->set_id(id);
  const auto response = call(context, *client, request).erase();
  answer(context, response, fmt::format("erased {}", context.paint.id(short_id(response))));
  return 0;
}

}  // namespace attune::cli
