#include "cli/json.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "attune/api.pb.h"
#include "core/error.h"

namespace attune::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::array<std::string_view, 7> kForPeople{"too_late",     "short_id", "seen",  "of_other_text",
                                                     "authors_word", "said_to",  "of_day"};

bool is_for_people(const FieldDescriptor& field) {
  return field.message_type() == api::v1::ForPeople::descriptor() ||
         std::ranges::find(kForPeople, field.name()) != kForPeople.end();
}

void leave_out_what_is_for_people(Message& message) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (is_for_people(*field)) {
      reflection->ClearField(&message, field);
    } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    } else if (field->is_repeated()) {
      const int size = reflection->FieldSize(message, field);
      for (int i = 0; i < size; ++i)
        leave_out_what_is_for_people(*reflection->MutableRepeatedMessage(&message, field, i));
    } else {
      leave_out_what_is_for_people(*reflection->MutableMessage(&message, field));
    }
  }
}

std::string print(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) {
    throw Error{Errc::internal, "the answer could not be written as JSON"};
  }
  return json;
}

}  // namespace

std::string to_json(const Message& message) {
  const std::unique_ptr<Message> copy{message.New()};
  copy->CopyFrom(message);
  leave_out_what_is_for_people(*copy);
  return print(*copy);
}

std::string json_quoted(std::string_view text) {
  // The printer knows how JSON quotes, but prints messages only: one with a single field, and the frame taken off.
  constexpr std::string_view kBefore = R"({"version":)";
  api::v1::VersionResponse one;
  one.set_version(std::string{text});
  const std::string printed = print(one);
  return printed.substr(kBefore.size(), printed.size() - kBefore.size() - 1);
}

void append(crypto::SecretBytes& to, std::string_view text) {
  for (const char c : text) to.push_back(static_cast<std::byte>(c));
}

}  // namespace attune::cli
