// boundary: limits that each of the two has stated.
#include <functional>
#include <utility>

#include "cli/commands.h"
#include "cli/i_form.h"
#include "cli/journal.h"
#include "cli/render_boundary.h"
#include "cli/sharing.h"
#include "cli/when.h"
#include "cli/written.h"
#include "core/error.h"

namespace attune::cli {
namespace {

using api::v1::BoundaryRequest;

BoundaryRequest& boundary_in(const Context& context, api::v1::Request& request) {
  request.mutable_boundary()->set_now_offset(offset_now(context));
  return *request.mutable_boundary();
}

api::v1::Boundary shown(Context& context, node::Client& client, const std::string& id) {
  api::v1::Request request;
  boundary_in(context, request).set_show(id);
  return call(context, client, request).boundary();
}

// With a text from wherever it comes, whose place in the request `text_of` knows; it is wiped there again.
using TextOf = std::function<std::string&(BoundaryRequest& wanted)>;
api::v1::ActResponse said(Context& context, const BoundaryOptions& options, const TextBefore& before,
                          const TextOf& text_of, api::v1::Request request) {
  api::v1::Response saved;
  const auto save = [&](node::Client& client, const std::string& text) {
    std::string& into = text_of(*request.mutable_boundary());
    into = text;
    const WipedText wiped{into};
    saved = call(context, client, request);
  };
  Offer offer;
  if (!options.no_hints) {
    offer = [&](node::Client& client, const std::string& text) { return offer_i_form(context, client, text); };
  }
  save_written(context, options.text, before, save, offer);
  return saved.act();
}

// The text as it stands, for the editor.
std::string text_to_revise(Context& context, node::Client& client, const std::string& id) {
  const auto boundary = shown(context, client, id);
  if (!boundary.mine()) {
    throw Error{Errc::refused, "only whose boundary it is can revise it", "attune boundary ask asks about it"};
  }
  return boundary.text();
}

}  // namespace

int boundary_state(Context& context, const BoundaryOptions& options) {
  api::v1::Request request;
  BoundaryRequest::State& wanted = *boundary_in(context, request).mutable_state();
  wanted.set_topic(options.topic.value_or(""));
  wanted.set_review_on(review_said(context, options.review.value_or("")));
  const auto text_of = [](BoundaryRequest& asked) -> std::string& { return *asked.mutable_state()->mutable_text(); };
  say_done(context, said(context, options, {}, text_of, std::move(request)), "stated");
  note(context, "It stands from now on, and needs nobody's agreement.");
  return 0;
}

int boundary_list(Context& context, Lifted lifted) {
  api::v1::Request request;
  boundary_in(context, request).set_list(lifted == Lifted::shown);
  const auto list = ask_journal(context, request).boundaries();
  answer(context, list, [&] { return render_boundaries(list, page_of(context)); });
  if (list.boundaries().empty()) {
    note(context, lifted == Lifted::shown ? "There is no boundary here yet." : "No boundary stands now.");
  }
  return 0;
}

int boundary_show(Context& context, const std::string& id) {
  const auto client = open_journal(context);
  const auto boundary = shown(context, *client, id);
  answer(context, boundary, [&] { return render_boundary(boundary, page_of(context)); });
  return 0;
}

int boundary_revise(Context& context, const BoundaryOptions& options) {
  api::v1::Request request;
  BoundaryRequest::Revise& wanted = *boundary_in(context, request).mutable_revise();
  wanted.set_id(options.id);
  if (options.topic) wanted.set_topic(*options.topic);
  if (options.review) wanted.set_review_on(review_said(context, *options.review));
  if (options.text.empty() && (options.topic || options.review)) {
    act(context, request, "revised");
    return 0;
  }
  const auto before = [&](node::Client& open) { return text_to_revise(context, open, options.id); };
  const auto text_of = [](BoundaryRequest& asked) -> std::string& { return *asked.mutable_revise()->mutable_text(); };
  say_done(context, said(context, options, before, text_of, std::move(request)), "revised");
  return 0;
}

int boundary_acknowledge(Context& context, const std::string& id) {
  api::v1::Request request;
  boundary_in(context, request).set_acknowledge(id);
  say_done_to(context, ask_journal(context, request).act(), "acknowledged");
  return 0;
}

int boundary_ask(Context& context, const BoundaryOptions& options) {
  api::v1::Request request;
  boundary_in(context, request).mutable_ask()->set_id(options.id);
  const auto text_of = [](BoundaryRequest& asked) -> std::string& { return *asked.mutable_ask()->mutable_text(); };
  say_done(context, said(context, options, {}, text_of, std::move(request)), "asked");
  return 0;
}

int boundary_lift(Context& context, const std::string& id) {
  api::v1::Request request;
  boundary_in(context, request).set_lift(id);
  say_done_to(context, ask_journal(context, request).act(), "lifted");
  return 0;
}

}  // namespace attune::cli
