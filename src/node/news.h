// What the partner did since somebody last looked, in lines: entries that came, and acts on what the two share.
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "attune/api.pb.h"
#include "book/book.h"
#include "journal/agreement.h"
#include "journal/boundary.h"
#include "node/present.h"

namespace attune::node {

class News {
 public:
  // `offset`: of the asker's wall.
  News(const book::Book& book, const Presenter& people, std::chrono::minutes offset)
      : book_{book}, people_{people}, offset_{offset} {}

  // Acts that arrived on that object.
  void add(const ObjectId& object, const std::set<OpId>& acts);
  // As many as a screen holds: what ends something or says no first, then the newest.
  void write(api::v1::TodayResponse& out);

 private:
  struct Line {
    api::v1::News news;
    bool first = false;  // somebody must not miss it
  };
  void say(const char* about, const ObjectId& object, const std::string& text, const journal::Done& done,
           std::string_view what, bool first = false);
  [[nodiscard]] bool add_entry(const ObjectId& object, const std::set<OpId>& acts);
  void add_boundary(const ObjectId& object, const std::set<OpId>& acts);
  void add_agreement(const ObjectId& object, const std::set<OpId>& acts);
  void add_check_in(const ObjectId& object, const std::set<OpId>& acts);
  void add_pause(const ObjectId& object, const std::set<OpId>& acts);

  const book::Book& book_;
  const Presenter& people_;
  std::chrono::minutes offset_;
  std::vector<journal::Entry> entries_;
  std::vector<Line> lines_;
};

}  // namespace attune::node
