// Sessions between two honest devices of a couple, and a line between them that drops, repeats, disorders and changes
// messages, and breaks. docs/protocol.md, section 5.
#include "fuzz/couple.h"

namespace attune::fuzz {
namespace {

struct Line {
  Couple& couple;
  Draw& draw;
  bool changed = false;  // a message was: what the other side then hears is what its partner says
  std::unique_ptr<test::Contact::Side> ada, ben;

  void connect() {
    ada = std::make_unique<test::Contact::Side>(couple.ada, couple.ben, false, true);
    ben = std::make_unique<test::Contact::Side>(couple.ben, couple.ada, false, false);
  }
  void speak(test::Contact::Side& from, test::Contact::Side& to) {
    std::vector<std::string> said;
    std::string message;
    for (int i = 0; i < 4 && from.exchange.next(message); ++i) {
      promise(&from != ada.get() || message.find(kPrivate) == std::string::npos, "what is private stays at home");
      to.inbox.push_back(message);
    }
    if (to.inbox.empty() && from.exchange.unsettled()) from.exchange.settle();
  }
  void interfere(test::Contact::Side& at) {
    if (at.inbox.empty()) return;
    const std::size_t which = draw.below(at.inbox.size());
    std::string& message = at.inbox[which];
    switch (draw.byte() % 5) {
      case 0: at.inbox.erase(at.inbox.begin() + static_cast<std::ptrdiff_t>(which)); break;
      case 1: at.inbox.push_back(message); break;
      case 2: std::swap(message, at.inbox.front()); break;
      case 3:
        message.resize(draw.below(message.size() + 1));
        changed = true;
        break;
      default:
        if (!message.empty()) message[draw.below(message.size())] ^= static_cast<char>(1U << draw.byte() % 8);
        changed = true;
    }
  }
  void hear(test::Contact::Side& at) {
    if (at.inbox.empty()) return;
    const std::string message = std::move(at.inbox.front());
    at.inbox.pop_front();
    if (refusal(kEnds, [&] { at.exchange.take(message); })) connect();
  }
};

using Entries = std::vector<std::pair<ObjectId, std::string>>;

void act(Couple& couple, Draw& draw, Entries& adas) {
  const unsigned what = draw.byte();
  Device& at = (what & 1U) != 0 ? couple.ada : couple.ben;
  couple.clock.advance(std::chrono::seconds{draw.byte()});
  if (what % 8 < 6) {
    const std::string body = "word " + std::to_string(what);
    const ObjectId id = at.write(body, what % 8 < 4);
    if (&at == &couple.ada) adas.emplace_back(id, body);
  } else if (!adas.empty() && &at == &couple.ada) {
    at.book().erase(adas.back().first);
    adas.pop_back();
  }
}

std::vector<std::string> turned(std::vector<std::string> lines) {
  for (std::string& line : lines) {
    const auto mine = line.find(" mine ");
    if (mine != std::string::npos) {
      line.replace(mine, 6, " theirs ");
    } else {
      line.replace(line.find(" theirs "), 8, " mine ");
    }
  }
  std::ranges::sort(lines);
  return lines;
}

// One thing that happens: somebody speaks or hears, the line interferes or breaks, a person acts.
void step(Line& line, bool may_change, Entries& adas) {
  const unsigned what = line.draw.byte();
  test::Contact::Side& one = (what & 1U) != 0 ? *line.ada : *line.ben;
  test::Contact::Side& other = (what & 1U) != 0 ? *line.ben : *line.ada;
  switch (what / 2 % 8) {
    case 0:
    case 1:
    case 2: line.speak(one, other); break;
    case 3:
    case 4: line.hear(one); break;
    case 5:
      if (may_change || what < 128) line.interfere(one);
      break;
    case 6:
      act(line.couple, line.draw, adas);
      one.exchange.changed();
      other.exchange.changed();
      break;
    default: line.connect();
  }
}

void check_nothing_was_lost(Couple& couple, const Entries& adas) {
  std::vector<std::string> bodies = couple.ada.bodies();
  std::ranges::sort(bodies);
  for (const auto& [id, body] : adas) promise(std::ranges::binary_search(bodies, body), "what she wrote is there");
  promise(has_all(Couple::of(couple.ada, " mine "), couple.ada_saw), "and what she had written");
  promise(couple.ada.book().verify().problems.empty(), "her journal is sound");
  promise(couple.ben.book().verify().problems.empty(), "and so is his");
}

void check_both_see_the_same(Couple& couple) {
  test::meet(couple.ada, couple.ben);
  test::meet(couple.ada, couple.ben);
  std::vector<std::string> ada = couple.ada.sees(true);
  std::ranges::sort(ada);
  promise(ada == turned(couple.ben.sees(true)), "after one honest session both see the same");
}

void fuzz(BytesView input) {
  static Couple couple;
  const Begun begun{couple, {&couple.ada, &couple.ben}};
  Draw draw{input};
  const bool may_change = draw.flip();
  Line line{couple, draw, false, nullptr, nullptr};
  Entries adas;
  line.connect();
  for (int i = 0; i < 96 && !draw.done(); ++i) {
    step(line, may_change, adas);
    if (line.changed && !may_change) return;  // the other kind of input
  }
  line.ada.reset();
  line.ben.reset();
  for (Device* device : {&couple.ada, &couple.ben}) device->reopen();
  check_nothing_was_lost(couple, adas);
  if (!line.changed) check_both_see_the_same(couple);
}

std::vector<Bytes> seeds() {
  InputBuilder honest;
  honest.byte(0);
  for (int i = 0; i < 3; ++i)
    honest.byte(12).byte(3).byte(9).byte(0).byte(1).byte(6).byte(7).byte(0).byte(1).byte(6).byte(7);
  InputBuilder dropped;
  dropped.byte(0).byte(12).byte(1).byte(5).byte(0).byte(1).byte(6).byte(10).u16(0).byte(0).byte(7).byte(0).byte(1).byte(
      7);
  InputBuilder changed;
  changed.byte(1).byte(12).byte(1).byte(5).byte(0).byte(1).byte(6).byte(10).u16(0).byte(4).u16(20).byte(3).byte(6).byte(
      7);
  return {honest.take(), dropped.take(), changed.take()};
}

const Registration registration{{"interaction", Weight::heavy, fuzz, seeds}};

}  // namespace
}  // namespace attune::fuzz
