// Responses through whatever four devices do apart: each says what is theirs to say, and what is erased stays so.
#include "journal/devices.h"
#include "journal/responses.h"

namespace attune::test {
namespace {

using journal::act_of;
using journal::Entry;
using journal::EntryContent;
using journal::EntryKind;
using journal::Erase;
using journal::Response;
using journal::ResponseKind;
using journal::Responses;
using journal::Seen;

Entry entry_of(const std::vector<Seen>& ops) {
  Entry none;
  none.id = kEntry;
  return journal::fold_entry(kEntry, ops).value_or(none);
}
Responses folded(const std::vector<Seen>& ops) { return journal::fold_responses(entry_of(ops), ops); }

class EntryWorld : public Devices {
 public:
  explicit EntryWorld(std::uint64_t seed) : Devices{seed, kEntry} {
    act(0, any_content({}));
    for (std::uint64_t steps = draw(32); steps > 0; --steps) step();
    if (draw(4) != 0) bring_all();
  }
  std::vector<Seen> held() { return known(draw(kCount)); }

 private:
  EntryContent any_content(std::vector<OpId> replaced) {
    EntryContent content = said("text " + std::to_string(draw(100)));
    content.kind = draw(2) == 0 ? EntryKind::apology : EntryKind::note;
    content.just_listen = draw(4) == 0;
    content.replaces = std::move(replaced);
    return content;
  }
  void step() {
    const std::size_t device = draw(kCount);
    const auto& ops = known(device);
    const Entry entry = entry_of(ops);
    switch (draw(10)) {
      case 0:
      case 1:
      case 2: bring(draw(kCount), device, 1 + draw(10)); break;
      case 3: force(device, draw(12) == 0 ? journal::Act{Erase{}} : any_response()); break;
      case 4: copy(device); break;
      case 5:
        if (person(device) == kAda && !entry.erased) act(device, any_content(entry.contents), entry.newest);
        break;
      default: respond(device, entry, journal::fold_responses(entry, ops)); break;
    }
  }
  void respond(std::size_t device, const Entry& entry, const Responses& responses) {
    Response response{static_cast<ResponseKind>(draw(7)), "", std::nullopt};
    if (!responses.all.empty() && draw(4) != 0) response.to = responses.all[draw(responses.all.size())].op;
    if (why_not_words(response)) response.text = "words";
    if (why_not_respond(entry, responses, person(device), response)) return;
    act(device, response, std::max(entry.newest, responses.newest));
  }
  Response any_response() {
    Response response{static_cast<ResponseKind>(draw(7)), "made up", std::nullopt};
    if (draw(4) != 0) response.to = some_op();
    return response;
  }
};

bool says(const Seen& seen, const RootId& author, ResponseKind kind) {
  const auto* response = seen.shared && seen.author == author ? act_of<Response>(seen) : nullptr;
  return response != nullptr && response->kind == kind;
}
bool erased_by(const RootId& who, const std::vector<Seen>& ops) {
  return std::ranges::any_of(ops, [&](const Seen& seen) { return seen.author == who && act_of<Erase>(seen); });
}

// Word by word as the rule is: on some reflection the author said understood, and no later word takes it back.
bool author_feels_heard(const std::vector<Seen>& ops) {
  if (erased_by(kAda, ops) || erased_by(kBen, ops)) return false;
  return std::ranges::any_of(ops, [&](const Seen& understood) {
    if (!says(understood, kAda, ResponseKind::understood)) return false;
    const auto about = act_of<Response>(understood)->to;
    const bool reflection = std::ranges::any_of(
        ops, [&](const Seen& seen) { return says(seen, kBen, ResponseKind::reflect) && about == seen.id; });
    return reflection && std::ranges::none_of(ops, [&](const Seen& seen) {
             return says(seen, kAda, ResponseKind::not_quite) && act_of<Response>(seen)->to == about &&
                    later(seen, understood);
           });
  });
}

class ResponsesProperty : public Property {};

TEST_P(ResponsesProperty, AllWhoKnowTheSameSeeTheSameInWhateverOrderItCame) {
  always([](std::uint64_t seed) {
    EntryWorld world{seed};
    const auto ops = world.held();
    RC_ASSERT(folded(world.shuffled(ops)) == folded(ops));
    world.bring_all();
    const Responses everybody = folded(world.known(0));
    for (std::size_t device = 1; device < Devices::kCount; ++device)
      RC_ASSERT(folded(world.shuffled(world.known(device))) == everybody);
  });
}

TEST_P(ResponsesProperty, EachSaysWhatIsTheirsToSay) {
  always([](std::uint64_t seed) {
    EntryWorld world{seed};
    const auto ops = world.held();
    const Entry entry = entry_of(ops);
    for (const auto& one : folded(ops).all) {
      const ResponseKind kind = one.response.kind;
      const bool authors = kind == ResponseKind::understood || kind == ResponseKind::not_quite;
      RC_ASSERT(authors == (one.author == kAda));
      if (kind == ResponseKind::accept || kind == ResponseKind::not_yet)
        RC_ASSERT(entry.current->content.kind == EntryKind::apology);
    }
  });
}

TEST_P(ResponsesProperty, HeardIsTheAuthorsOwnWord) {
  always([](std::uint64_t seed) {
    EntryWorld world{seed};
    const auto ops = world.held();
    RC_ASSERT(folded(ops).heard == author_feels_heard(ops));
  });
}

TEST_P(ResponsesProperty, WhatWasErasedIsNeverShownAndChangesNothingByBeingGone) {
  always([](std::uint64_t seed) {
    EntryWorld world{seed};
    const auto before = world.held();
    const Responses responses = folded(before);
    RC_ASSERT(folded(test::without_erased(kEntry, before)) == responses);
    for (const auto& one : responses.all) RC_ASSERT(!erased_by(one.author, before));
    if (erased_by(kAda, before)) RC_ASSERT(responses == Responses{});
  });
}

INSTANTIATE_TEST_SUITE_P(Quick, ResponsesProperty, ::testing::Values(kQuickCases));
INSTANTIATE_TEST_SUITE_P(Slow, ResponsesProperty, ::testing::Values(kSlowCases));

}  // namespace
}  // namespace attune::test
