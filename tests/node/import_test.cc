// The import request: one batch, nothing twice, nothing at all where anything is wrong.
#include <gmock/gmock.h>

#include "node/homes.h"

namespace attune::test {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class ImportRequests : public ::testing::Test {
 protected:
  ImportRequests() : node{io, bare_home(folder.at("home"), drawn_person(), clock), log, {}} {}
  static void add(api::v1::Request& request, const std::string& text, double at_ms) {
    auto& entry = *request.mutable_import()->add_entries();
    entry.set_text(text);
    entry.set_at_ms(at_ms);
  }
  Folder folder;
  ManualClock clock;
  asio::io_context io{1};
  node::Log log{clock};
  node::Node node;
};

TEST_F(ImportRequests, WhatTheJournalHoldsAlreadyIsNotStoredAgain) {
  api::v1::Request request;
  add(request, "a", 1000);
  add(request, "b", 1000);
  add(request, "a", 2000);
  add(request, "a", 1000);
  auto answer = ask(io, node, request).import();
  EXPECT_EQ(answer.entries(), 3U);
  EXPECT_EQ(answer.known(), 1U);
  add(request, "c", 3000);
  answer = ask(io, node, request).import();
  EXPECT_EQ(answer.entries(), 1U);
  EXPECT_EQ(answer.known(), 4U);
  EXPECT_THAT(bodies(node.home()), UnorderedElementsAre("a", "b", "a", "c"));
}

TEST_F(ImportRequests, OneThatIsWrongLetsNoneIn) {
  for (const double at : {-1.0, 1e30}) {
    api::v1::Request request;
    add(request, "a", 1000);
    add(request, "b", at);
    EXPECT_EQ(ask(io, node, request).error().code(), "usage");
  }
  api::v1::Request request;
  add(request, "a", 1000);
  add(request, std::string((1U << 20U) + 1, 'x'), 1000);
  EXPECT_EQ(ask(io, node, request).error().code(), "usage");
  request.mutable_import()->mutable_entries()->RemoveLast();
  request.mutable_import()->set_shared(true);
  EXPECT_EQ(ask(io, node, request).error().code(), "not_paired");
  EXPECT_THAT(bodies(node.home()), IsEmpty());
}

TEST_F(ImportRequests, NothingIsNoFault) {
  api::v1::Request request;
  request.mutable_import();
  EXPECT_EQ(ask(io, node, request).import().entries(), 0U);
}

}  // namespace
}  // namespace attune::test
