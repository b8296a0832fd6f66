// The control socket, with a node on a thread of its own and clients that block, as the commands do.
#include "node/control.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <asio/local/stream_protocol.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>
#include <future>
#include <thread>

#include "node/homes.h"
#include "node/spawn.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

using api::v1::Request;
using api::v1::Response;

const auto kNobody = [](const Response&) {};

class Control : public ::testing::Test {
 protected:
  Control() {
    node = std::make_unique<node::Node>(io, bare_home(folder.at("home"), drawn_person(), clock), log, [] {});
    paths = std::make_unique<node::HomePaths>(folder.at("home"));
    server = std::make_unique<node::ControlServer>(io, *paths, node->home().files(), node->service(), log);
    node::spawn(io, server->run(), log);
    thread = std::thread{[this] { io.run(); }};
  }
  ~Control() override {
    asio::post(io, [this] {
      server->stop();
      node->service().stop_watching();
    });
    thread.join();
  }

  // A client that writes what it likes.
  struct Raw {
    explicit Raw(const std::string& path) : socket{io} { socket.connect(asio::local::stream_protocol::endpoint{path}); }
    void write(std::string_view bytes) { asio::write(socket, asio::buffer(bytes.data(), bytes.size())); }
    void frame(std::string_view body) {
      const auto size = be32(static_cast<std::uint32_t>(body.size()));
      asio::write(socket, asio::buffer(size));
      write(body);
    }
    // All that comes until the other side closes.
    std::string rest() {
      std::string all;
      asio::error_code end;
      asio::read(socket, asio::dynamic_buffer(all), end);
      return all;
    }
    asio::io_context io;
    asio::local::stream_protocol::socket socket;
  };
  Raw raw() { return Raw{paths->control}; }

  Response call(const Request& request) {
    auto client = node::connect_control(*paths);
    if (!client) throw std::logic_error{"nobody listens"};
    return client->call(request, kNobody);
  }
  void expect_answers() {
    Request request;
    request.mutable_status();
    EXPECT_EQ(call(request).status().name(), "Ada");
  }

  Folder folder;
  ManualClock clock;
  node::Log log{clock};
  asio::io_context io{1};
  std::unique_ptr<node::Node> node;
  std::unique_ptr<node::HomePaths> paths;
  std::unique_ptr<node::ControlServer> server;
  std::thread thread;
};

