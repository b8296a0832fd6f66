#include "journal/entry.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "journal/order.h"
#include "journal/seen.h"

namespace attune::journal {
namespace {

// What a person's devices say of the person is nobody's text, and is never erased: a stolen device could so take away a
// pairing, its keys or a name for good. Where some of it stands, what is missing may be it, too.
bool is_fact(const Seen& seen) {
  const bool fact = act_of<Paired>(seen) != nullptr || act_of<Left>(seen) != nullptr ||
                    act_of<KeyOp>(seen) != nullptr || act_of<Profile>(seen) != nullptr ||
                    act_of<DeviceNamed>(seen) != nullptr;
  return fact && !seen.shared;
}

template <class... Acts>
bool is_any(const Seen& seen) {
  return ((act_of<Acts>(seen) != nullptr) || ...);
}

// Nor is what two people promised each other anybody's alone: who erased a proposal could take a withdrawal along.
bool is_promise(const Seen& seen) {
  return is_any<BoundaryStated, BoundaryAcknowledged, BoundaryAsked, BoundaryLifted, Proposed, Accepted, Declined,
                Withdrawn, Marked, Committed, Paused, Resumed>(seen);
}

// Whether what is missing on this object may be such a promise. Its creator says that it is an object of that kind:
// else the other one could keep the texts of an erased entry asked for, by promising something there.
bool may_lack_promises(const ObjectId& id, const std::vector<Seen>& ops) {
  return std::ranges::any_of(ops, [&](const Seen& seen) { return seen.author == id.creator && is_promise(seen); });
}

// What somebody may take back who did not create the object.
bool is_own_word(const Seen& seen) { return is_any<Response, Answered, Opened>(seen); }

bool erased_by(const RootId& author, const std::vector<Seen>& ops) {
  return std::ranges::any_of(ops,
                             [&](const Seen& seen) { return seen.author == author && act_of<Erase>(seen) != nullptr; });
}

bool erased_by_creator(const ObjectId& id, const std::vector<Seen>& ops) { return erased_by(id.creator, ops); }

// What people take back of what they said themselves. An op is named by its bytes, and anybody can write those of
// another into a log of their own. So where somebody repeats them, the eraser's go and the other one's stay.
PayloadsToDrop taken_back(const ObjectId& id, const std::vector<Seen>& causes, const std::vector<Seen>& ops) {
  std::set<RootId> erasing;
  for (const Seen& seen : causes) {
    if (act_of<Erase>(seen) != nullptr) erasing.insert(seen.author);
  }
  PayloadsToDrop taken;
  if (erasing.empty()) return taken;
  const bool promises = may_lack_promises(id, ops);  // else what is missing was such a word
  const auto goes = [&](const Seen& seen) {
    return erasing.contains(seen.author) && (is_own_word(seen) || (!seen.op && !promises));
  };
  for (const Seen& seen : ops) {
    if (goes(seen)) taken.emplace(seen.author, seen.id);
  }
  // Missing here and present there, it is known after all.
  for (const Seen& seen : ops) {
    if (seen.op && !is_own_word(seen)) taken.erase({seen.author, seen.id});
  }
  return taken;
}

PayloadsToDrop everywhere(const std::set<OpId>& drop, const std::vector<Seen>& ops) {
  PayloadsToDrop all;
  for (const Seen& seen : ops) {
    if (drop.contains(seen.id)) all.emplace(seen.author, seen.id);
  }
  return all;
}

// What the creator's contents in a couple's log name as replaced.
std::set<OpId> named_as_replaced(const ObjectId& id, const std::vector<Seen>& ops) {
  std::set<OpId> named;
  for (const Seen& seen : ops) {
    const auto* content = act_of<EntryContent>(seen);
    if (seen.author != id.creator || !seen.shared || content == nullptr) continue;
    named.insert(content->replaces.begin(), content->replaces.end());
  }
  return named;
}

bool replaced(const Seen& seen, const std::set<OpId>& named) { return seen.shared && named.contains(seen.id); }

Entry erased_entry(const ObjectId& id, const std::vector<Seen>& ops) {
  Entry entry;
  entry.id = id;
  entry.erased = true;
  for (const Seen& seen : ops) {
    if (seen.author != id.creator) continue;
    entry.shared = entry.shared || seen.shared;
    // Of erases alone: the other payloads go, and nothing may depend on whether they are gone already.
    if (act_of<Erase>(seen) != nullptr) entry.newest = std::max(entry.newest, seen.op->time);
  }
  return entry;
}

// Each version once, oldest first. Originals stand before copies, and stay: the two are equal unless a copy is wrong.
void put_in_order(std::vector<Version>& versions) {
  std::ranges::stable_sort(versions, {}, &Version::op);
  const auto same = std::ranges::unique(versions, {}, &Version::op);
  versions.erase(same.begin(), same.end());
  for (Version& version : versions) version.content.replaces.clear();
  std::ranges::sort(versions, {}, [](const Version& version) { return std::pair{version.time, version.op}; });
}

// Contents and earlier versions of one entry, gathered in canonical order.
class Gathering {
 public:
  Gathering(const ObjectId& id, std::set<OpId> named) : named_{std::move(named)} {
    entry_.id = id;
    entry_.contents.assign(named_.begin(), named_.end());
  }

