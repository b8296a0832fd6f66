// A person leaves, and this node's heads cannot be written any more: what is committed is done all the same.
#include <gmock/gmock.h>

#include <filesystem>

#include "node/linked.h"
#include "node/pairing_state.h"
#include "node/peers.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

using ::testing::IsEmpty;

// The two are linked. Ada's heads are due with her next commit, and nobody can write where they would be written.
class LeavesWithoutHeads : public Linked {
 protected:
  void SetUp() override {
    Linked::SetUp();
    dial(*ada, *ben);
    run_until(io, [this] { return linked() && !node::remembered_peers(book()).empty(); });
    std::filesystem::create_directory(folder.at("ada/heads.new"));
    clock.advance(std::chrono::seconds{60});
  }
  book::Book& book() { return ada->node.home().book(); }
  Response left(bool tell) {
    Request request;
    request.mutable_leave()->set_tell(tell);
    return ask(io, ada->node, request);
  }
  void expect_left(const Response& response) {
    EXPECT_FALSE(response.has_error()) << response.error().message();
    EXPECT_EQ(response.leave().left(), "Partner");
    EXPECT_FALSE(book().pairing());
    EXPECT_THAT(node::remembered_peers(book()), IsEmpty());
    EXPECT_ERROR(Errc::disk, write(ada->node.home(), "afterwards"));  // the heads were due, and failed
  }
};

TEST_F(LeavesWithoutHeads, ThePartnerHearsIt) {
  const Response response = left(true);
  expect_left(response);
  EXPECT_TRUE(response.leave().told());
  EXPECT_TRUE(node::partner_left(ben->node.home().book()));
}

TEST_F(LeavesWithoutHeads, NothingOfThePartnerIsKept) {
  const Response response = left(false);
  expect_left(response);
  EXPECT_FALSE(response.leave().told());
  EXPECT_FALSE(node::partner_left(ben->node.home().book()));
  run_until(io, [this] { return ada->node.links().linked() == 0; });
}

}  // namespace
}  // namespace attune::test
