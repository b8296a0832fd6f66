#include "node/present.h"

#include "book/responses.h"
#include "crypto/hash.h"

namespace attune::node {
namespace {

std::string shown(const journal::Zoned& zoned) { return rfc3339(zoned.when, zoned.offset); }

}  // namespace

Presenter::Presenter(const book::Book& book, RootId own) : book_{book}, own_{own} {
  for (book::Pairing& pairing : book.pairings_so_far()) {
    partners_[pairing.couple] = pairing.partner;
    names_[pairing.partner] = std::move(pairing.partner_name);
  }
  names_[own] = book.profile().name;
}

std::string Presenter::partner_in(const CoupleId& couple) const {
  const auto partner = partners_.find(couple);
  return partner == partners_.end() ? std::string{} : name_of(partner->second);
}

std::string Presenter::name_of(const RootId& person) const {
  const auto name = names_.find(person);
  return name == names_.end() ? std::string{} : name->second;
}

void Presenter::add_responses(const journal::Entry& entry, std::chrono::minutes offset, api::v1::Entry& out) const {
  for (const journal::Responded& responded : book::responses(book_, entry).all) {
    api::v1::EntryResponse& one = *out.add_responses();
    one.set_id(responded.op.hex());
    one.set_short_id(book_.shortest_prefix(responded.op));
    one.set_author(name_of(responded.author));
    one.set_mine(is_own(responded.author));
    one.set_kind(std::string{journal::name_of(responded.response.kind)});
    one.set_text(responded.response.text);
    one.set_at(rfc3339(responded.time, offset));
    if (responded.of_other_text) one.set_of_other_text(true);
    if (responded.word == journal::AuthorsWord::understood) one.set_authors_word("understood");
    if (responded.word == journal::AuthorsWord::not_quite) one.set_authors_word("not_quite");
  }
}

void Presenter::present(const journal::Entry& entry, bool in_full, api::v1::Entry& out) const {
  const bool mine = entry.id.creator == own_;
  out.set_id(crypto::printed_id(entry.id).hex());
  out.set_short_id(book_.shortest_prefix(entry.id));
  out.set_author(name_of(entry.id.creator));
  out.set_mine(mine);
  out.set_shared(entry.shared);
  out.set_edited(entry.edited);
  out.set_erased(entry.erased);
  if (entry.erased && mine && entry.shared) out.set_erase_confirmed(book_.erase_confirmed(entry.id));
  if (entry.erased || !entry.current) return;

  const journal::EntryContent& content = entry.current->content;
  out.set_kind(std::string{journal::name_of(content.kind)});
  out.set_title(content.title);
  out.set_body(content.body);
  if (content.mood) {
    out.mutable_mood()->set_word(content.mood->word);
    out.mutable_mood()->set_level(static_cast<std::uint32_t>(content.mood->level));
  }
  for (const std::string& tag : content.tags) out.add_tags(tag);
  out.set_at(shown(content.at));
  out.set_written_at(shown(content.written_at));
  out.set_just_listen(content.just_listen);
  if (entry.shared) add_responses(entry, content.written_at.offset, out);
  if (!in_full || !mine) return;  // earlier versions are for their author alone
  for (const journal::Version& version : entry.earlier) {
    api::v1::EntryVersion& earlier = *out.add_versions();
    earlier.set_title(version.content.title);
    earlier.set_body(version.content.body);
    earlier.set_at(rfc3339(version.time, version.content.written_at.offset));
  }
}

api::v1::Response error_response(const Error& error) {
  api::v1::Response response;
  response.set_done(true);
  response.mutable_error()->set_code(std::string{name_of(error.code())});
  response.mutable_error()->set_message(error.what());
  response.mutable_error()->set_hint(error.hint().empty() ? std::string{usual_hint(error.code())} : error.hint());
  return response;
}

Error error_of(const api::v1::Error& error) {
  return Error{errc_named(error.code()).value_or(Errc::internal), error.message(), error.hint()};
}

}  // namespace attune::node