TEST_F(Control, NobodyElseMayReachIt) {
  struct stat facts{};
  ASSERT_EQ(::stat(paths->control.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
  EXPECT_TRUE(S_ISSOCK(facts.st_mode));
  ASSERT_EQ(::stat(paths->runtime.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0700U);
}

TEST_F(Control, RequestsAndErrorsCrossIt) {
  expect_answers();
  Request request;
  request.mutable_write()->set_text("over the socket");
  EXPECT_EQ(call(request).write().id().size(), 32U);
  request.mutable_show()->set_id("0123456789abcdef");
  EXPECT_ERROR(Errc::not_found, call(request));
  Request list;
  list.mutable_list();
  EXPECT_EQ(call(list).list().entries_size(), 1);
}

TEST_F(Control, AnEntryOfTheLargestSizeCrossesIt) {
  Request request;
  request.mutable_write()->set_text(std::string(1'000'000, 'x'));
  const std::string id = call(request).write().id();
  Request show;
  show.mutable_show()->set_id(id);
  EXPECT_EQ(call(show).show().body().size(), 1'000'000U);
}

TEST_F(Control, FramesThatAreTooLongOrNoRequestAreClosedWithoutAWord) {
  {
    Raw client = raw();
    client.write("\xff\xff\xff\xff");
    EXPECT_EQ(client.rest(), "");
  }
  {
    Raw client = raw();
    client.write(std::string_view{"\x00\x20\x00\x01", 4});  // 2 MiB and one byte
    EXPECT_EQ(client.rest(), "");
  }
  {
    Raw client = raw();
    client.frame("\xff\xff\xff garbage");
    EXPECT_EQ(client.rest(), "");
  }
  expect_answers();
}

TEST_F(Control, AnEmptyFrameIsARequestForNothing) {
  Raw client = raw();
  client.frame("");
  const std::string answer = client.rest();
  Response response;
  ASSERT_GT(answer.size(), 4U);
  ASSERT_TRUE(response.ParseFromString(answer.substr(4)));
  EXPECT_EQ(response.error().code(), "incompatible");
}

TEST_F(Control, HalfAFrameKeepsNobodyElseWaiting) {
  Raw silent = raw();
  Raw half = raw();
  half.write(std::string_view{"\x00\x00\x10\x00half", 8});
  expect_answers();
  half.socket.shutdown(asio::local::stream_protocol::socket::shutdown_send);
  EXPECT_EQ(half.rest(), "");
  expect_answers();
}

TEST_F(Control, TwoClientsAtOnceAreBothAnswered) {
  Raw one = raw();
  Raw other = raw();
  Request request;
  request.mutable_status();
  const std::string body = request.SerializeAsString();
  other.frame(body);
  one.frame(body);
  EXPECT_GT(one.rest().size(), 4U);
  EXPECT_GT(other.rest().size(), 4U);
}

TEST_F(Control, AWatcherThatVanishesIsForgotten) {
  Request watch;
  watch.mutable_watch();
  {
    Raw client = raw();
    client.frame(watch.SerializeAsString());
    std::array<char, 4> head{};
    asio::read(client.socket, asio::buffer(head));  // "ready" is on its way
  }
  expect_answers();
  Request write;
  write.mutable_write()->set_text("nobody watches");
  EXPECT_EQ(call(write).write().id().size(), 32U);
}

TEST_F(Control, AWatcherEndsWhenTheNodeDoes) {
  Request watch;
  watch.mutable_watch();
  auto client = node::connect_control(*paths);
  std::promise<void> ready;
  auto ended = std::async(std::launch::async, [&] {
    return client->call(watch, [&](const Response& event) {
      if (event.event().event() == "ready") ready.set_value();
    });
  });
  ready.get_future().wait();
  asio::post(io, [this] { node->service().stop_watching(); });
  EXPECT_TRUE(ended.get().done());
}

TEST_F(Control, OnlyOneNodeAnswersForAHome) {
  asio::io_context second;
  PosixFiles files;
  EXPECT_ERROR(Errc::exists, node::ControlServer(second, *paths, files, node->service(), log));
  expect_answers();
}

TEST(ControlSocket, LeftBehindByANodeThatWasKilledIsReplaced) {
  const Folder folder;
  const ManualClock clock;
  const node::Log log{clock};
  asio::io_context io{1};
  node::Node node{io, bare_home(folder.at("home"), drawn_person(), clock), log, [] {}};
  const node::HomePaths paths{folder.at("home")};
  PosixFiles files;
  files.make_directory(paths.runtime);
  {
    asio::local::stream_protocol::acceptor dead{io, asio::local::stream_protocol::endpoint{paths.control}};
  }
  EXPECT_EQ(node::connect_control(paths), nullptr);
  {
    node::ControlServer server{io, paths, files, node.service(), log};
    EXPECT_NE(node::connect_control(paths), nullptr);
  }
  EXPECT_EQ(node::connect_control(paths), nullptr);
  EXPECT_FALSE(files.facts(paths.control));
}

TEST(ControlSocket, HomesMayBeDeeperThanASocketsAddressIsLong) {
  const Folder folder;
  const ManualClock clock;
  const node::Log log{clock};
  const std::string deep = folder.at(std::string(100, 'a') + "/" + std::string(100, 'b'));
  std::filesystem::create_directories(deep);
  asio::io_context io{1};
  node::Node node{io, bare_home(deep + "/home", drawn_person(), clock), log, [] {}};
  const node::HomePaths paths{deep + "/home"};
  PosixFiles files;
  node::ControlServer server{io, paths, files, node.service(), log};
  EXPECT_NE(node::connect_control(paths), nullptr);
}

TEST(ControlSocket, AFolderThatOthersMayReadIsRefused) {
  const Folder folder;
  const ManualClock clock;
  const node::Log log{clock};
  asio::io_context io{1};
  node::Node node{io, bare_home(folder.at("home"), drawn_person(), clock), log, [] {}};
  const node::HomePaths paths{folder.at("home")};
  PosixFiles files;
  files.make_directory(paths.runtime);
  std::filesystem::permissions(paths.runtime, std::filesystem::perms{0755});
  EXPECT_ERROR(Errc::refused, node::ControlServer(io, paths, files, node.service(), log));
}

}  // namespace
}  // namespace attune::test
