// A request that takes several commits, and the heads file fails: that is noted once all of it is saved, so that the
// answer is true, and only the next request is refused.
#include <gmock/gmock.h>

#include "book/answers.h"
#include "book/check_ins.h"
#include "crypto/hash.h"
#include "journal/codec.h"
#include "journal/trends.h"
#include "log/chain.h"
#include "node/home_in_memory.h"

namespace attune::test {
namespace {

using api::v1::Request;
using api::v1::Response;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class OneAct : public ::testing::Test {
 protected:
  OneAct() {
    files_.make_directory(kPeople);
    files_.sync_directory("/");
    static_cast<void>(make_home_on(files_));
  }

  std::unique_ptr<node::Home> paired_home() {
    auto home = open_home_on(files_, clock_);
    const identity::CoupleKey key{crypto::random_secret<identity::CoupleKeySecret>(), 0};
    home->book().pair({ben_, "Ben", "able amber apple"}, key);
    return home;
  }
  // As a session would bring it.
  void ben_answers(book::Book& book, const ObjectId& check_in) {
    const log::LogName name{crypto::random_id<LogId>(), ben_, book.pairing()->couple};
    const std::string payload =
        std::string(log::kPayloadRandom, 'r') + journal::encode({clock_.now(), journal::Committed{}});
    const OpId hash = log::payload_hash(check_in, as_bytes(payload));
    const Link link = log::next_link(log::first_link(name), 1, check_in, hash);
    const auto log = book.learn(name, crypto::random_id<DeviceId>());
    book.receive(log, 1, {{check_in, payload, {}}}, link, {}, book::Book::Handed::vouched);
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
    const Response response = ask(io, node, request);
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

  MemoryFiles files_;
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

}  // namespace
}  // namespace attune::test
