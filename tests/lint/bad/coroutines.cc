// as src/net/example.cc
// What GCC 12 miscompiles: each of these destroys a temporary twice.
#include "net/channel.h"

namespace attune::net {

asio::awaitable<void> lambdas(Channel& channel, std::string text) {
  co_await channel.apply([text] { return text; });                // BAD: await-lambda
  co_await channel.apply([&] { return text.size(); });            // BAD: await-lambda
  co_await channel.apply([copy = text](int a) { return copy; });  // BAD: await-lambda
  const auto n = co_await apply(std::function<int()>([=] { return 1; }));  // BAD: await-lambda
  auto later = [got = co_await channel.one()] { return got; };             // BAD: await-lambda
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

// Aggregates again, with parentheses.
asio::awaitable<void> parentheses(Channel& channel, std::string text) {
  co_await channel.send(Have(text, text));                             // BAD: await-parens
  co_await channel.send(sync::Have(text));                             // BAD: await-parens
  Have have(co_await channel.one(), text);                             // BAD: await-parens
  const auto two = Have(co_await channel.one(), text);                 // BAD: await-parens
  throw Refused(co_await channel.one());                               // BAD: await-parens
}

asio::awaitable<void> initialisers(Channel& channel) {
  const Pair pair{co_await channel.one(), co_await channel.two()};  // BAD: await-initialiser
  const Have have = {co_await channel.one()};                       // BAD: await-initialiser
  use(Have{co_await channel.one()});                                // BAD: await-initialiser
  for (const auto& one : {co_await channel.one(), co_await channel.two()}) use(one);  // BAD: await-initialiser
  co_return;
}

asio::awaitable<std::string> conditionals(Channel& channel, bool ready) {
  auto text = ready ? co_await channel.one() : std::string();       // BAD: await-conditional
  text = (co_await channel.ready()) ? co_await channel.two() : text;  // BAD: await-conditional
  co_return text;
}

// The loser's stream stands anywhere.
asio::awaitable<void> either(Channel& channel) {
  co_await (channel.one() || wait(channel.timer()));                                      // BAD: await-either
  const auto first = co_await asio::experimental::make_parallel_group(channel.one(), 2);  // BAD: await-either
  asio::experimental::parallel_group<One, Two> both(channel.one(), channel.two());        // BAD: await-either
}

asio::awaitable<void> moved(Channel&& channel);                                 // BAD: coroutine-parameter
template <class... Args>
asio::awaitable<std::pair<int, int>> all(Args&&... args);                       // BAD: coroutine-parameter
auto later(int n, std::string&&) -> asio::awaitable<void>;                      // BAD: coroutine-parameter
asio::awaitable<void> with_defaults(Channel& channel, Have have = {});          // BAD: coroutine-parameter
asio::awaitable<void> made(const Have have = net::Have{"a", "b"});              // BAD: coroutine-parameter
asio::awaitable<void> in_parentheses(Have have = Have("a", "b"));               // BAD: coroutine-parameter
asio::awaitable<void> of_std(std::array<std::string, 2> texts = {});            // BAD: coroutine-parameter

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
  const auto end = asio::co_spawn(io, channel.run(), asio::use_future);                       // BAD: detached
  channel.when_open(detached);                                                                // BAD: detached
  asio::co_spawn(io, channel.run(), asio::detached_t{});                                      // BAD: detached
}

void deaf(asio::io_context& io, Channel& channel) {
  asio::co_spawn(io, channel.run(), [](std::exception_ptr) {});                                   // BAD: swallowed
  asio::co_spawn(io, channel.one(), [&](const std::exception_ptr&, int got) { use(got); });       // BAD: swallowed
}

void beside(asio::io_context& io) {
  std::thread second([&io] { io.run(); });                   // BAD: thread
  std::jthread third([&io] { io.run(); });                   // BAD: thread
  const auto fourth = std::async([&io] { io.run(); });       // BAD: thread
  asio::thread_pool pool(2);                                 // BAD: thread
  pthread_create(&id, nullptr, run, &io);                    // BAD: thread
}

}  // namespace attune::net
