// The commands: what each was told, and the function that does it. cli/grammar.h fills the options in; every function
// prints its answer and returns the exit status. Throws attune::Error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/context.h"
#include "cli/prompt.h"

namespace attune::cli {

// command_home.cc: homes come and go
struct InitOptions {
  std::string name, device, unlock_cost;
};
struct RestoreOptions {
  std::string file, device, unlock_cost;
  std::vector<std::string> peers;
  bool no_partner = false, no_discovery = false;
};
int init(Context& context, const InitOptions& options);
int restore(Context& context, const RestoreOptions& options);
int wipe(Context& context, Yes yes);

// command_passphrase.cc
int passphrase_changed(Context& context, const std::string& unlock_cost);

// command_pair.cc
struct PairOptions {
  std::vector<std::string> code;  // empty: show one and wait
  std::string listen;
  std::vector<std::string> peers;
  bool no_discovery = false;
};
int pair(Context& context, const PairOptions& options);
enum class Tell { no, partner };
int leave(Context& context, Tell tell, Yes yes);

// command_node.cc: the node, and what it does
struct NodeOptions {
  std::string listen, lock_after;
  std::vector<std::string> peers;
  bool no_discovery = false;
  bool partner = false;
  bool started = false;  // by `up`, in the background
};
int up(Context& context, const NodeOptions& options);
int down(Context& context);
int node(Context& context, const NodeOptions& options);
struct SyncOptions {
  std::vector<std::string> peers;
  std::string to_file, from_file;  // absolute paths are made of them
  std::string reader;              // partner, self, or empty
  bool no_discovery = false;
};
int sync(Context& context, const SyncOptions& options);
int watch(Context& context);

// command_device.cc: this person's devices
struct DeviceRevokeOptions {
  std::string name, since;
  bool no_discovery = false;
  Yes yes = Yes::ask;
};
int device_list(Context& context);
int device_revoke(Context& context, const DeviceRevokeOptions& options);

// command_write.cc: entries change
struct WriteOptions {
  std::vector<std::string> text;
  bool shared = false, just_listen = false, no_hints = false;
  std::string kind, title, mood, at;
  std::string did, to_you, differently;  // of an apology
  std::vector<std::string> tags;
};
struct EditOptions {
  std::string id;
  std::vector<std::string> text;
  std::optional<std::string> title;
  std::string mood, at;
  std::vector<std::string> tags;
  bool no_hints = false;
};
int write(Context& context, const WriteOptions& options);
int share(Context& context, const std::string& id);
int edit(Context& context, const EditOptions& options);
int erase(Context& context, const std::string& id, Yes yes);

// command_respond.cc: being heard
struct RespondOptions {
  std::string id, kind, text;
};
int respond(Context& context, const RespondOptions& options);

// command_agreement.cc: what both commit to
struct ProposeOptions {
  std::vector<std::string> text;
  std::string every, review;
};
struct AmendOptions {
  std::string id;
  std::vector<std::string> text;
  std::optional<std::string> every, review;  // absent: as it is; empty: none
};
struct MarkOptions {
  std::string id, kind, on, to, note;
};
enum class AgreementsShown { open, all };
int agreement_propose(Context& context, ProposeOptions options);
int agreement_amend(Context& context, const AmendOptions& options);
int agreement_list(Context& context, AgreementsShown shown);
int agreement_show(Context& context, const std::string& id);
int agreement_accept(Context& context, const std::string& id, Yes yes);
int agreement_decline(Context& context, const std::string& id, const std::string& why);
struct WithdrawOptions {
  std::string id, why;
  Yes yes = Yes::ask;
};
int agreement_withdraw(Context& context, const WithdrawOptions& options);
int agreement_mark(Context& context, const MarkOptions& options);
int agreement_due(Context& context, const std::string& until);

// command_checkin.cc: check-ins
struct CheckInOptions {  // empty: not answered
  std::string mood, closeness, appreciated, hard, wish, text;
  bool no_hints = false;
  [[nodiscard]] bool any() const { return !(mood + closeness + appreciated + hard + wish + text).empty(); }
};
int checkin(Context& context, const CheckInOptions& options);
int checkin_list(Context& context);
int checkin_show(Context& context, const std::string& id);

// command_trends.cc
struct TrendsOptions {
  std::uint32_t weeks = 8;
  bool ascii = false;
};
int trends(Context& context, const TrendsOptions& options);

// command_boundary.cc: what one person will not have
struct BoundaryOptions {
  std::string id;
  std::vector<std::string> text;
  std::optional<std::string> topic, review;  // "" takes it away
  bool no_hints = false;
};
enum class Lifted { left_out, shown };
int boundary_state(Context& context, const BoundaryOptions& options);
int boundary_list(Context& context, Lifted lifted);
int boundary_show(Context& context, const std::string& id);
int boundary_revise(Context& context, const BoundaryOptions& options);
int boundary_acknowledge(Context& context, const std::string& id);
int boundary_ask(Context& context, const BoundaryOptions& options);
int boundary_lift(Context& context, const std::string& id);

// command_pause.cc
struct PauseOptions {
  std::vector<std::string> text;
  std::string lasting, until;
};
int pause(Context& context, const PauseOptions& options);
int resume(Context& context);

// command_read.cc: entries are read
struct ListOptions {
  std::uint32_t limit = 20;  // 0 = all
  std::string by, kind, since, until, before;
  bool shared = false, only_private = false;
  std::vector<std::string> tags;
};
int list(Context& context, const ListOptions& options);
int show(Context& context, const std::string& id);
int search(Context& context, const std::vector<std::string>& words);

// command_export.cc, command_import.cc
struct ExportOptions {
  std::string folder, format, only;
};
struct ImportOptions {
  std::string file, format;
  bool shared = false;
};
int export_journal(Context& context, const ExportOptions& options);
int import_entries(Context& context, const ImportOptions& options);

// command_today.cc: one calm screen
int today(Context& context);

// command_status.cc: how things stand
int status(Context& context);
struct DoctorOptions {
  bool network = false;  // what keeps two nodes apart, instead of the journal
  bool no_discovery = false;
};
// Exit status of Errc::damaged where it found problems, of Errc::unreachable where something keeps nodes apart.
int doctor(Context& context, const DoctorOptions& options);
int version(Context& context);
int completion(Context& context, const std::string& script);

// command_config.cc
struct ConfigOptions {
  std::string name;                  // empty: all
  std::optional<std::string> value;  // absent: show; empty: back to the usual one
};
int config(Context& context, const ConfigOptions& options);

// command_backup.cc
int backup_create(Context& context, const std::string& file);
int backup_verify(Context& context, const std::string& file);
int backup_identity(Context& context);

}  // namespace attune::cli
