// pair: three words from one screen to the other. leave: the end of it.
#include <fmt/format.h>

#include <algorithm>

#include "cli/addresses.h"
#include "cli/commands.h"
#include "cli/counted.h"
#include "cli/journal.h"
#include "cli/json.h"
#include "cli/named.h"
#include "cli/prompt.h"
#include "core/error.h"
#include "core/text.h"
#include "crypto/spoken.h"

namespace attune::cli {
namespace {

// What the other person types, to the letter: the line, and the address where it must be named.
struct Spoken {
  std::string line;
  std::string address;  // " --peer HOST:PORT"; empty: there is none that others could dial
};
Spoken spoken(const api::v1::PairWaiting& waiting, const std::vector<std::string>& own) {
  std::string code = harmless_line(waiting.code());
  std::ranges::replace(code, '-', ' ');
  const auto address = dialable(waiting.listening(), own);
  return {fmt::format("attune pair {}", code), address ? fmt::format(" --peer {}", harmless_line(*address)) : ""};
}

// Beacons say where this is, but to this machine alone where it listens on loopback.
bool found_by_itself(const api::v1::PairWaiting& waiting) {
  return waiting.calls() && !waiting.listening().starts_with("127.") && !waiting.listening().starts_with("[::1]");
}

void show_waiting(Context& context, const api::v1::PairWaiting& waiting) {
  const Spoken command = spoken(waiting, context.world.own_addresses());
  const bool short_one = found_by_itself(waiting) || command.address.empty();
  api::v1::PairWaiting document = waiting;
  document.clear_calls();  // for people alone
  answer(context, document,
         fmt::format("Read this to your partner, who runs it on their device within five minutes:\n\n    {}\n",
                     context.paint.bold(command.line + (short_one ? "" : command.address))));
  if (short_one && !command.address.empty()) {
    note(context, fmt::format("If that finds nobody: {}{}", command.line, command.address));
  } else if (command.address.empty() && !found_by_itself(waiting)) {
    note(context, "This computer has no address that others could dial: join a network, or name one with --listen");
  }
  note(context, "Waiting ... (Ctrl-C gives up)");
}

void show_failed(Context& context, const api::v1::PairFailed& failed) {
  note(context, fmt::format("Somebody tried, and the words were others or the connection broke. This code takes {}.",
                            counted(failed.tries_left(), "more try", "more tries")));
}

// With whom one is paired already is the only one who can pair here: for a device that was lost and made anew.
void confirm_pairing_again(Context& context, node::Client& client) {
  api::v1::Request request;
  request.mutable_status();
  const auto status = call(context, client, request).status();
  if (!status.paired()) return;
  const std::string name = partner_named(status.partner());
  const std::string known = fmt::format("You are paired with {} already, and nobody else can pair with you", name);
  if (!confirmed(context, fmt::format("{}. Pair with them again?", known), Yes::ask)) {
    throw Error{Errc::refused, fmt::format("you are paired with {} already", name),
                "to pair with somebody else, attune leave comes first"};
  }
  note(context, fmt::format("{}. For somebody else, attune leave comes first.", known));
}

void show_paired(Context& context, const api::v1::PairResponse& paired) {
  answer(context, paired,
         fmt::format("You are paired with {}. Both screens show these three words: {}\n"
                     "Do they differ? Then somebody stands between you: run attune leave on both sides, and pair again "
                     "somewhere else.",
                     partner_named(paired.paired_with()), context.paint.bold(harmless_line(paired.check()))));
}

api::v1::Request request_of(const PairOptions& options) {
  api::v1::Request request;
  auto& pair = *request.mutable_pair();
  pair.set_no_discovery(options.no_discovery);
  if (options.code.empty()) {
    if (!options.peers.empty()) {
      throw Error{Errc::usage, "--peer is for the side that types the code", "use --listen HOST:PORT here"};
    }
    pair.set_listen(options.listen);
    return request;
  }
  if (!options.listen.empty()) {
    throw Error{Errc::usage, "--listen is for the side that shows the code", "use --peer HOST:PORT here"};
  }
  std::string typed;
  for (const auto& word : options.code) typed += fmt::format("{}{}", typed.empty() ? "" : " ", word);
  // Refused here where a word is not in the list: that costs no try.
  const crypto::SecretBytes code = crypto::canonical_code(typed);
  crypto::wipe(typed);
  pair.set_code(to_string(code.bytes()));
  for (const auto& peer : options.peers) pair.add_peers(peer);
  return request;
}

std::string joined(const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::string all;
  for (const auto& name : names) all += fmt::format("{}{}", all.empty() ? "" : ", ", harmless_line(name));
  return all;
}

void show_left(Context& context, const api::v1::LeaveResponse& left, Tell tell) {
  std::string said =
      fmt::format("You have left {}. Nothing goes to them or comes from them any more; what you have stays.",
                  partner_named(left.left()));
  if (tell == Tell::partner) {
    said += left.told() ? "\nThey were told." : "\nThey could not be reached, and were not told.";
  }
  answer(context, left, said);
  if (left.unaware_size() > 0) {
    note(context,
         fmt::format("These devices of yours may not know it yet, and go on syncing with them until they do: {}. "
                     "Run attune sync while they are on.",
                     joined(left.unaware())));
  }
  note(context, "Make a new backup: whoever restores an older one is paired still (attune backup create FILE).");
}

}  // namespace

int leave(Context& context, Tell tell, Yes yes) {
  const std::string_view question =
      "Leave your partner? Nothing is shared with them any more, and what is shared stays with both of you.";
  if (!confirmed(context, question, yes)) throw Error{Errc::refused, "nothing was changed"};
  api::v1::Request request;
  request.mutable_leave()->set_tell(tell == Tell::partner);
  show_left(context, ask_journal(context, request).leave(), tell);
  return 0;
}

int pair(Context& context, const PairOptions& options) {
  api::v1::Request request = request_of(options);
  const auto client = open_journal(context);
  confirm_pairing_again(context, *client);
  const auto response = call(context, *client, request, [&](const api::v1::Response& event) {
    if (event.has_pair_waiting()) show_waiting(context, event.pair_waiting());
    if (event.has_pair_failed()) show_failed(context, event.pair_failed());
  });
  crypto::wipe(*request.mutable_pair()->mutable_code());
  show_paired(context, response.pair());
  return 0;
}

}  // namespace attune::cli
