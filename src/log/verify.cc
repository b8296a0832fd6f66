// The great check: every record in the order of the store, each link computed anew. docs/store-format.md, section 4.5.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "log/codec.h"
#include "log/logs.h"

namespace attune::log {
namespace {

// As many of one log are named one by one; a store that is torn to pieces shall not fill the memory with complaints.
constexpr std::size_t kMaxProblems = 20;

class LogVerifier {
 public:
  LogVerifier(const Held& held, std::vector<std::string>& problems)
      : held_{held}, problems_{problems}, link_{first_link(held.name)} {}

  void record(std::uint64_t n, std::string_view value) {
    if (n <= last_ || n > held_.n) return problem(fmt::format("record {} is past the end", n));
    if (n > last_ + 1) missing_until(n - 1);
    const bool gap = n > last_ + 1;
    last_ = n;
    const auto record = parse_record(held_.name, value);
    if (!record) {
      problem(fmt::format("record {} cannot be read", n));
      whole_ = false;
      return;
    }
    // Behind a gap or an unreadable record there is no link to go on from; the stored one is taken from there on.
    if (!gap && whole_ && next_link(link_, n, record->object, op_of(*record)) != record->link) {
      problem(fmt::format("record {} is not what its link says", n));
    }
    whole_ = true;
    link_ = record->link;
    if (!record->payload) without_payload_.insert(n);
  }

  void lacking(std::uint64_t n) {
    if (!without_payload_.contains(n)) problem(fmt::format("record {} is marked as lacking and is not", n));
  }

  void seal(std::uint64_t n, std::string_view value) {
    if (n == 0 || n > held_.n || !identity::Seal::from(value))
      problem(fmt::format("the seal of record {} is wrong", n));
  }

  void end(const std::vector<identity::SelfKey>& own_keys, const RootId& root) {
    if (last_ < held_.n) return missing_until(held_.n);
    if (link_ != held_.link) problem("its last link is not the one that was noted");
    if (held_.seal && held_.name.author == root) check_seal(own_keys);
  }

  void finish() {
    if (more_ > 0) problems_.push_back(fmt::format("{}: and {} more", name(), more_));
  }

 private:
  void missing_until(std::uint64_t n) {
    if (n == last_ + 1) return problem(fmt::format("record {} is missing", n));
    problem(fmt::format("records {} to {} are missing", last_ + 1, n));
  }

  void check_seal(const std::vector<identity::SelfKey>& own_keys) {
    const auto key = std::ranges::find(own_keys, held_.seal->key, &identity::SelfKey::name);
    // A seal under a key that this device was not given yet can only be checked later.
    if (key == own_keys.end()) return;
    if (!identity::seal_holds(*key, *held_.seal, held_.name.id, held_.n, held_.link)) problem("its seal does not hold");
  }

  [[nodiscard]] std::string name() const { return fmt::format("log {}", held_.name.id.hex().substr(0, 8)); }
  void problem(std::string_view what) {
    if (++named_ > kMaxProblems) {
      ++more_;
      return;
    }
    problems_.push_back(fmt::format("{}: {}", name(), what));
  }

  const Held& held_;
  std::vector<std::string>& problems_;
  Link link_;
  std::uint64_t last_ = 0;
  bool whole_ = true;  // the record before could be read
  std::set<std::uint64_t> without_payload_;
  std::size_t named_ = 0;
  std::size_t more_ = 0;
};

}  // namespace

Logs::Report Logs::verify(const std::vector<identity::SelfKey>& own_keys) const {
  Report report;
  std::map<LogNumber, LogVerifier> verifiers;
  for (const auto& [number, log] : held_) verifiers.try_emplace(number, log, report.problems);
  std::set<LogNumber> strays;

  const auto walk = [&](storage::Table table, auto&& see) {
    const storage::Key first{table};
    store_.scan(first, first.end(), [&](std::string_view key, std::string_view value) {
      const Place place = place_in(key);
      const auto verifier = verifiers.find(place.log);
      if (verifier != verifiers.end()) {
        see(verifier->second, place.n, value);
      } else if (strays.insert(place.log).second) {
        report.problems.push_back(fmt::format("records of an unknown log are in the store (number {})", place.log));
      }
      return storage::Store::Visit::go_on;
    });
  };
  walk(storage::Table::record, [&](LogVerifier& log, std::uint64_t n, std::string_view value) {
    ++report.records;
    log.record(n, value);
  });
  for (auto& [number, verifier] : verifiers) verifier.end(own_keys, root_);
  walk(storage::Table::lacking, [](LogVerifier& log, std::uint64_t n, std::string_view) { log.lacking(n); });
  walk(storage::Table::seal, [](LogVerifier& log, std::uint64_t n, std::string_view value) { log.seal(n, value); });
  for (auto& [number, verifier] : verifiers) verifier.finish();
  return report;
}

}  // namespace attune::log
