#include "node/showing.h"

#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

#include "crypto/spoken.h"
#include "node/pairing_state.h"
#include "node/spawn.h"

namespace attune::node {
namespace {

constexpr std::chrono::seconds kFirstSessionPatience{60};

// It did not know the words, broke off or broke the rules.
bool of_the_other_side(const Error& why) {
  return why.code() == Errc::wrong_code || why.code() == Errc::unreachable || why.code() == Errc::peer_misbehaved;
}

// Whoever shows the code sees each try fail; this was the last, however it did.
Error used_up(const Error& last) {
  const bool guessed = last.code() == Errc::wrong_code;
  return Error{Errc::wrong_code, guessed ? last.what() : "the three tries of this code are used up",
               "this code has ended: make a fresh one with attune pair. Did your partner type fewer than three times? "
               "Then somebody else tried"};
}

class Counted {
 public:
  explicit Counted(int& count) : count_{count} { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  int& count_;
};

}  // namespace

pairing::OwnSide own_side(Home& home) {
  pairing::OwnSide own;
  own.root = home.vault().root;
  own.device = &home.vault().device;
  const identity::Roster& roster = home.people().own();
  if (const auto* admit = roster.admit_of(home.vault().device_id())) own.admit = admit->wire;
  for (const auto& [hash, statement] : roster.statements()) {
    if (!std::holds_alternative<identity::OwnCutOffs>(statement.says)) own.roster.push_back(statement.wire);
  }
  own.name = home.book().profile().name;
  return own;
}

void keep_met(Home& home, const pairing::Met& met) {
  book::Book& book = home.book();
  const auto before = book.pairing();
  if (before && before->partner != met.root) {
    throw Error{Errc::refused, "this journal is paired with somebody else already",
                "attune leave comes first, also where your partner began anew with attune init; attune restore, with "
                "their 24 words, needs no leaving"};
  }
  book.meet(journal::Paired{met.root, met.name, met.check}, met.key);
  home.people().reload();
  std::vector<std::string> wires;
  for (const identity::Statement& statement : met.statements) wires.push_back(statement.wire);
  home.people().add(met.root, wires);
  ask_for_partner(book);  // who pairs asks for the partner
}

void forget_met(Home& home) {
  home.book().forget_meeting();
  home.people().follow();
}

Showing::Showing(asio::io_context& context, Home& home, Links& links, const Log& log, const net::HostPort& listen,
                 Calls calls)
    : context_{context},
      home_{home},
      links_{links},
      log_{log},
      listener_{context, listen, listen.host.empty()},
      code_{crypto::draw_code(), home.clock()},
      finished_{context, pairing::kCodeLives} {
  if (calls == Calls::yes) call_.emplace(context, home.clock(), listener_.endpoint());
}

std::string Showing::words() const { return to_string(code_.words()); }
std::string Showing::listening() const { return net::to_string(listener_.endpoint()); }

void Showing::end(std::optional<Error> failure) {
  if (over_) return;
  over_ = true;
  failure_ = std::move(failure);
  finished_.cancel();
}

void Showing::cancel() { end(Error{Errc::unreachable, "the pairing was given up"}); }

// A session of our own tells when it has ended, and must not be cut off here: it is about to say that it is level.
void Showing::book_changed() {
  if (!over_ && sessions_ == 0 && concluded()) end(std::nullopt);
}

// A pairing from before is none of this code's.
bool Showing::concluded() const {
  const auto pairing = concluded_pairing(home_.book());
  return met_ && pairing && pairing->check == check_;
}

asio::awaitable<void> Showing::run(std::shared_ptr<Showing> self) {
  // Weakly: the listener is ours, and must not keep us and the code alive for ever.
  net::Listener::Serve each = [weak = std::weak_ptr{self}](net::Tcp::socket socket, net::Listener::Note note) {
    return serve(weak.lock(), std::move(socket), std::move(note));
  };
  spawn(self->context_, self->listener_.run(std::move(each)), self->log_);
  if (self->call_) spawn(self->context_, call(self), self->log_);
  while (!self->over_) {
    asio::error_code woken;  // cancelled: it ended, or there is more time now
    auto token = asio::redirect_error(asio::use_awaitable, woken);
    co_await self->finished_.async_wait(token);
    if (!woken && self->concluded()) self->end(std::nullopt);
    if (!woken) {
      self->end(self->met_ ? Error{Errc::unreachable, "the first sync did not finish", "pair again with a fresh code"}
                           : Error{Errc::unreachable, "nobody came within five minutes", "make a fresh code together"});
    }
  }
  if (self->call_) self->call_->stop();
  self->listener_.stop();
  if (self->failure_) throw *self->failure_;
}

// Keeps itself alive until it was stopped.
asio::awaitable<void> Showing::call(std::shared_ptr<Showing> self) { co_await self->call_->run(); }

asio::awaitable<void> Showing::serve(std::shared_ptr<Showing> self, net::Tcp::socket socket, net::Listener::Note note) {
  if (!self) co_return;  // the code is dead, and its listener about to close
  if (!self->met_) {
    co_await self->meet(std::move(socket), std::move(note));
    co_return;
  }
  {
    const Counted under_way{self->sessions_};
    co_await self->links_.serve(std::move(socket), std::move(note));
  }
  if (self->concluded()) self->end(std::nullopt);
}

asio::awaitable<void> Showing::meet(net::Tcp::socket socket, net::Listener::Note note) {
  const pairing::OwnSide own = own_side(home_);
  bool kept = false;
  pairing::Keep keep = [this, &kept](const pairing::Met& met) {
    keep_met(home_, met);
    check_ = met.check;
    kept = met_ = true;  // from here on the key is on this disk: the next connection may be the first session
  };
  std::optional<Counted> trying;
  std::function<void()> tried = [this, &trying, &note] {
    trying.emplace(trying_);
    note(net::Shown::key);  // strangers have three of these in all: they cannot fill the places
  };
  try {
    co_await pairing::show(std::move(socket), code_, own, std::move(keep), std::move(tried));
  } catch (const Error& error) {
    const bool cost_a_try = trying.has_value();
    trying.reset();
    came_to_nothing(error, kept, cost_a_try);
  }
  if (met_) finished_.expires_after(kFirstSessionPatience);
}

void Showing::came_to_nothing(const Error& why, bool kept, bool tried) {
  const bool refused = why.code() == Errc::refused;
  if (refused && kept) {
    // They were not free to keep it: the code goes on waiting for the one that it is meant for.
    forget_met(home_);
    met_ = false;
  }
  if (met_ || over_) return;
  // The last try may be the partner's: whoever else breaks off meanwhile does not end it.
  const bool waits = trying_ > 0 && (kept || of_the_other_side(why));
  const bool ends = (refused && !kept) || (!code_.alive() && !waits);
  if (ends) {
    end(code_.tries_left() == 0 && of_the_other_side(why) ? used_up(why) : why);
  } else if (failed_try_ && !refused && tried && code_.alive()) {
    failed_try_(code_.tries_left());
  }
}

}  // namespace attune::node
