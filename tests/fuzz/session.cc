// A partner's device that holds every key and keeps no rule, in a session with an honest one.
// docs/protocol.md, section 5.
#include "fuzz/couple.h"
#include "sync/hostile.h"

namespace attune::fuzz {
namespace {

using test::Message;

// Ada, as the hostile device hears her.
class Ada {
 public:
  explicit Ada(Couple& couple)
      : exchange_{couple.ada.book(), couple.ada.people(), couple.ben.id(),
                  test::setup_between(couple.ada, couple.ben, true)} {
    listen();
  }
  void take(const Message& message) {
    const std::string bytes = message.SerializeAsString();
    told_ = told_ || says_what_is_private(bytes);
    exchange_.take(bytes);
  }
  void listen() {
    for (std::string message; exchange_.next(message) || exchange_.unsettled();) {
      if (message.empty()) {
        exchange_.settle();
        continue;
      }
      // A fuzzer sees what is looked for, and names a log so: that name she says again.
      promise(told_ || !says_what_is_private(message), "what is private stays at home");
      message.clear();
    }
  }
  [[nodiscard]] bool over() const { return exchange_.over(); }

 private:
  static bool says_what_is_private(const std::string& message) { return message.find(kPrivate) != std::string::npos; }

  sync::Exchange exchange_;
  bool told_ = false;
};

void spoil(Draw& draw, Message& message) {
  std::string bytes = message.SerializeAsString();
  if (bytes.empty()) return;
  for (unsigned changes = draw.byte() % 3; changes > 0; --changes) {
    bytes[draw.below(bytes.size())] ^= static_cast<char>(1U << draw.byte() % 8);
  }
  Message spoilt;
  if (spoilt.ParseFromString(bytes)) message = spoilt;
}

// A field of a fuzzer's choice, most often one that is known.
std::string id_of(Draw& draw, const test::Forged& forged, Couple& couple) {
  switch (draw.byte() % 6) {
    case 0: return to_string(draw.bytes(32));
    case 1: return couple.ada.root().hex().substr(0, 32);
    case 2: {
      const auto logs = couple.ada.book().logs().all();
      return std::string{logs[draw.below(logs.size())].name.id.raw()};
    }
    default: return std::string{forged.name.id.raw()};
  }
}

Message batch_said(Draw& draw, const test::Forged& forged) {
  const std::uint64_t first = 1 + draw.below(static_cast<std::size_t>(forged.n()));
  const std::uint64_t last = first + draw.below(static_cast<std::size_t>(forged.n() - first + 1));
  return forged.batch(first, last, draw.byte());
}

Message branch_asked_for(Draw& draw, const test::Forged& forged, Couple& couple) {
  Message message;
  message.mutable_branch()->set_log(id_of(draw, forged, couple));
  for (unsigned i = draw.byte() % 3; i > 0; --i) {
    message.mutable_branch()->add_known()->set_n(draw.byte());
    message.mutable_branch()->mutable_known()->rbegin()->set_link(to_string(draw.bytes(32)));
  }
  return message;
}

// Of a log that is hers: its name, and a place in it.
Message inventory_of_hers(Draw& draw, const test::Forged& forged, Couple& couple) {
  auto held = forged.held();
  held.set_log(id_of(draw, forged, couple));
  held.set_author(std::string{(draw.flip() ? couple.ada.root() : couple.ben.root()).raw()});
  held.set_n(draw.byte() % 6);
  if (draw.flip()) held.add_lacking(draw.byte() % 6);
  return test::inventory({held, forged.held()});
}

// What is said about a log that was named.
Message answer_said(unsigned kind, Draw& draw, const test::Forged& forged, Couple& couple) {
  Message message;
  switch (kind) {
    case 5:
      message.mutable_confirm()->set_log(id_of(draw, forged, couple));
      message.mutable_confirm()->set_n(draw.byte());
      break;
    case 6: message.mutable_sent(); break;
    case 7:
      message.mutable_not_mine()->set_log(id_of(draw, forged, couple));
      message.mutable_not_mine()->set_n(draw.byte());
      break;
    case 8:
      message.mutable_hold()->set_log(id_of(draw, forged, couple));
      message.mutable_hold()->set_unsure(draw.flip());
      break;
    case 9: return branch_asked_for(draw, forged, couple);
    case 10: message.mutable_differs()->set_log(id_of(draw, forged, couple)); break;
    default: message.mutable_healed()->set_log(id_of(draw, forged, couple)); break;
  }
  return message;
}

Message any_said(Draw& draw, const test::Forged& forged, Couple& couple) {
  Message message;
  const unsigned kind = draw.byte() % 16;
  if (kind >= 5 && kind <= 11) return answer_said(kind, draw, forged, couple);
  switch (kind) {
    case 0: message.mutable_rosters()->set_port(draw.u16()); break;
    case 1: return test::inventory({forged.held()});
    case 2:
    case 3: return batch_said(draw, forged);
    case 4: return forged.filling(1 + draw.below(static_cast<std::size_t>(forged.n())), to_string(draw.piece()));
    case 12:
      message.mutable_new_key()->set_key(std::string(32, static_cast<char>(draw.byte())));
      message.mutable_new_key()->set_revokes(draw.byte() % 3);
      break;
    case 13: static_cast<void>(message.ParseFromString(to_string(draw.piece()))); break;
    case 14: return inventory_of_hers(draw, forged, couple);
    default: message.mutable_end(); break;
  }
  return message;
}

Message said(Draw& draw, const test::Forged& forged, Couple& couple) {
  Message message = any_said(draw, forged, couple);
  if (draw.byte() > 200) spoil(draw, message);
  return message;
}

void fuzz(BytesView input) {
  static Couple couple;
  const Begun begun{couple, {&couple.ada}};
  Draw draw{input};
  test::Forged forged{couple.ben.root(), couple.couple};
  for (unsigned n = 1 + draw.byte() % 4; n > 0; --n) {
    const BytesView op = draw.flip() ? draw.bytes(draw.byte()) : BytesView{};
    const std::string payload =
        op.empty() ? test::payload_of("by hand " + std::to_string(n)) : std::string(32, 'r') + to_string(op);
    forged.add(payload);
  }
  const auto ended = refusal(kEnds, [&] {
    Ada ada{couple};
    if (draw.byte() < 250) ada.take(test::rosters());
    if (draw.byte() < 240) ada.take(test::inventory({forged.held()}));
    for (int step = 0; step < 24 && !draw.done() && !ada.over(); ++step) {
      ada.take(said(draw, forged, couple));
      ada.listen();
    }
  });
  static_cast<void>(ended);
  if (!couple.changed(couple.ada)) return;  // her disk is as it was
  couple.ada.reopen();
  promise(has_all(Couple::of(couple.ada, " mine "), couple.ada_saw), "nobody takes anything of hers away");
  promise(couple.ada.book().verify().problems.empty(), "her journal is sound");
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> all;
  for (unsigned kind = 0; kind < 16; ++kind) {
    all.push_back(InputBuilder{}
                      .byte(2)
                      .raw(Bytes(3))
                      .byte(0)
                      .byte(0)
                      .byte(1)
                      .u16(0)
                      .byte(0)
                      .byte(2)
                      .u16(0)
                      .u16(2)
                      .byte(200)
                      .byte(0)
                      .byte(kind)
                      .byte(2)
                      .byte(1)
                      .raw(Bytes(6))
                      .take());
  }
  return all;
}

const Registration registration{{"session", Weight::heavy, fuzz, seeds}};

}  // namespace
}  // namespace attune::fuzz
