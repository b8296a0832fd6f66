#include "sync/session.h"

#include <asio/co_spawn.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <exception>

#include "core/error.h"
#include "crypto/secret.h"
#include "sync/exchange.h"

namespace attune::sync {
namespace {

// Without any byte while something is under way, a session that wants to end gives up. Compacting after an erasure is
// the longest honest silence.
constexpr std::chrono::seconds kPatience{60};

}  // namespace

struct Session::State {
  asio::any_io_executor executor;
  net::Channel& channel;
  bool stay;
  Exchange exchange;
  asio::steady_timer wake;          // never expires: cancelled when there may be something to say
  asio::steady_timer writer_ended;  // likewise
  bool writing = false;
  bool sending = false;  // the writer waits for the channel
  bool reading_ended = false;
  std::uint64_t heard = 0;  // messages
  std::exception_ptr writer_error;
  std::function<void()> told = [] {};

  State(asio::any_io_executor e, net::Channel& c, book::Book& book, People& people, Setup setup)
      : executor{std::move(e)},
        channel{c},
        stay{setup.stay},
        exchange{book, people, c.peer().device, setup},
        wake{executor, asio::steady_timer::time_point::max()},
        writer_ended{executor, asio::steady_timer::time_point::max()} {}

  void nudge() { wake.cancel(); }

  asio::awaitable<void> write_all() {
    std::string message;
    while (!reading_ended && !exchange.over()) {
      if (exchange.next(message)) {
        std::string out = std::move(message);
        sending = true;
        co_await channel.send(std::move(out));
        sending = false;
        message.clear();
        told();
        continue;
      }
      if (exchange.over()) break;
      if (exchange.unsettled()) {
        co_await settle_when_quiet();
        continue;
      }
      asio::error_code woken;  // cancelling is how waiting ends
      auto token = asio::redirect_error(asio::use_awaitable, woken);
      co_await wake.async_wait(token);
    }
  }

  // What has arrived already is read first: its turn comes before ours comes again.
  asio::awaitable<void> settle_when_quiet() {
    const std::uint64_t before = heard;
    auto token = asio::use_awaitable;
    co_await asio::post(executor, token);
    if (heard != before || reading_ended) co_return;
    exchange.settle();
    told();
  }

  asio::awaitable<void> read_all() {
    std::string message;
    std::optional<std::chrono::seconds> patience;
    while (!exchange.over()) {
      if (!stay || exchange.so_far().key_session) patience = kPatience;
      const bool came = co_await channel.receive(message, patience);
      if (!came) {
        if (exchange.over()) co_return;
        throw Error{Errc::unreachable, "the connection ended before both sides were up to date"};
      }
      exchange.take(message);
      crypto::wipe(std::as_writable_bytes(std::span{message}));  // the next one may come days later
      ++heard;
      told();
      crypto::wipe_stack();  // short texts and names of what it brought
      nudge();
    }
  }

  void start_writing() {
    writing = true;
    asio::co_spawn(executor, write_all(), [this](std::exception_ptr error) {
      writing = false;
      writer_error = error;
      if (error) end_reading();
      writer_ended.cancel();
    });
  }

  // A connection that takes nothing more may hold batches that came before it broke. Whoever threw them away could stay
  // where it is for ever, on a network that breaks often.
  void end_reading() {
    if (sending) {
      channel.end_sending();
    } else {
      channel.close();
    }
  }

  asio::awaitable<void> join_writer() {
    reading_ended = true;
    nudge();
    while (writing) {
      asio::error_code woken;
      auto token = asio::redirect_error(asio::use_awaitable, woken);
      co_await writer_ended.async_wait(token);
    }
  }
};

Session::Session(asio::any_io_executor executor, net::Channel& channel, book::Book& book, People& people, Setup setup)
    : state_{std::make_unique<State>(std::move(executor), channel, book, people, setup)} {}
Session::~Session() = default;

asio::awaitable<Summary> Session::run() {
  State& state = *state_;
  state.start_writing();
  std::exception_ptr failure;
  try {
    co_await state.read_all();
  } catch (...) {
    failure = std::current_exception();  // thrown on below, once nobody uses the channel any more
  }
  if (failure) state.channel.close();
  co_await state.join_writer();
  state.channel.close();
  try {
    state.exchange.settle();  // what was erased goes from the disk however the session ended
  } catch (...) {
    if (!failure) failure = std::current_exception();
  }
  crypto::wipe_stack();  // also of a message that was not taken
  // What broke the writer closed the channel under the reader: the first cause is the one to tell.
  if (state.writer_error) std::rethrow_exception(state.writer_error);
  if (failure) std::rethrow_exception(failure);
  co_return state.exchange.so_far();
}

void Session::changed() {
  state_->exchange.changed();
  state_->nudge();
}
void Session::end() {
  state_->exchange.end();
  state_->nudge();
}
void Session::leave() {
  state_->exchange.leave();
  state_->nudge();
}
bool Session::heard_anything() const noexcept { return state_->heard > 0; }
bool Session::told_left() const noexcept { return state_->exchange.told_left(); }
bool Session::peer_left() const noexcept { return state_->exchange.peer_left(); }
bool Session::level() const noexcept { return state_->exchange.level(); }
const Summary& Session::so_far() const noexcept { return state_->exchange.so_far(); }
std::uint16_t Session::peer_port() const noexcept { return state_->exchange.peer_port(); }
void Session::on_progress(std::function<void()> told) { state_->told = std::move(told); }

}  // namespace attune::sync
