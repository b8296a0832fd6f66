// A life of two people with every kind of act that a book offers, at a home whose disk remembers each change; and what
// could be seen there after each act.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "book/revocation.h"

namespace attune::test {

// What a person can see of everything. Nothing of it depends on the time of looking, or on when an act was written that
// makes up for a crash.
[[nodiscard]] std::string all_seen(const book::Book& book);

class Life {
 public:
  explicit Life(std::uint64_t seed);

  // Each kind of act at least once, in an order that is drawn. None is refused.
  void live();

  struct Acknowledged {
    std::size_t changes = 0;  // of the disk when the act returned
    std::string seen;
  };
  [[nodiscard]] const std::vector<Acknowledged>& history() const { return history_; }
  [[nodiscard]] std::size_t acknowledged_by(std::size_t changes) const;  // index in the history
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] Home& home() { return adas_; }

 private:
  using Kind = void (Life::*)();
  static const std::vector<Kind>& kinds();

  // entries
  void writes();
  void writes_much();
  void imports();
  void edits();
  void shares();
  void erases();
  void hears_and_is_heard();
  // what two people share beside them
  void has_a_boundary();
  void respects_a_boundary();
  void proposes();
  void is_proposed_to();
  void keeps_an_agreement();
  void checks_in_first();
  void checks_in_second();
  void takes_answers_back();
  void pauses();
  // own facts and keys
  void names();
  void leaves_and_pairs();
  void meets();
  void revokes_a_device();
  void remembers_peers();
  // what arrives, and the store itself
  void hears_of_changes();
  void has_a_second_device();
  void lacks_a_payload();
  void begins_new_logs();
  void restarts();
  void compacts();

  void acknowledge();
  template <class Act>
  void does(Act&& act) {
    clock_.advance(std::chrono::minutes{17});
    act(adas_.book());
    acknowledge();
  }
  // His journal, once he has all that she has shared.
  book::Book& his();
  // Everything that she lacks of another home, two records at a time, each batch acknowledged by itself.
  void hear_from(Home& other);
  ObjectId writes_one(bool shared);
  ObjectId he_writes(journal::EntryKind kind = journal::EntryKind::note);
  [[nodiscard]] std::string text();
  [[nodiscard]] journal::Day today() const;
  void next_day() { clock_.advance(std::chrono::hours{24}); }

  ManualClock clock_;
  Owner ada_, ben_;
  Home adas_{ada_, clock_}, phone_{ada_, clock_}, bens_{ben_, clock_};
  std::minstd_rand random_;  // the order, and lengths; nothing depends on its quality
  int texts_ = 0;
  std::uint64_t revokes_ = 0;
  std::vector<Acknowledged> history_;
};

}  // namespace attune::test
