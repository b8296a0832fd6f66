#include "node/client.h"

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include "core/error.h"
#include "node/control.h"
#include "node/node.h"
#include "node/present.h"
#include "node/setup.h"

namespace attune::node {
namespace {

constexpr std::chrono::seconds kPatience{10};

class InProcess final : public Client {
 public:
  InProcess(const std::string& home, BytesView passphrase)
      : log_{clock_},
        node_{std::make_unique<Node>(context_, std::make_unique<Home>(home, passphrase, kPatience, clock_), log_,
                                     std::function<void()>{})} {
    Service::WithoutNode without;
    without.stay = [this] {
      NodeOptions quiet;
      quiet.discovery = false;
      static_cast<void>(node_->stay(quiet));
    };
    without.open = [this] { return node_->open(); };
    without.close = [this] { return node_->finish(); };
    node_->service().set_in_process(std::move(without));
  }

  api::v1::Response call(const api::v1::Request& request,
                         const std::function<void(const api::v1::Response&)>& on_event) override {
    Call call{context_, on_event};
    return answered(request, call);
  }
  api::v1::Response call_with(const api::v1::Request& request, const crypto::SecretBytes& secret,
                              const std::function<void(const api::v1::Response&)>& on_event) override {
    Call call{context_, on_event};
    call.carry(secret.clone());
    return answered(request, call);
  }
  [[nodiscard]] bool node_runs() const override { return false; }

 private:
  api::v1::Response answered(const api::v1::Request& request, Call& call) {
    api::v1::Response last;
    std::exception_ptr fault;
    bool done = false;
    asio::co_spawn(context_, node_->service().answer(request, call),
                   [&](std::exception_ptr error, api::v1::Response response) {
                     fault = error;
                     last = std::move(response);
                     done = true;
                   });
    context_.restart();
    while (!done && context_.run_one() > 0) {
    }
    if (fault) std::rethrow_exception(fault);
    if (last.has_error()) throw error_of(last.error());
    return last;
  }

  SystemClock clock_;
  Log log_;
  asio::io_context context_{1};
  std::unique_ptr<Node> node_;
};

}  // namespace

std::unique_ptr<Client> connect_to_node(const std::string& home) {
  if (!home_exists(home)) throw Error{Errc::no_home, "there is no journal in " + home};
  return connect_control(HomePaths{home});
}

std::unique_ptr<Client> open_in_process(const std::string& home, BytesView passphrase) {
  return std::make_unique<InProcess>(home, passphrase);
}

}  // namespace attune::node
