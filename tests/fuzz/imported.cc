// Files of other programs, and what people type about time. docs/guide.md.
#include "cli/import.h"
#include "cli/when.h"
#include "fuzz/target.h"
#include "journal/codec.h"

namespace attune::fuzz {
namespace {

constexpr std::array kFormats{cli::ImportFormat::attune_json, cli::ImportFormat::markdown, cli::ImportFormat::jrnl,
                              cli::ImportFormat::day_one};

const Zone& here() {
  static const auto zone = zone_at(std::chrono::minutes{60});
  return *zone;
}

void check(const cli::Imported& imported) {
  for (const journal::EntryContent& entry : imported.entries) {
    promise(!entry.body.empty(), "an entry has a text");
    promise(!refusal({Errc::usage}, [&] { journal::check_content(entry); }), "what is imported can be written");
  }
}

void files(BytesView input) {
  Draw draw{input};
  const auto format = kFormats[draw.byte() % kFormats.size()];
  const std::string_view bytes = as_text(draw.rest());
  const cli::ImportZones zones{here(), [](const std::string& name) { return name == "X" ? zone_at({}) : nullptr; }};
  cli::Imported imported;
  if (refusal({Errc::usage}, [&] { imported = cli::parse_import(format, bytes, zones); })) return;
  check(imported);
  const auto again = cli::parse_import(format, bytes, zones);
  promise(again.entries == imported.entries, "a file says one thing");
}

std::vector<Bytes> file_seeds() {
  std::vector<Bytes> all;
  all.push_back(
      InputBuilder{}
          .byte(0)
          .raw(as_bytes(
              R"({"format":"attune","version":1,"entries":[{"mine":true,"title":"t","body":"b","tags":["x"],"at":"2026-11-20T21:00:00Z","kind":"note","mood":{"word":"calm","level":4},"just_listen":false,"erased":false}]})"))
          .take());
  all.push_back(InputBuilder{}
                    .byte(1)
                    .raw(as_bytes("# Journal\n\n## 2013-01-09 15:39 only this\n## 2013-01-10 15:39\ntext\n"))
                    .take());
  all.push_back(InputBuilder{}.byte(2).raw(as_bytes("[2013-06-09 15:39] A walk.\r\n  along\n\nthe river\n")).take());
  all.push_back(
      InputBuilder{}
          .byte(2)
          .raw(as_bytes(
              R"({"tags":{},"entries":[{"title":"t","body":"b","date":"2013-06-09","time":"15:39","tags":["@a"],"starred":false}]})"))
          .take());
  all.push_back(
      InputBuilder{}
          .byte(3)
          .raw(as_bytes(
              R"({"metadata":{},"entries":[{"text":"# head\nbody","creationDate":"2013-06-09T15:39:00Z","timeZone":"X","tags":["a"]}]})"))
          .take());
  return all;
}

constexpr std::size_t kLongestMoment = 64;  // the longest that means something has half of it
constexpr unsigned kMoments = 9;

bool in_years(Instant moment) { return moment >= Instant{} && moment <= kLatestInstant; }

void check_day(std::string_view text, Instant now, cli::Toward toward) {
  const std::string day = cli::day_said(text, now, here(), toward);
  promise(cli::day_said(day, now, here(), toward) == day, "a day has one form");
}

void check_rfc3339(std::string_view text) {
  const auto said = cli::parse_rfc3339(text);
  if (!said) return;
  const auto again = cli::parse_rfc3339(rfc3339(said->when, said->offset));
  promise(again && again->when == std::clamp(said->when, kEarliestInstant, kLatestInstant),
          "a moment is written as it was read");
}

// One of the readers for each input: most of a run is the error that it ends with.
void read_moment(unsigned which, std::string_view text) {
  const Instant now{std::chrono::milliseconds{1'790'000'000'000}};
  switch (which % kMoments) {
    case 0: promise(in_years(cli::moment_said(text, now, here()).when), "in its years"); break;
    case 1: promise(in_years(cli::since_said(text, now, here())), "in its years"); break;
    case 2: static_cast<void>(cli::until_said(text, now, here())); break;
    case 3: check_day(text, now, cli::Toward::past); break;
    case 4: check_day(text, now, cli::Toward::future); break;
    case 5: static_cast<void>(cli::end_said(text, now, here(), std::chrono::hours{24})); break;
    case 6: check_rfc3339(text); break;
    case 7: static_cast<void>(cli::on_the_wall(std::string{text}, here())); break;
    default: static_cast<void>(cli::day_in_words(text)); static_cast<void>(cli::time_of_day(text));
  }
}

void when(BytesView input) {
  Draw draw{input};
  const unsigned which = draw.byte();
  const std::string_view text = as_text(draw.bytes(kLongestMoment));
  static_cast<void>(refusal({Errc::usage}, [&] { read_moment(which, text); }));
}

std::vector<Bytes> when_seeds() {
  std::vector<Bytes> all;
  for (const char* text :
       {"today", "yesterday 21:00", "last sunday", "2 days ago", "2026-11-20", "2026-11-20T21:00+01:00", "21:00",
        "in 3 days", "next friday", "tomorrow", "now", "2026-11-20T21:00:00.000+01:00", "2026-11-20T21:00:00Z"}) {
    for (unsigned which = 0; which < kMoments; ++which)
      all.push_back(InputBuilder{}.byte(which).raw(as_bytes(text)).take());
  }
  return all;
}

const Registration registration_files{{"import", Weight::light, files, file_seeds}};
const Registration registration_when{{"when", Weight::light, when, when_seeds}};

}  // namespace
}  // namespace attune::fuzz
