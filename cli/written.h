// The text of an entry: from the arguments, standard input or the person's editor, to where it is saved.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/context.h"
#include "node/client.h"

namespace attune::cli {

// What the editor opens with; empty: nothing.
using TextBefore = std::function<std::string(node::Client&)>;
// Asked once, before the text is saved: true where the person wants to change it first. Empty: nothing is asked.
using Offer = std::function<bool(node::Client&, const std::string& text)>;
// Throws where the text was not saved.
using Save = std::function<void(node::Client&, const std::string& text)>;

// Takes the text and saves it. What came from the editor is not lost where saving fails: on the terminal, which is
// there then, the person is asked whether to try again, to open the editor again, or to drop it; meanwhile the text is
// in this process's memory only. Throws what went wrong last; Errc::usage for what is no text of an entry.
void save_written(Context& context, const std::vector<std::string>& arguments, const TextBefore& before,
                  const Save& save, const Offer& offer = {});

// Arguments as one text: a space between them.
[[nodiscard]] std::string joined_text(const std::vector<std::string>& parts);

// A text that is wiped where it stands when this dies, whatever ended the work on it.
class WipedText {
 public:
  explicit WipedText(std::string& text) : text_{text} {}
  ~WipedText();
  WipedText(const WipedText&) = delete;
  WipedText& operator=(const WipedText&) = delete;

 private:
  std::string& text_;
};

}  // namespace attune::cli
