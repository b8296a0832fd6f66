// A request that takes several commits, and the heads file fails: that is noted once all of it is saved, so that the
// answer is true, and only the next request is refused.
#include <gmock/gmock.h>

#include <map>
#include <utility>

#include "book/answers.h"
#include "book/check_ins.h"
#include "crypto/hash.h"
#include "journal/codec.h"
#include "journal/person.h"
#include "journal/trends.h"
#include "log/chain.h"
#include "node/home_in_memory.h"
#include "node/own_devices.h"
#include "node/words.h"

namespace attune::test {
namespace {

using api::v1::Request;
using api::v1::Response;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class OneAct : public ::testing::Test {
 protected:
  std::unique_ptr<node::Home> paired_home() {
    auto home = open_home_on(files_, clock_);
    const identity::CoupleKey key{crypto::random_secret<identity::CoupleKeySecret>(), 0};
    home->book().pair({ben_, "Ben", "able amber apple"}, key);
    return home;
  }
  // As a session would bring it: the first act in a log of that device.
  void arrives(book::Book& book, const log::LogName& name, const DeviceId& device, const ObjectId& object,
               journal::Act act) {
    const std::string payload = std::string(log::kPayloadRandom, 'r') + journal::encode({clock_.now(), std::move(act)});
    const OpId hash = log::payload_hash(object, as_bytes(payload));
    const Link link = log::next_link(log::first_link(name), 1, object, hash);
    book.receive(book.learn(name, device), 1, {{object, payload, {}}}, link, {}, book::Book::Handed::vouched);
  }
  void ben_answers(book::Book& book, const ObjectId& check_in) {
    const log::LogName name{crypto::random_id<LogId>(), ben_, book.pairing()->couple};
    arrives(book, name, crypto::random_id<DeviceId>(), check_in, journal::Committed{});
  }
  // The heads file is due with that request, and fails in each way it can before it has its name.
  using Look = std::function<void(node::Home& home)>;
  void whichever_fails(const Request& request, const Look& expect_done) {
    const MemoryDisk before = files_.snapshot();
    for (const Change::Kind kind :
         {Change::Kind::create, Change::Kind::append, Change::Kind::sync, Change::Kind::rename}) {
      SCOPED_TRACE(static_cast<int>(kind));
      files_.put_back(before);
      answer_while_failing(kind, request, expect_done);
      files_.restart({PowerCut::Data::dropped, PowerCut::Names::dropped});
      const auto home = open_home_on(files_, clock_);
      EXPECT_THAT(home->notes(), IsEmpty());
      EXPECT_THAT(home->book().verify().problems, IsEmpty());
      expect_done(*home);
      write(*home, "afterwards");
    }
  }
  void answer_while_failing(Change::Kind kind, const Request& request, const Look& expect_done) {
    asio::io_context io{1};
    node::Node node{io, open_home_on(files_, clock_), log_, [] {}};
    clock_.advance(std::chrono::seconds{61});
    files_.fail_next(kind, "/heads");
    const Response response = ask(io, node, request, nullptr, secret_);
    ASSERT_TRUE(files_.fault()) << "the heads file was not written";
    EXPECT_FALSE(response.has_error()) << response.error().message();
    expect_done(node.home());
    Request next;
    next.mutable_write()->set_text("one more");
    const Response refused = ask(io, node, next);
    EXPECT_EQ(refused.error().code(), name_of(Errc::disk));
    EXPECT_THAT(refused.error().message(), HasSubstr("since an earlier fault"));
    EXPECT_EQ(files_.written_since_fault(), 0U);
  }

  crypto::Entropy made() {
    files_.make_directory(kPeople);
    files_.sync_directory("/");
    return make_home_on(files_);
  }

  MemoryFiles files_;
  crypto::Entropy words_ = made();
  crypto::SecretBytes secret_;  // goes beside the request
  ManualClock clock_;
  node::Log log_{clock_};
  RootId ben_ = drawn_person().id;
};

TEST_F(OneAct, AnEraseIsWholeWhereItWasAnswered) {
  const ObjectId id = write(*paired_home(), "words", true);
  Request erase;
  erase.mutable_erase()->set_id(crypto::printed_id(id).hex());
  whichever_fails(erase, [&](node::Home& home) {
    EXPECT_TRUE(home.book().entry(id).erased);
    EXPECT_FALSE(home.book().erasures_waiting());
  });
}

TEST_F(OneAct, AnEditOfWhatIsSharedIsWholeWhereItWasAnswered) {
  const ObjectId id = write(*paired_home(), "words", true);
  Request edit;
  edit.mutable_edit()->set_id(crypto::printed_id(id).hex());
  edit.mutable_edit()->set_text("other words");
  whichever_fails(edit, [&](node::Home& home) {
    EXPECT_EQ(home.book().entry(id).current->content.body, "other words");
    EXPECT_FALSE(home.book().erasures_waiting());
  });
}

TEST_F(OneAct, ACheckInIsAnsweredAndOpenedWhereThatWasTheAnswer) {
  ObjectId id;
  {
    const auto home = paired_home();
    const CoupleId couple = home->book().pairing()->couple;
    id = book::check_in_object(couple, journal::day_on_wall(clock_.now(), std::chrono::minutes{0}));
    ben_answers(home->book(), id);
  }
  Request checkin;
  checkin.mutable_checkin()->mutable_answer()->set_text("words");
  whichever_fails(checkin,
                  [&](node::Home& home) { EXPECT_TRUE(book::check_in(home.book().shelf(), id).value().mine.opened); });
}

// Ada's laptop, to which other devices of hers have come.
class OneActOfDevices : public OneAct {
 protected:
  // Nobody but that device says what it is called.
  void comes(node::Home& home, const std::string& name) {
    const identity::Root ada = identity::root_from(words_);
    const auto device = crypto::random_id<DeviceId>();
    home.people().add(ada.id, {identity::sign_statement(ada.signing, identity::Admit{device, 1}).wire});
    arrives(home.book(), {crypto::random_id<LogId>(), ada.id, {}}, device, journal::profile_object(ada.id),
            journal::DeviceNamed{device, name, clock_.now()});
  }
  // Signed as planned. It cuts off all that other devices say from now on.
  Request removal_of(const std::string& name) {
    Request plan;
    plan.mutable_device_revoke()->set_name(name);
    plan.mutable_device_revoke()->set_since_ms(static_cast<double>(clock_.now().time_since_epoch().count()));
    plan.mutable_device_revoke()->set_no_discovery(true);
    asio::io_context io{1};
    node::Node node{io, open_home_on(files_, clock_), log_, [] {}};
    const Response planned = ask(io, node, plan);
    EXPECT_FALSE(planned.has_error()) << planned.error().message();
    node::SignedRevoke made = node::sign_revoke(planned.device_revoke(), words_);
    secret_ = std::move(made.keys);
    Request keep;
    for (const std::string& statement : made.statements) keep.mutable_keep_keys()->add_statements(statement);
    return keep;
  }
  static std::map<std::string, bool> admitted(node::Home& home) {
    std::map<std::string, bool> by_name;
    for (const node::OwnDevice& device : node::own_devices(home)) by_name.emplace(device.name, device.admitted);
    return by_name;
  }
};

// Both names go with what is cut off, and the laptop says each of them again: that takes two commits.
TEST_F(OneActOfDevices, ARemovalIsInForceWhereItWasAnswered) {
  {
    const auto home = open_home_on(files_, clock_);
    comes(*home, "phone");
    comes(*home, "tablet");
    EXPECT_THAT(admitted(*home), ElementsAre(Pair("laptop", true), Pair("phone", true), Pair("tablet", true)));
  }
  whichever_fails(removal_of("phone"), [](node::Home& home) {
    EXPECT_THAT(admitted(home), ElementsAre(Pair("laptop", true), Pair("phone", false), Pair("tablet", true)));
    EXPECT_FALSE(home.keyring().lacks_newest());
    for (const log::Held& held : home.book().logs().all()) {
      EXPECT_TRUE(held.mine || home.book().standing(held.number) == 0) << "a name was not cut off";
    }
  });
}

}  // namespace
}  // namespace attune::test
