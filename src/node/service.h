// The API: one Request in, Responses out (proto/attune/api.proto). The same for a command that opened the home itself
// and for one that talks to a running node. One of the three places that catch Errors: they become a Response. Errors
// of bad input change nothing.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "attune/api.pb.h"
#include "book/agreements.h"
#include "core/zone.h"
#include "crypto/secret.h"
#include "journal/acts.h"
#include "node/discovery.h"
#include "node/home.h"
#include "node/idleness.h"
#include "node/links.h"
#include "node/log.h"

namespace attune::node {

// One request under way. Whoever asked may go away: then cancel() ends what waits (watch, pair).
class Call {
 public:
  Call(asio::io_context& context, std::function<void(const api::v1::Response&)> emit)
      : emit_{std::move(emit)}, gone_{context, asio::steady_timer::time_point::max()} {}
  void emit(const api::v1::Response& response) { emit_(response); }
  void cancel() {
    cancelled_ = true;
    gone_.cancel();
    if (on_cancel_) on_cancel_();
  }
  void on_cancel(std::function<void()> then) { on_cancel_ = std::move(then); }
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }
  // A secret that came beside the request.
  void carry(crypto::SecretBytes secret) { secret_ = std::move(secret); }
  [[nodiscard]] crypto::SecretBytes take_secret() { return std::move(secret_); }
  asio::awaitable<void> until_cancelled();

 private:
  std::function<void(const api::v1::Response&)> emit_;
  std::function<void()> on_cancel_;
  crypto::SecretBytes secret_;
  asio::steady_timer gone_;
  bool cancelled_ = false;
};

class Presenter;
class Showing;

class Service {
 public:
  // `stop` is called for a StopRequest; empty where no node runs. Borrowed things outlive the service.
  Service(asio::io_context& context, Home& home, Links& links, Discovery& discovery, const Log& log,
          std::function<void()> stop);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // Answers with the last response; `done` is set in it. `call` is awaited by the caller.
  asio::awaitable<api::v1::Response> answer(api::v1::Request request, Call& call);

  void set_listening(std::string at) { listening_ = std::move(at); }                 // HOST:PORT of the running node
  [[nodiscard]] std::chrono::milliseconds idle() const { return idleness_.idle(); }  // since the last request
  void stay_quiet() noexcept { quiet_ = true; }  // this node was started without discovery: nor does a pairing send
  void stop_watching();                          // ends every watch
  // What a command without a node does by itself where a running one would be there already.
  struct WithoutNode {
    std::function<void()> stay;                    // listen and dial, for `watch`
    std::function<bool()> open;                    // listen and look for others, for `sync`; false: it cannot
    std::function<asio::awaitable<void>()> close;  // ends it
  };
  void set_in_process(WithoutNode without_node) { without_node_ = std::move(without_node); }

 private:
  using Response = api::v1::Response;
  asio::awaitable<Response> answered(api::v1::Request request, Call& call);  // errors too
  asio::awaitable<Response> dispatch(api::v1::Request request, Call& call);
  Response answered_at_once(const api::v1::Request& request, Call& call);  // what waits for nobody
  Response stop();

  // service_entries.cc
  Response write(const api::v1::WriteRequest& request);
  Response share(const api::v1::ShareRequest& request);
  Response edit(const api::v1::EditRequest& request);
  Response erase(const api::v1::EraseRequest& request);
  Response respond(const api::v1::RespondRequest& request);
  Response list(const api::v1::ListRequest& request);
  Response show(const api::v1::ShowRequest& request);
  Response search(const api::v1::SearchRequest& request);

