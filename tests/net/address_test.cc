#include <gtest/gtest.h>

#include "net/address.h"

#include <algorithm>
#include <asio/ip/address.hpp>

#include "core/error.h"
#include "net/interfaces.h"
#include "net/loopback.h"
#include "support/error_matcher.h"
#include "support/needs.h"

namespace attune::net {
namespace {

TEST(Address, IsAHostAndAPort) {
  EXPECT_EQ(host_port("192.168.1.7:7000").host, "192.168.1.7");
  EXPECT_EQ(host_port("192.168.1.7:7000").port, 7000);
  EXPECT_EQ(host_port("[::1]:7000").host, "::1");
  EXPECT_EQ(host_port("[fe80::1%2]:1").host, "fe80::1%2");
  EXPECT_EQ(host_port("laptop.local:65535").port, 65535);
  EXPECT_EQ(host_port(":0").host, "");
  EXPECT_EQ(host_port(":0").port, 0);
}

TEST(Address, IsRefusedWhereItSaysSomethingElse) {
  for (const std::string_view text :
       {"",        "host",     "host:", "host:x",    "host:65536", "host:-1",     "host: 1",
        "host:1 ", "::1:7000", "[::1]", "[::1:7000", "::1]:7000",  "[host]:7000", "[1.2.3.4]:1",
        "a b:1",   "a\n:1",    "a/b:1", "[]:1",      "host:+1",    "user@host:1"}) {
    EXPECT_ERROR(Errc::usage, host_port(text));
  }
  EXPECT_ERROR(Errc::usage, host_port(std::string(300, 'a') + ":1"));
}

TEST(Address, IsShownAsItIsTyped) {
  EXPECT_EQ(to_string(Tcp::endpoint{asio::ip::make_address("192.168.1.7"), 7000}), "192.168.1.7:7000");
  EXPECT_EQ(to_string(Tcp::endpoint{asio::ip::make_address("::1"), 7000}), "[::1]:7000");
  EXPECT_EQ(to_string(Tcp::endpoint{asio::ip::make_address("::ffff:10.0.0.1"), 1}), "10.0.0.1:1");
}

TEST(Address, IsNearOnlyWherePrivateLinkLocalOrLoopback) {
  for (const char* text :
       {"10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.3.4", "127.0.0.1",
        "127.9.9.9", "::1", "fe80::1", "febf::1", "fc00::1", "fdff::1", "::ffff:192.168.1.1"}) {
    EXPECT_TRUE(near(asio::ip::make_address(text))) << text;
  }
  for (const char* text :
       {"9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.1.1", "192.169.0.0", "8.8.8.8", "0.0.0.0",
        "255.255.255.255", "::", "2001:db8::1", "fec0::1", "fe00::1", "ff02::1", "::ffff:8.8.8.8"}) {
    EXPECT_FALSE(near(asio::ip::make_address(text))) << text;
  }
}

asio::awaitable<std::string> dialled(HostPort to) {
  const std::chrono::seconds patience{5};
  const auto socket = co_await dial(std::move(to), patience);
  co_return to_string(socket.remote_endpoint());
}

void expect_reached(const char* host) {
  asio::io_context io;
  const Tcp::acceptor acceptor{io, Tcp::endpoint{asio::ip::make_address(host), 0}};
  auto reached = test::spawn(io, dialled(HostPort{host, acceptor.local_endpoint().port()}));
  io.run();
  EXPECT_EQ(reached.get(), to_string(acceptor.local_endpoint()));
}

TEST(Dial, ReachesAnIpv4Address) { expect_reached("127.0.0.1"); }

TEST(Dial, ReachesAnIpv6Address) {
  const asio::ip::address loopback = asio::ip::address_v6::loopback();
  const auto is_it = [&](const LocalAddress& local) { return local.address == loopback; };
  if (std::ranges::none_of(local_addresses(), is_it)) ATTUNE_NOT_RUN("there is no ::1 here");
  expect_reached("::1");
}

TEST(Dial, SaysWhereNobodyListens) {
  asio::io_context io;
  std::uint16_t port = 0;
  {
    Tcp::acceptor gone{io, Tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
    port = gone.local_endpoint().port();
  }
  auto reached = test::spawn(io, dialled(HostPort{"127.0.0.1", port}));
  io.run();
  EXPECT_ERROR(Errc::unreachable, reached.get());
}

TEST(Dial, WantsAHostAndAPort) {
  asio::io_context io;
  auto no_host = test::spawn(io, dialled(HostPort{"", 7000}));
  auto no_port = test::spawn(io, dialled(HostPort{"127.0.0.1", 0}));
  io.run();
  EXPECT_ERROR(Errc::usage, no_host.get());
  EXPECT_ERROR(Errc::usage, no_port.get());
}

}  // namespace
}  // namespace attune::net
