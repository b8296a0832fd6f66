// doctor --network: what keeps this device apart from others.
#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "node/network_check.h"
#include "node/service.h"
#include "node/settings.h"

namespace attune::node {
namespace {

void add_checked(const NetworkObservations& seen, api::v1::NetworkCheckResponse& out) {
  for (const net::LocalAddress& one : seen.addresses) {
    out.add_checked(fmt::format("this computer's address {}/{}", one.address.to_string(), one.prefix));
  }
  for (const std::string& name : seen.tunnels) out.add_checked(fmt::format("the tunnel {}", name));
  for (const Echo& echo : seen.echoes) {
    out.add_checked(fmt::format("a beacon from {}: {}", echo.from.to_string(),
                                echo.came_back ? "goes out and comes back" : "does not come back"));
  }
  for (const Party& party : seen.parties) {
    for (const Called& call : party.calls) {
      if (call.announced && !party.own && !party.reached) continue;  // the finding says what is needed of it
      out.add_checked(fmt::format("a call to {} port {}", call.attempt.at.host, call.attempt.at.port));
    }
    if (party.reached) out.add_checked(fmt::format("{}: reached", party.name));
  }
}

// A running node without beacons.
net::Tcp::endpoint listening_endpoint(const std::string& text) {
  net::HostPort at = net::host_port(text);
  std::erase_if(at.host, [](char c) { return c == '[' || c == ']'; });
  return {asio::ip::make_address(at.host), at.port};
}

}  // namespace

asio::awaitable<api::v1::Response> Service::network_check(api::v1::NetworkCheckRequest request, Call& call) {
  if (!checking_.expired()) throw Error{Errc::busy, "a check of the network is under way already"};
  const auto underway = std::make_shared<const char>();  // as for a pairing: it may outlive the service
  checking_ = underway;
  const bool look = !request.no_discovery() && read_settings(home_.book()).discovery && !home_.removed();
  NetworkCheck::Told told = [&call](std::string_view what) {
    api::v1::Response step;
    step.mutable_progress()->set_what(std::string{what});
    call.emit(step);
  };
  NetworkObservations seen;
  std::optional<net::Tcp::endpoint> listener;
  bool opened = false;
  {
    NetworkCheck check{context_, home_, links_, discovery_};
    opened = look && without_node_.open && without_node_.open();
    listener = discovery_.listener();
    if (!listener && !listening_.empty()) listener = listening_endpoint(listening_);
    seen = co_await check.run(listener, std::move(told));
  }
  if (!look && !listener) seen.listening = NetworkObservations::Listening::not_meant;
  if (opened) co_await without_node_.close();
  Response response;
  api::v1::NetworkCheckResponse& out = *response.mutable_network_check();
  for (const Finding& finding : network_findings(seen)) {
    api::v1::NetworkFinding& one = *out.add_findings();
    one.set_cause(std::string{name_of(finding.cause)});
    one.set_text(finding.text);
    one.set_next(finding.next);
  }
  add_checked(seen, out);
  co_return response;
}

}  // namespace attune::node
