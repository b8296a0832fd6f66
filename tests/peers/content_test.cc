// Cases 59 to 64 of the 64: what a hostile device writes.
#include <attune/journal.pb.h>
#include <google/protobuf/stubs/logging.h>

#include <array>
#include <set>

#include "book/responses.h"
#include "cli/render_entry.h"
#include "core/text.h"
#include "core/utf8.h"
#include "node/present.h"
#include "peers/hostile_peer.h"

namespace attune::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
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

// An entry of Ada's or Ben's as Ada reads it: in a list, among what a search finds, whole, and not on a terminal.
std::string shown(Device& at, const ObjectId& id) {
  cli::Entries entries;
  node::Presenter{at.book(), at.root()}.present(at.book().entry(id), true, *entries.Add());
  cli::Page page;
  std::string all = cli::render_list(entries, page) + cli::render_hits(entries, {"end"}, page);
  all += cli::render_brief(entries[0], page) + cli::render_entry(entries[0], page);
  page.as_written = true;
  return all + cli::render_entry(entries[0], page);
}

constexpr std::array<std::string_view, 8> kBad{"\x1b", "\x07", "\r", "\u202E", "\u2066", "\u200b", "\x7f", "\u0085"};

void expect_harmless(const std::string& text) {
  EXPECT_TRUE(valid_utf8(text));
  for (const std::string_view bad : kBad) EXPECT_EQ(text.find(bad), std::string::npos);
  EXPECT_TRUE(std::ranges::none_of(text, [](char c) { return c != '\n' && static_cast<unsigned char>(c) < 0x20; }));
}

// Kept as it was written, and shown harmlessly wherever a person reads it.
TEST_F(HostilePeer, Case59ControlAndBidirectionalText) {
  const std::string evil = "\x1b[2J\x1b]0;owned\x07\r\u202Egnp.\u2066 \u200b\x7f\u0085" + std::string(1, '\0') + "end";
  for (const std::string_view bad : kBad) ASSERT_NE(evil.find(bad), std::string::npos);
  const ObjectId hers = ada.write("to be answered", true);
  const ObjectId his{ben.root(), crypto::random_id<ObjectNumber>()};
  journal::v1::Op entry = entry_with(evil);
  entry.mutable_entry()->set_title(evil);
  entry.mutable_entry()->set_mood_word(evil);
  entry.mutable_entry()->set_mood_level(3);
  entry.mutable_entry()->add_tags(evil);
  Forged log = log_of_ben();
  log.add(his, payload_with(entry));
  log.say(hers, {Instant{}, journal::Response{journal::ResponseKind::comfort, evil, std::nullopt}});
  bring(log);
  EXPECT_EQ(ada.book().entry(his).current->content.title, evil);
  EXPECT_EQ(ada.book().entry(his).current->content.body, evil);
  ASSERT_EQ(book::responses(ada.book(), ada.book().entry(hers)).all.size(), 1U);
  EXPECT_EQ(book::responses(ada.book(), ada.book().entry(hers)).all[0].response.text, evil);
  for (const ObjectId& id : {his, hers}) {
    expect_harmless(shown(ada, id));
    EXPECT_THAT(shown(ada, id), HasSubstr("\u241b[2J"));  // what there was can be seen
  }
  // What everything else that is shown goes through: names, topics, messages of errors.
  for (const std::string& text : {harmless(evil), harmless_line(evil), harmless_line(evil + "\n\t\u2028")}) {
    expect_harmless(text);
  }
  EXPECT_EQ(harmless_line(evil + "\n\t\u2028").find('\n'), std::string::npos);
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

// Every name on that disk, with its path; numbers, which the store counts up, as '#'.
void add_names(const MemoryFiles& files, const std::string& at, std::set<std::string>& names) {
  for (const std::string& name : files.children(at)) {
    const std::string path = at == "/" ? at + name : at + "/" + name;
    std::string counted = path;
    std::ranges::replace_if(counted, [](char c) { return c >= '0' && c <= '9'; }, '#');
    names.insert(counted);
    if (files.facts(path)->directory) add_names(files, path, names);
  }
}

// There are no attachments, and no file is ever named after what somebody else wrote: it is text, and shown as that.
TEST_F(HostilePeer, Case62TextThatIsAPath) {
  const auto names = [this] {
    std::set<std::string> all{"/store/######.ldb"};  // such come and go
    add_names(ada.files(), "/", all);
    return all;
  };
  const auto before_it = names();
  ASSERT_THAT(before_it, Contains("/store/CURRENT"));
  const std::vector<std::string> paths{"../../etc/passwd", "/etc/cron.d/x", "store/CURRENT", {"a\0b", 3}, "con",
                                       "~/.bashrc",        "12345"};
  Forged log = log_of_ben();
  for (const std::string& path : paths) {
    journal::v1::Op op = entry_with(path);
    op.mutable_entry()->set_title(path);
    op.mutable_entry()->add_tags(path);
    log.add(payload_with(op));
    journal::v1::Op name;
    name.mutable_profile()->set_name(path);
    log.add(payload_with(name));
  }
  bring(log);
  EXPECT_EQ(names(), before_it);
  EXPECT_THAT(ada.bodies(), IsSupersetOf(paths));
  EXPECT_EQ(ada.book().pairing()->partner_name, "Partner");  // nor is anybody called so
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