  // service_agreement.cc
  struct Days {  // on the asker's wall, both included
    journal::Day first, last;
  };
  Response agreement(const api::v1::AgreementRequest& request);
  Response agreement_propose(const api::v1::AgreementRequest::Propose& wanted);
  Response agreement_amend(const api::v1::AgreementRequest::Amend& wanted);
  Response agreement_list(const api::v1::AgreementRequest& request);
  Response agreement_show(const api::v1::AgreementRequest& request);
  Response agreement_mark(const api::v1::AgreementRequest& request);
  Response agreement_due(const api::v1::AgreementRequest& request);
  void tell_agreement(const ObjectId& id, const Presenter& people);  // to those who watch
  void add_due(const std::vector<book::AgreementHere>& agreements, const Zone& wall, Days days,
               api::v1::OccurrenceList& out);

  // service_today.cc
  Response today(const api::v1::TodayRequest& request);

  // service_checkin.cc
  Response checkin(const api::v1::CheckInRequest& request);
  void check_in_changed(const ObjectId& id);  // tells those who watch

  // service_trends.cc
  Response trends(const api::v1::TrendsRequest& request);

  // service_boundary.cc
  Response boundary(const api::v1::BoundaryRequest& request);
  Response list_boundaries(const api::v1::BoundaryRequest& request);
  Response show_boundary(const api::v1::BoundaryRequest& request);
  void tell_boundary(const ObjectId& id, const Presenter& people);  // to those who watch

  // service_pause.cc
  Response pause(const api::v1::PauseRequest& request);
  Response resume();
  void tell_pause(const ObjectId& id, const Presenter& people);  // to those who watch

  // service_import.cc
  Response import_entries(const api::v1::ImportRequest& request);

  // service_state.cc
  Response status(const api::v1::StatusRequest& request);
  Response backup_create(const api::v1::BackupCreateRequest& request, Call& call);
  Response doctor();
  Response config(const api::v1::ConfigRequest& request);
  void changed(const book::Change& change);
  asio::awaitable<Response> watch(Call& call);

  // service_devices.cc
  Response device_list();
  asio::awaitable<Response> device_revoke(api::v1::DeviceRevokeRequest request, Call& call);
  Response self_keys();
  asio::awaitable<Response> keep_keys(api::v1::KeepKeysRequest request, Call& call);

  // service_peers.cc
  asio::awaitable<Response> sync(api::v1::SyncRequest request, Call& call);
  asio::awaitable<Response> pair(api::v1::PairRequest request, Call& call);
  asio::awaitable<Response> pair_showing(net::HostPort listen, bool discovery, Call& call);
  asio::awaitable<Response> pair_joining(crypto::SecretBytes code, std::vector<net::HostPort> peers, Call& call);
  asio::awaitable<void> first_session(net::HostPort to);
  [[nodiscard]] bool may_look(bool no_discovery) const;
  asio::awaitable<SyncOutcome> sync_searching(Call& call, SyncLimits limits);
  [[nodiscard]] bool nobody_known();
  void leave_out_who_left(std::vector<net::HostPort>& named);  // throws Errc::not_paired where nobody else is named
  [[nodiscard]] Response synced(const SyncOutcome& outcome);

  // service_files.cc
  Response sync_by_file(const api::v1::SyncRequest& request, Call& call);
  Response sync_to_file(const api::v1::SyncRequest& request, Call& call);
  Response sync_from_file(const api::v1::SyncRequest& request, Call& call);

  // service_network.cc
  asio::awaitable<Response> network_check(api::v1::NetworkCheckRequest request, Call& call);

  // service_leave.cc
  asio::awaitable<Response> leave(api::v1::LeaveRequest request);
  void partner_left();

  asio::io_context& context_;
  Home& home_;
  Links& links_;
  Discovery& discovery_;
  const Log& log_;
  std::function<void()> stop_;
  WithoutNode without_node_;
  std::string listening_;
  std::list<Call*> watchers_;
  Idleness idleness_;
  // Alive while one is under way.
  std::weak_ptr<const void> pairing_, checking_;
  std::weak_ptr<Showing> showing_;  // three words are on a screen
  bool quiet_ = false;
};

// Tells the one who asked how far a sync is.
[[nodiscard]] Links::Told told_to(Call& call);

}  // namespace attune::node
