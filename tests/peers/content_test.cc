// Cases 59 to 64 of the 64: what a hostile device writes.
#include <attune/journal.pb.h>
#include <google/protobuf/stubs/logging.h>

#include "book/responses.h"
#include "core/text.h"
#include "core/utf8.h"
#include "peers/hostile_peer.h"

namespace attune::test {
namespace {

using ::testing::Contains;
using ::testing::UnorderedElementsAre;

journal::v1::Op entry_with(const std::string& body) {
  journal::v1::Op op;
  op.set_time(1'790'000'000'000);
  op.mutable_entry()->set_kind(journal::v1::ENTRY_KIND_NOTE);
  op.mutable_entry()->set_body(body);
  return op;
}
std::string payload_with(const journal::v1::Op& op) {
  return std::string(kRandom, 'r') + op.SerializePartialAsString();
}

// Kept as it was written, and shown harmlessly; what is shown goes through the same function everywhere.
TEST_F(HostilePeer, Case59ControlAndBidirectionalText) {
  const std::string evil = "\x1b[2J\x1b]0;owned\x07\r\u202Egnp.\u2066 \u200b\x7f\u0085" + std::string(1, '\0') + "end";
  Forged log = log_of_ben();
  log.add(payload_with(entry_with(evil)));
  bring(log);
  EXPECT_THAT(ada.bodies(), Contains(evil));
  const std::string shown = harmless(evil);
  EXPECT_TRUE(valid_utf8(shown));
  for (const char* bad : {"\x1b", "\x07", "\r", "\u202E", "\u2066", "\x7f"}) {
    EXPECT_EQ(shown.find(bad), std::string::npos);
  }
  EXPECT_TRUE(std::ranges::none_of(shown, [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
  expect_that_the_session_goes_on();
}

TEST_F(HostilePeer, Case60TextThatIsNotUtf8) {
  const google::protobuf::LogSilencer silent;  // as the program is
  std::vector<journal::v1::Op> ops;
  for (const char* bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "cut \xe2\x82"}) {
    ops.push_back(entry_with(bad));
    ops.push_back(entry_with("good"));
    ops.back().mutable_entry()->set_title(bad);
    ops.push_back(entry_with("good"));
    ops.back().mutable_entry()->add_tags(bad);
    ops.emplace_back().mutable_response()->set_kind(journal::v1::RESPONSE_KIND_COMFORT);
    ops.back().mutable_response()->set_text(bad);
    ops.emplace_back().mutable_boundary_stated()->set_text(bad);
    ops.emplace_back().mutable_proposed()->set_text(bad);
    ops.emplace_back().mutable_paused()->set_text(bad);
    ops.emplace_back().mutable_profile()->set_name(bad);
  }
  for (const journal::v1::Op& op : ops) {
    Forged log = log_of_ben();
    log.add(payload_with(op));
    begin_with(log);
    expect_end(log.batch(1, 1));
  }
}

TEST_F(HostilePeer, Case61AMebibyteOfCombiningMarks) {
  std::string marks = "a";
  while (marks.size() + 2 <= (1U << 20U)) marks += "\u0301";
  Forged log = log_of_ben();
  log.add(payload_with(entry_with(marks)));
  bring(log);
  EXPECT_EQ(ada.book().entries(), 4U);
  EXPECT_LT(harmless(marks).size(), 32U);
  EXPECT_LE(display_width(marks), 1);
  EXPECT_FALSE(contains_all_folded(marks, {folded("needle")}));
  expect_that_the_session_goes_on();
}

// There are no attachments, and no file is ever named after what somebody else wrote.
TEST_F(HostilePeer, Case62TextThatIsAPath) {
  const auto files = [this] {
    std::vector<std::string> names;
    for (const std::string at : {".", "/", "store"}) {
      for (const std::string& name : ada.files().children(at)) {
        if (name.find_first_of("0123456789") == std::string::npos) names.push_back(at + "/" + name);
      }
    }
    return names;
  };
  const auto then = files();
  Forged log = log_of_ben();
  for (const std::string& path :
       {std::string{"../../etc/passwd"}, std::string{"/etc/cron.d/x"}, std::string{"store/CURRENT"},
        std::string{"a\0b", 3}, std::string{"con"}, std::string{"~/.bashrc"}}) {
    journal::v1::Op op = entry_with(path);
    op.mutable_entry()->set_title(path);
    op.mutable_entry()->add_tags(path);
    log.add(payload_with(op));
    journal::v1::Op name;
    name.mutable_profile()->set_name(path);
    log.add(payload_with(name));
  }
  bring(log);
  EXPECT_EQ(files(), then);
  expect_that_the_session_goes_on();
}

// Nothing that travels is compressed: what looks like it is no act. Archives have their own test
// (backup/compress_test.cc).
TEST_F(HostilePeer, Case63ABombOfZstd) {
  const google::protobuf::LogSilencer silent;
  // A frame that says it holds 1 TiB, and repeats one byte.
  const std::string bomb{"\x28\xb5\x2f\xfd\xe0\x00\x00\x00\x00\x00\x01\x00\x00\x02\x00\x10\x00", 17};
  Forged log = log_of_ben();
  log.add(std::string(kRandom, 'r') + bomb);
  begin_with(log);
  expect_end(log.batch(1, 1));
  Forged as_text = log_of_ben();
  journal::v1::Op op = entry_with("x" + bomb);
  as_text.add(payload_with(op));
  begin_with(as_text);
  expect_end(as_text.batch(1, 1));  // nor is it text
}

// Ten thousand answers, each to the one before, and ten thousand versions, each in place of the one before. So many
// acts of one author on one object are not taken; what is, is folded without going any deeper for it.
TEST_F(HostilePeer, Case64TenThousandAnswersToAnswers) {
  const ObjectId entry = ada.write("what they are about", true);
  Forged answers = log_of_ben();
  OpId last = crypto::random_id<OpId>();
  for (int i = 0; i < 10'000; ++i) {
    last = answers.say(entry, {Instant{std::chrono::milliseconds{i}},
                               journal::Response{journal::ResponseKind::comfort, std::to_string(i), last}});
  }
  Forged versions = log_of_ben();
  const ObjectId own{ben.root(), crypto::random_id<ObjectNumber>()};
  for (int i = 0; i < 10'000; ++i) {
    journal::EntryContent content = words("version " + std::to_string(i));
    if (i > 0) content.replaces = {last};
    last = versions.say(own, {Instant{std::chrono::milliseconds{i}}, content});
  }
  growth.emplace();
  for (const Forged* log : {&answers, &versions}) {
    restart();
    begin({log->held()});
    for (std::uint64_t first = 1; first <= 10'000; first += 1000) say(log->batch(first, first + 999));
    EXPECT_TRUE(heard_any(&Message::has_hold));
    EXPECT_LE(ada.book().logs().find(log->name.id)->n, 4096U);
  }
  EXPECT_LE(book::responses(ada.book(), ada.book().entry(entry)).all.size(), 4096U);
  EXPECT_EQ(ada.book().entry(entry).current->content.body, "what they are about");
  EXPECT_EQ(ada.book().entries(), 5U);
  expect_that_the_session_goes_on();
}

}  // namespace
}  // namespace attune::test
