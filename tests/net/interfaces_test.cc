#include "net/interfaces.h"

#include <gtest/gtest.h>

namespace attune::net {
namespace {

TEST(Interfaces, AnAddressOfThisMachineIsOneOfAnInterfaceThatIsUp) {
  for (const char* loopback : {"127.0.0.1", "127.0.0.2", "::1"}) {
    EXPECT_TRUE(is_local(asio::ip::make_address(loopback))) << loopback;
  }
  for (const LocalAddress& local : local_addresses()) EXPECT_TRUE(is_local(local.address)) << local.address;
  for (const char* elsewhere : {"203.0.113.7", "2001:db8::7", "0.0.0.0", "::"}) {  // for documents, nobody's
    EXPECT_FALSE(is_local(asio::ip::make_address(elsewhere))) << elsewhere;
  }
}

}  // namespace
}  // namespace attune::net
