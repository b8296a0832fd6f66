// Every case of what can be observed, and what is said to it.
#include "node/network_findings.h"

#include <gmock/gmock.h>

#include "net/interfaces.h"

namespace attune::node {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Beacons = NetworkObservations::Beacons;
using Listening = NetworkObservations::Listening;

net::LocalAddress local(const char* text, std::uint8_t prefix) {
  net::LocalAddress one;
  one.address = asio::ip::make_address(text);
  one.interface = 2;
  one.prefix = prefix;
  return one;
}

Called called(AttemptEnd end) {
  Called call;
  call.attempt = {{"192.168.7.20", 24000}, false, end};
  call.near = true;
  return call;
}
Called announced(AttemptEnd end) {
  Called call = called(end);
  call.announced = true;
  return call;
}

class NetworkFindings : public ::testing::Test {
 protected:
  NetworkFindings() {
    seen.addresses = {local("192.168.7.10", 24), local("fe80::1", 64)};
    seen.port = 23000;
    for (const char* from : {"192.168.7.10", "fe80::1"})
      seen.echoes.push_back({asio::ip::make_address(from), false, true});
    Party ben;
    ben.name = "Ben";
    seen.parties = {ben};
  }
  Party& ben() { return seen.parties.front(); }
  void heard(std::chrono::milliseconds ahead) { ben().heard = {{false, ahead}, {true, ahead}}; }
  [[nodiscard]] std::vector<std::string> causes() const {
    std::vector<std::string> names;
    for (const Finding& one : network_findings(seen)) names.emplace_back(name_of(one.cause));
    return names;
  }
  [[nodiscard]] std::string first() const { return network_findings(seen).front().text; }

