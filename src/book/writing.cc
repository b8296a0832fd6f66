// What a person writes, shares and edits. Each is one batch.
#include <algorithm>
#include <utility>

#include "book/book.h"
#include "book/shared_object.h"
#include "book/state.h"
#include "book/together.h"
#include "book/work.h"
#include "core/error.h"
#include "journal/codec.h"

namespace attune::book {
namespace {

using journal::Entry;
using journal::EntryContent;
using journal::Op;

// The entry as its author may change it; a private one that was shared leads to the shared one.
Entry changeable(const Book& book, const Shelf& shelf, const ObjectId& id) {
  Entry entry = book.entry(id);
  if (entry.id.creator != shelf.self.root) throw Error{Errc::refused, "only its author can change an entry"};
  if (entry.erased) throw Error{Errc::refused, "that entry was erased"};
  if (!entry.current) {
    throw Error{Errc::refused, "the text of that entry has not arrived on this device yet", "run attune sync"};
  }
  return entry;
}

EntryContent edited(const EntryContent& from, const Edit& edit) {
  EntryContent content = from;
  if (edit.title) content.title = *edit.title;
  if (edit.body) content.body = *edit.body;
  if (edit.mood) content.mood = *edit.mood;
  if (edit.tags) content.tags = *edit.tags;
  if (edit.at) content.at = *edit.at;
  return content;
}

// As what an entry was shared with that couple; it may be that the couple's log has not come to this device yet.
std::optional<ObjectId> shared_with(const Shelf& shelf, const ObjectId& entry, const CoupleId& couple) {
  for (const ObjectId& object : all_of_one(shelf, entry)) {
    const auto places = shelf.load(object, Detail::outline);
    if (std::ranges::count(shelf.couples_of(places), couple)) return object;
    if (places.empty() && couple_of_unseen(shelf, object) == couple) return object;
  }
  return std::nullopt;
}

// The author keeps the texts that the edit takes out of the couple's log, in their own one. Returns the newest op time.
Instant keep_earlier(Work& work, const Shelf& shelf, const ObjectId& object, const std::vector<At>& places,
                     Instant newest) {
  std::vector<OpId> kept;
  for (const At& at : places) {
    if (at.seen.author != object.creator || !at.seen.shared || !at.seen.op) continue;
    const auto* content = std::get_if<EntryContent>(&at.seen.op->act);
    if (content == nullptr || std::ranges::count(kept, at.seen.id)) continue;
    kept.push_back(at.seen.id);
    journal::EarlierVersion earlier{at.seen.id, at.seen.op->time, *content};
    earlier.content.replaces.clear();
    newest = journal::next_time(shelf.clock.now(), newest);
    work.append(CoupleId{}, object, Op{newest, std::move(earlier)});
  }
  return newest;
}

}  // namespace

ObjectId Book::write(const Draft& draft) { return write_all({draft}).front(); }

std::vector<ObjectId> Book::write_all(const std::vector<Draft>& drafts) {
  Shelf& shelf = *state_;
  std::optional<CoupleId> couple;
  if (std::ranges::any_of(drafts, &Draft::shared)) couple = couple_now(*this);
  std::vector<ObjectId> ids;
  std::vector<std::pair<ObjectId, Op>> shared;
  std::vector<std::pair<ObjectId, Op>> own;
  ids.reserve(drafts.size());
  for (const Draft& draft : drafts) {
    journal::check_content(draft.content);
    Op op{journal::next_time(shelf.clock.now(), Instant{}), draft.content};
    std::get<EntryContent>(op.act).replaces.clear();
    ids.push_back(new_object(shelf));
    (draft.shared ? shared : own).emplace_back(ids.back(), std::move(op));
  }
  Work work{shelf, From::here};
  if (couple) work.append_firsts(*couple, shared);
  work.append_firsts(CoupleId{}, own);
  work.commit({.kind = Change::Kind::written});
  return ids;
}

ObjectId Book::share(const ObjectId& id, journal::Zoned now) {
  Shelf& shelf = *state_;
  const Entry entry = changeable(*this, shelf, id);
  const CoupleId couple = couple_now(*this);
  if (const auto there = shared_with(shelf, entry.id, couple)) return *there;
  const ObjectId shared = new_object(shelf);
  EntryContent content = entry.current->content;
  // Nothing tells that it was private first: a moment that nobody chose moves along with the moment of writing.
  if (content.at == content.written_at) content.at = now;
  content.written_at = now;
  content.replaces.clear();
  Work work{shelf, From::here};
  work.append(couple, shared, Op{journal::next_time(shelf.clock.now(), Instant{}), std::move(content)});
  // All that it was ever shared as hangs on one object.
  const ObjectId first = shelf.origin_of(entry.id).value_or(entry.id);
  const auto origin = shelf.fold(first);
  const Instant time = journal::next_time(shelf.clock.now(), origin ? origin->newest : entry.newest);
  work.append(CoupleId{}, first, Op{time, journal::SharedAs{shared.number}});
  work.commit({.kind = Change::Kind::shared});
  return shared;
}

void Book::edit(const ObjectId& id, const Edit& edit) {
  Shelf& shelf = *state_;
  const Entry entry = changeable(*this, shelf, id);
  EntryContent content = edited(entry.current->content, edit);
  if (content == entry.current->content) return;
  content.replaces.clear();
  journal::check_content(content);
  Work work{shelf, From::here};
  if (!entry.shared) {
    work.append(CoupleId{}, entry.id, Op{journal::next_time(shelf.clock.now(), entry.newest), std::move(content)});
    work.commit({.kind = Change::Kind::edited});
    return;
  }
  const auto places = shelf.load(entry.id, Detail::full);
  const Instant newest = keep_earlier(work, shelf, entry.id, places, entry.newest);
  content.replaces = entry.contents;
  const Op op{journal::next_time(shelf.clock.now(), newest), std::move(content)};
  for (const CoupleId& couple : shelf.couples_of(places)) work.append(couple, entry.id, op);
  work.commit({.kind = Change::Kind::edited});
  finish_erasures();
}

}  // namespace attune::book
