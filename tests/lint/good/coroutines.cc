// as src/net/example.cc
// The same work, written so that GCC 12 compiles it right: named first, moved in.
#include "net/channel.h"

namespace attune::net {

struct Plain {
  int value{0};
};

asio::awaitable<void> named(Channel& channel, std::string text) {
  auto apply = [text] { return text; };
  co_await channel.apply(std::move(apply));
  auto have = Have{text, text};
  co_await channel.send(std::move(have));
  co_await channel.send(std::string(text));
  const auto got = co_await channel.receive(std::chrono::seconds{30});  // nothing to destroy
  co_await read_all(channel, std::span{text}.subspan(2));
  const auto size = text.empty() ? 0 : text.size();
  co_await channel.apply([] { return 1; });  // captures nothing: nothing to destroy
  const auto first = co_await channel.at(list[size]);
  const Pair pair = make_pair(first, got);
  for (int i = 0; i < 3; ++i) {
    co_await channel.count(i);
  }
  if (co_await channel.ready()) {
    const Plain plain{1};
    co_await channel.use(plain);
  } else {
    co_return;
  }
  switch (size) {
    case 1: co_await channel.one(); break;
    default: break;
  }
  try {
    co_await channel.two();
  } catch (const Error& error) {
    note(error);
  }
  const auto both = co_await (channel.one() && channel.two());
  if (co_await channel.ready() || co_await (channel.one())) co_return;
  Pair made = make_pair(co_await channel.one(), first);
  co_await channel.use(Plain());  // made of nothing
  co_await channel.apply([] { return Plain(1); });
  EXPECT_EQ(co_await channel.one(), 1);
  if (size > 3) throw refused(co_await channel.one());
  else use(co_await channel.one());
  std::this_thread::yield();
}

// A default that is a class of the standard library, a call, or nothing that is destroyed.
asio::awaitable<void> defaults(std::function<void(Plain&&)> told = {}, const std::string& name = "a&&b",
                               Steady until = Steady::max(), const bool both = true && false);

asio::awaitable<int> counts(Channel& channel) { co_return twice(co_await channel.one()); }

asio::awaitable<Plain> returns(Channel& channel, bool ready) {
  const auto value = co_await channel.one();
  co_return Plain{ready ? value : 0};
}

class Later {
 public:
  asio::awaitable<void> run() {
    co_await channel_.run();
  }
  [[nodiscard]] asio::awaitable<bool> ready() const { co_return co_await channel_.ready(); }

 private:
  Channel& channel_;
};

void spawn(asio::io_context& io, Channel& channel) {
  auto ended = [&channel](std::exception_ptr error) { channel.end(error); };
  asio::co_spawn(io, channel.run(), ended);
  asio::co_spawn(io, [](Channel& one) -> asio::awaitable<void> { co_await one.run(); }(channel), ended);
  std::vector<Plain> plains{Plain{1}, Plain{2}};  // the word co_await in a comment is no co_await
  log("co_await f([x]{}) ? a : b");
}

}  // namespace attune::net
