#include "node/service.h"

#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

#include "core/error.h"
#include "node/present.h"

namespace attune::node {
namespace {

bool changes_something(const api::v1::AgreementRequest& request) {
  return !request.has_list() && !request.has_show() && !request.has_due();
}
bool changes_something(const api::v1::BoundaryRequest& request) { return !request.has_list() && !request.has_show(); }

// What a device that was removed does not do any more: it would reach nobody.
bool changes_something(const api::v1::Request& request) {
  using api::v1::Request;
  switch (request.command_case()) {
    case Request::kWrite:
    case Request::kShare:
    case Request::kEdit:
    case Request::kErase:
    case Request::kRespond:
    case Request::kPause:
    case Request::kResume:
    case Request::kImport:
    case Request::kSync:
    case Request::kPair:
    case Request::kDeviceRevoke:
    case Request::kKeepKeys: return true;
    case Request::kAgreement: return changes_something(request.agreement());
    case Request::kBoundary: return changes_something(request.boundary());
    default: return false;
  }
}

}  // namespace

asio::awaitable<void> Call::until_cancelled() {
  while (!cancelled_) {
    asio::error_code woken;  // cancelling is how waiting ends
    auto token = asio::redirect_error(asio::use_awaitable, woken);
    co_await gone_.async_wait(token);
  }
}

Service::Service(asio::io_context& context, Home& home, Links& links, Discovery& discovery, const Log& log,
                 std::function<void()> stop)
    : context_{context},
      home_{home},
      links_{links},
      discovery_{discovery},
      log_{log},
      stop_{std::move(stop)},
      idleness_{home.clock()} {
  links_.on_partner_left([this] { partner_left(); });
  home_.book().observe([this](const book::Change& change) { changed(change); });
}

Service::~Service() {
  home_.book().observe({});
  links_.on_partner_left({});
}

asio::awaitable<api::v1::Response> Service::answer(api::v1::Request request, Call& call) {
  if (request.has_watch()) {
    idleness_.asked();
    co_return co_await answered(std::move(request), call);
  }
  idleness_.begin_answer();
  Response response = co_await answered(std::move(request), call);
  idleness_.end_answer();
  co_return response;
}

asio::awaitable<api::v1::Response> Service::answered(api::v1::Request request, Call& call) {
  try {
    Response response = co_await dispatch(std::move(request), call);
    response.set_done(true);
    co_return response;
  } catch (const Error& error) {
    log_.info(std::string{"a request failed: "} + std::string{name_of(error.code())});
    co_return error_response(error);
  }
}

asio::awaitable<api::v1::Response> Service::dispatch(api::v1::Request request, Call& call) {
  using api::v1::Request;
  if (changes_something(request)) home_.need_admitted();
  switch (request.command_case()) {
    case Request::kSync: co_return co_await sync(std::move(*request.mutable_sync()), call);
    case Request::kPair: co_return co_await pair(std::move(*request.mutable_pair()), call);
    case Request::kLeave: co_return co_await leave(std::move(*request.mutable_leave()));
    case Request::kWatch: co_return co_await watch(call);
    case Request::kNetworkCheck: {
      co_return co_await network_check(std::move(*request.mutable_network_check()), call);
    }
    case Request::kDeviceRevoke: co_return co_await device_revoke(std::move(*request.mutable_device_revoke()), call);
    case Request::kKeepKeys: co_return co_await keep_keys(std::move(*request.mutable_keep_keys()), call);
    default: co_return answered_at_once(request, call);
  }
}

api::v1::Response Service::answered_at_once(const api::v1::Request& request, Call& call) {
  using api::v1::Request;
  const Home::OneAct act{home_};
  switch (request.command_case()) {
    case Request::kStatus: return status(request.status());
    case Request::kWrite: return write(request.write());
    case Request::kShare: return share(request.share());
    case Request::kEdit: return edit(request.edit());
    case Request::kErase: return erase(request.erase());
    case Request::kRespond: return respond(request.respond());
    case Request::kList: return list(request.list());
    case Request::kShow: return show(request.show());
    case Request::kSearch: return search(request.search());
    case Request::kBackupCreate: return backup_create(request.backup_create(), call);
    case Request::kDoctor: return doctor();
    case Request::kImport: return import_entries(request.import());
    case Request::kDeviceList: return device_list();
    case Request::kSelfKeys: return self_keys();
    case Request::kConfig: return config(request.config());
    case Request::kStop: return stop();
    case Request::kBoundary: return boundary(request.boundary());
    case Request::kAgreement: return agreement(request.agreement());
    case Request::kCheckin: return checkin(request.checkin());
    case Request::kPause: return pause(request.pause());
    case Request::kResume: return resume();
    case Request::kTrends: return trends(request.trends());
    case Request::kToday: return today(request.today());
    case Request::kSync:
    case Request::kPair:
    case Request::kLeave:
    case Request::kWatch:
    case Request::kNetworkCheck:
    case Request::kDeviceRevoke:
    case Request::kKeepKeys:
    case Request::COMMAND_NOT_SET: break;
  }
  throw Error{Errc::incompatible, "the running node does not know this command"};
}

api::v1::Response Service::stop() {
  Response response;
  response.mutable_stop();
  if (stop_) stop_();
  return response;
}

}  // namespace attune::node
