// as src/net/example.cc
// What GCC 12 miscompiles: each of these destroys a temporary twice.
#include "net/channel.h"

namespace attune::net {

asio::awaitable<void> lambdas(Channel& channel, std::string text) {
  co_await channel.apply([text] { return text; });                // BAD: await-lambda
  co_await channel.apply([&] { return text.size(); });            // BAD: await-lambda
  co_await channel.apply([copy = text](int a) { return copy; });  // BAD: await-lambda
  const auto n = co_await apply(std::function<int()>([=] { return 1; }));  // BAD: await-lambda
  if (co_await channel.check([this](int a) { return a; })) {               // BAD: await-lambda
    co_return;
  }
}

asio::awaitable<void> braces(Channel& channel, std::string text) {
  co_await channel.send(Have{text, text});           // BAD: await-braces
  co_await channel.send({text, text});               // BAD: await-braces
  co_await channel.send(Have{.a = text, .b = text});  // BAD: await-braces
  const auto got = co_await channel.receive(std::optional<Have>{text});  // BAD: await-braces
  while (co_await channel.more(Have{text})) {        // BAD: await-braces
    text.clear();
  }
}

asio::awaitable<void> initialisers(Channel& channel) {
  const Pair pair{co_await channel.one(), co_await channel.two()};  // BAD: await-initialiser
  const Have have = {co_await channel.one()};                       // BAD: await-initialiser
  use(Have{co_await channel.one()});                                // BAD: await-initialiser
  co_return;
}

asio::awaitable<std::string> conditionals(Channel& channel, bool ready) {
  auto text = ready ? co_await channel.one() : std::string();       // BAD: await-conditional
  text = (co_await channel.ready()) ? co_await channel.two() : text;  // BAD: await-conditional
  co_return text;
}

void spawn(asio::io_context& io, Channel& channel) {
  asio::co_spawn(io, [&channel]() -> asio::awaitable<void> {  // BAD: coroutine-lambda
    if (channel.ready()) {
      co_await channel.run();
    }
  }, handler);
  auto later = [channel = &channel](int n) mutable -> asio::awaitable<int> { co_return n; };  // BAD: coroutine-lambda
  auto each = [&channel]() -> Generator<int> { co_yield channel.next(); };                    // BAD: coroutine-lambda
  asio::co_spawn(io, channel.run(), asio::detached);                                          // BAD: detached
  asio::co_spawn(io, channel.run(), detached);                                                // BAD: detached
  channel.when_open(detached);                                                                // BAD: detached
  asio::co_spawn(io, channel.run(), asio::detached_t{});                                      // BAD: detached
}

}  // namespace attune::net