  NetworkObservations seen;
};

TEST_F(NetworkFindings, NothingIsSaidWhereEverybodyIsReached) {
  ben().reached = true;
  ben().calls = {called(AttemptEnd::opened)};
  EXPECT_THAT(causes(), IsEmpty());
  seen.tunnels = {"tun0"};
  seen.beacons = Beacons::off;
  seen.listening = Listening::here;
  ben().clock_ahead = 5min;
  EXPECT_THAT(causes(), IsEmpty());  // it is odd, and keeps nobody apart
  ben().clock_ahead_now = 5min;      // they will not find each other like this tomorrow
  EXPECT_THAT(causes(), ElementsAre("clock"));
}

TEST_F(NetworkFindings, EachEndOfACallHasItsCause) {
  struct Case {
    Called call;
    std::vector<std::string> causes;
  };
  const std::vector<std::string> guesses{"no_answer", "isolation", "multicast"};
  Called elsewhere = called(AttemptEnd::no_answer);
  elsewhere.near = false;
  Called tunnelled = called(AttemptEnd::no_answer);
  tunnelled.tunnel = "tun0";
  Called on = called(AttemptEnd::no_answer);
  on.neighbour = net::Neighbour::answers;
  Called off = called(AttemptEnd::no_answer);
  off.neighbour = net::Neighbour::silent;
  const std::vector<Case> table{
      {called(AttemptEnd::refused), {"no_answer"}},
      {called(AttemptEnd::strange), {"no_answer"}},
      {called(AttemptEnd::unreachable), guesses},
      {called(AttemptEnd::no_answer), guesses},
      {off, guesses},
      {on, {"firewall"}},
      {called(AttemptEnd::forbidden), {"firewall"}},
      {called(AttemptEnd::silent), {"clock", "key", "version"}},
      {called(AttemptEnd::not_believed), {"key"}},
      {elsewhere, {"subnet"}},
      {tunnelled, {"vpn"}},
      {announced(AttemptEnd::refused), {"firewall"}},
      {announced(AttemptEnd::no_answer), {"firewall", "isolation"}},
      {announced(AttemptEnd::unreachable), {"isolation"}},
      {announced(AttemptEnd::not_believed), {"key"}},
  };
  for (std::size_t i = 0; i < table.size(); ++i) {
    ben().calls = {table[i].call};
    ben().heard.clear();
    if (table[i].call.announced) heard(0s);
    EXPECT_EQ(causes(), table[i].causes) << "case " << i;
  }
}

TEST_F(NetworkFindings, SilenceOfANodeWhoseBeaconHasTheRightTimeIsAnotherVersion) {
  ben().calls = {announced(AttemptEnd::silent)};
  heard(89s);
  EXPECT_THAT(causes(), ElementsAre("version"));
}

TEST_F(NetworkFindings, ABeaconOfAnotherTimeTellsTheClockAndByHowMuch) {
  ben().calls = {announced(AttemptEnd::silent)};
  heard(10min);
  EXPECT_THAT(causes(), ElementsAre("clock"));
  EXPECT_THAT(first(), HasSubstr("Ben's computer is 10 minutes ahead of"));
  ben().calls.clear();  // it was too far off to be called
  heard(-3h);
  EXPECT_THAT(causes(), ElementsAre("clock"));
  EXPECT_THAT(first(), HasSubstr("3 hours behind"));
  ben().heard.push_back({false, 0s});  // a recorded one played back changes nothing where a fresh one came
  EXPECT_THAT(causes(), ::testing::Not(::testing::Contains("clock")));
}

TEST_F(NetworkFindings, ARememberedOffsetCountsWhereNothingWasHeard) {
  ben().clock_ahead = -2min;
  ben().calls = {called(AttemptEnd::silent)};
  EXPECT_THAT(causes(), ElementsAre("clock", "key", "version"));
  EXPECT_THAT(first(), HasSubstr("2 minutes behind"));
}

TEST_F(NetworkFindings, NobodyHeardOrRememberedLooksAlikeForManyReasons) {
  EXPECT_THAT(causes(), ElementsAre("no_answer", "isolation", "multicast"));
  seen.tunnels = {"wg0"};
  EXPECT_THAT(causes(), ElementsAre("no_answer", "isolation", "multicast", "vpn"));
}

TEST_F(NetworkFindings, OnlyFoundAtTheOldAddressMeansThatBeaconsAreFiltered) {
  ben().reached = true;
  ben().only_by_address = true;
  EXPECT_THAT(causes(), ElementsAre("multicast"));
}

TEST_F(NetworkFindings, BeaconsOfOneFamilyAloneMeanThatTheOtherIsFiltered) {
  ben().calls = {announced(AttemptEnd::no_answer)};
  ben().heard = {{true, 0s}};
  EXPECT_THAT(causes(), ElementsAre("firewall", "isolation", "multicast"));
  seen.addresses.pop_back();  // without IPv6 of our own there is nothing to compare
  EXPECT_THAT(causes(), ElementsAre("firewall", "isolation"));
}

TEST_F(NetworkFindings, OwnBeaconsThatDoNotComeBackAreAFirewallHere) {
  seen.echoes.front().came_back = false;
  EXPECT_THAT(causes(), ElementsAre("firewall"));
  EXPECT_THAT(first(), HasSubstr("192.168.7.10"));
  ben().reached = true;  // it will keep them apart tomorrow
  EXPECT_THAT(causes(), ElementsAre("firewall"));
  seen.beacons = Beacons::deaf;
  EXPECT_THAT(causes(), IsEmpty());
}

TEST_F(NetworkFindings, WhatThisComputerDoesNotLetOutIsAFirewallHere) {
  seen.echoes.front() = {asio::ip::make_address("192.168.7.10"), true, false};
  EXPECT_THAT(causes(), ElementsAre("firewall"));
  seen.echoes.front() = {asio::ip::make_address("192.168.7.10"), false, true};
  seen.closed = {asio::ip::make_address("192.168.7.10")};
  EXPECT_THAT(causes(), ElementsAre("firewall"));
}

TEST_F(NetworkFindings, ANodeThatCannotBeFoundOrCalledSaysSo) {
  ben().calls = {called(AttemptEnd::refused)};
  seen.listening = Listening::here;
  EXPECT_THAT(causes(), ElementsAre("listening", "no_answer"));
  seen.listening = Listening::nowhere;
  EXPECT_THAT(causes(), ElementsAre("listening", "no_answer"));
  seen.listening = Listening::not_meant;
  EXPECT_THAT(causes(), ElementsAre("no_answer"));
  seen.beacons = Beacons::off;
  EXPECT_THAT(causes(), ElementsAre("discovery", "no_answer"));
  seen.beacons = Beacons::deaf;
  EXPECT_THAT(causes(), ElementsAre("discovery", "no_answer"));
}

TEST_F(NetworkFindings, WithoutANetworkThereIsNothingElseToSay) {
  seen.addresses.clear();
  EXPECT_THAT(causes(), ElementsAre("no_network"));
  seen.tunnels = {"tun0"};
  EXPECT_THAT(causes(), ElementsAre("no_network", "vpn"));
  ben().reached = true;  // on this computer itself
  EXPECT_THAT(causes(), IsEmpty());
}

TEST_F(NetworkFindings, WhoCannotBeCalledAtAllIsSaid) {
  seen.parties.clear();
  EXPECT_THAT(causes(), ElementsAre("nobody"));
  seen.partner_left = true;
  EXPECT_THAT(causes(), ElementsAre("nobody"));
  EXPECT_THAT(first(), HasSubstr("they left"));
  seen.partner_left = false;
  seen.partner_not_asked = true;
  EXPECT_THAT(first(), HasSubstr("does not call"));
}

TEST_F(NetworkFindings, ADeviceThatWasRemovedOrNeedsItsWordsIsToldSo) {
  ben().reached = true;
  seen.words_needed = true;
  EXPECT_THAT(causes(), ElementsAre("key"));
  ben().reached = false;
  seen.removed = true;
  EXPECT_THAT(causes(), ElementsAre("key"));
}

// A partner with several devices shows nothing of them; one's own are named.
TEST_F(NetworkFindings, EachPartyIsToldOfByItself) {
  Party tablet;
  tablet.own = true;
  tablet.name = "tablet";
  tablet.calls = {called(AttemptEnd::refused)};
  ben().calls = {called(AttemptEnd::refused)};
  seen.parties.push_back(tablet);
  EXPECT_THAT(causes(), ElementsAre("no_answer", "no_answer"));
  EXPECT_THAT(network_findings(seen).back().text, HasSubstr("where tablet was last"));
  ben().reached = true;
  EXPECT_THAT(causes(), ElementsAre("no_answer"));
}

TEST_F(NetworkFindings, SeveralAddressesOfOneMakeOneFindingOfACause) {
  ben().calls = {called(AttemptEnd::refused), called(AttemptEnd::refused)};
  EXPECT_THAT(causes(), ElementsAre("no_answer"));
}

TEST_F(NetworkFindings, EveryFindingSaysWhatItIsAndWhatToDoNext) {
  for (int i = 0; i <= static_cast<int>(Cause::key); ++i) EXPECT_FALSE(name_of(static_cast<Cause>(i)).empty());
  ben().calls = {called(AttemptEnd::silent), announced(AttemptEnd::no_answer)};
  seen.tunnels = {"tun0"};
  seen.listening = Listening::here;
  seen.beacons = Beacons::off;
  for (const Finding& one : network_findings(seen)) {
    EXPECT_FALSE(one.text.empty());
    EXPECT_FALSE(one.next.empty());
    EXPECT_EQ(one.text.find('\n'), std::string::npos);
  }
}

TEST(SameNetwork, IsToldByThePrefix) {
  const std::vector<net::LocalAddress> own{local("192.168.7.10", 24), local("10.1.0.1", 20), local("fd00::1", 64)};
  for (const char* text : {"192.168.7.255", "10.1.15.254", "fd00::ffff:1"}) {
    EXPECT_TRUE(net::same_network(own, asio::ip::make_address(text))) << text;
  }
  for (const char* text : {"192.168.8.1", "10.1.16.1", "fd00:0:0:1::1", "fe80::1"}) {
    EXPECT_FALSE(net::same_network(own, asio::ip::make_address(text))) << text;
  }
}

}  // namespace
}  // namespace attune::node