  void add(Seen& seen) {
    entry_.shared = entry_.shared || seen.shared;
    if (!seen.op) return;
    if (auto* content = std::get_if<EntryContent>(&seen.op->act)) {
      add_content(seen, *content);
    } else if (const auto* shared_as = std::get_if<SharedAs>(&seen.op->act)) {
      add_shared_as(*shared_as);
    } else if (auto* earlier = std::get_if<EarlierVersion>(&seen.op->act)) {
      copies_.push_back(Version{earlier->op, earlier->time, std::move(earlier->content)});
    } else {
      return;
    }
    any_ = true;
    if (!replaced(seen, named_)) entry_.newest = std::max(entry_.newest, seen.op->time);
  }

  std::optional<Entry> finish() {
    if (!any_) return std::nullopt;
    if (!in_force_.empty()) {
      entry_.current = std::move(in_force_.back());
      in_force_.pop_back();
    }
    auto& earlier = entry_.earlier;
    std::ranges::move(in_force_, std::back_inserter(earlier));
    std::ranges::move(taken_out_, std::back_inserter(earlier));
    for (Version& version : copies_) {
      if (!entry_.current || entry_.current->op != version.op) earlier.push_back(std::move(version));
    }
    put_in_order(earlier);
    std::ranges::sort(entry_.contents);
    entry_.edited = entry_.contents.size() > 1;
    return std::move(entry_);
  }

 private:
  void add_content(const Seen& seen, EntryContent& content) {
    auto& versions = replaced(seen, named_) ? taken_out_ : in_force_;
    versions.push_back(Version{seen.id, seen.op->time, std::move(content)});
    if (!named_.contains(seen.id)) entry_.contents.push_back(seen.id);
  }

  void add_shared_as(const SharedAs& shared_as) {
    if (!entry_.shared_as) {
      entry_.shared_as = shared_as.number;
    } else if (*entry_.shared_as != shared_as.number && !std::ranges::count(entry_.also_shared_as, shared_as.number)) {
      entry_.also_shared_as.push_back(shared_as.number);
    }
  }

  Entry entry_;
  std::set<OpId> named_;
  std::vector<Version> in_force_;
  std::vector<Version> taken_out_;
  std::vector<Version> copies_;
  bool any_ = false;
};

}  // namespace

std::optional<Entry> fold_entry(const ObjectId& id, std::vector<Seen> ops) {
  ops = in_order(std::move(ops));
  if (erased_by_creator(id, ops)) return erased_entry(id, ops);
  Gathering gathering{id, named_as_replaced(id, ops)};
  for (Seen& seen : ops) {
    if (seen.author == id.creator) gathering.add(seen);
  }
  return gathering.finish();
}

Instant next_time(Instant now, Instant newest) {
  return std::clamp(std::max(now, newest + std::chrono::milliseconds{1}), Instant{}, kLatestInstant);
}

PayloadsToDrop payloads_to_drop(const ObjectId& id, const std::vector<Seen>& ops) {
  return payloads_to_drop(id, ops, ops);
}

PayloadsToDrop payloads_to_drop(const ObjectId& id, const std::vector<Seen>& causes, const std::vector<Seen>& ops) {
  std::set<OpId> drop;  // wherever they stand
  if (erased_by_creator(id, causes)) {
    const bool facts = id.number.is_none() || std::ranges::any_of(ops, is_fact);
    const bool promises = may_lack_promises(id, ops);
    for (const Seen& seen : ops) {
      if (seen.op || (!promises && (seen.shared || !facts))) drop.insert(seen.id);
    }
    for (const Seen& seen : ops) {
      const bool own_space_of_another = !seen.shared && seen.author != id.creator;  // none of the eraser's business
      if (own_space_of_another || act_of<Erase>(seen) != nullptr || is_fact(seen) || is_promise(seen))
        drop.erase(seen.id);
    }
    return everywhere(drop, ops);
  }
  if (const auto named = named_as_replaced(id, causes); !named.empty()) {
    const bool promises = may_lack_promises(id, ops);
    for (const Seen& seen : ops) {
      const bool text = (!seen.op && !promises) || act_of<EntryContent>(seen) != nullptr;
      if (seen.author == id.creator && text && replaced(seen, named)) drop.insert(seen.id);
    }
  }
  PayloadsToDrop all = everywhere(drop, ops);
  all.merge(taken_back(id, causes, ops));
  return all;
}

}  // namespace attune::journal
