#include "node/present_checkin.h"

#include "book/check_ins.h"
#include "crypto/hash.h"
#include "node/acted.h"

namespace attune::node {
namespace {

void fill(const journal::Answers& answers, api::v1::Answers& out) {
  if (answers.mood_level != 0) {
    out.mutable_mood()->set_word(answers.mood_word);
    out.mutable_mood()->set_level(answers.mood_level);
  }
  out.set_closeness(answers.closeness);
  out.set_appreciated(answers.appreciated);
  out.set_hard(answers.hard);
  out.set_wish(answers.wish);
  out.set_text(answers.text);
}

}  // namespace

void present_check_in(const book::Book& book, const Presenter& presenter, const journal::CheckIn& check_in,
                      std::chrono::minutes offset, api::v1::CheckIn& out) {
  set_ids(book, check_in.id, out);
  if (check_in.mine.answers) fill(*check_in.mine.answers, *out.mutable_mine());
  if (check_in.revealed) fill(*check_in.partners.answers, *out.mutable_partners());
  out.set_revealed(check_in.revealed);
  out.set_status(std::string{journal::name_of(check_in.status)});
  out.set_begun_at(rfc3339(check_in.begun, offset));
  if (book::is_too_late(check_in, book.shelf().clock.now())) out.set_too_late(true);
  if (check_in.revealed && !check_in.partners.matches) out.set_mismatch(true);
  out.set_mine_erased(check_in.mine.erased);
  out.set_partners_erased(check_in.partners.erased);
  if (check_in.mine.erased) out.set_erase_confirmed(book.erase_confirmed(check_in.id));
  out.set_partner(presenter.partner_in(CoupleId{check_in.id.creator.bytes()}));
  for (const journal::CheckInEvent& event : check_in.history) {
    // An opening is written by itself, when the other's answers have come: its time would tell when that was.
    if (event.what == journal::CheckInEvent::What::opened) continue;
    api::v1::HistoryLine& line = *out.add_history();
    line.set_at(rfc3339(event.time, offset));
    presenter.set_by(event.author, line);
    line.set_what(std::string{journal::name_of(event.what)});
  }
}

}  // namespace attune::node
