// A forward-only writer of answers, in the XML of AWS's Query protocol or in its JSON form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace iamlocal::protocol {

enum class AnswerFormat { xml, json };

/// What an element of an answer is. XML does not say it, and JSON does not say all of it.
enum class ElementKind : char {
    structure = '{',
    list = '[',
    text = 't',
    secret = 's',
    number = 'n',
    boolean = 'b',
    time = 'd',
    entry = 'm',         ///< of a map, a text
    number_entry = 'M',  ///< of a map, a number
};

/// Writes into a string that the caller keeps. An element that stays empty is written `<Name/>` in XML, as AWS does.
class AnswerWriter {
  public:
    /// `kinds`: gets an ElementKind for each element, in the order of the document; null: nobody asks.
    AnswerWriter(AnswerFormat format, std::string& out, std::string* kinds = nullptr)
        : format_(format), out_(out), kinds_(kinds) {}

    AnswerFormat format() const { return format_; }
    /// The outermost element without its suffix: the operation that is answered.
    std::string_view root() const { return root_; }

    /// Opens the outermost element; `xmlns` may be empty. `root` must outlive the writer.
    void begin_document(std::string_view root, std::string_view suffix, std::string_view xmlns);
    void end_document(std::string_view root, std::string_view suffix);

    void begin(std::string_view name, std::string_view suffix = {});
    void end(std::string_view name, std::string_view suffix = {});
    void begin_list(std::string_view name);
    void end_list(std::string_view name);
    /// An element of a list that is a structure.
    void begin_member();
    void end_member();
    /// An element of a list that is a text.
    void member(std::string_view value);

    void text(std::string_view name, std::string_view value);
    /// A text that only this answer may show: the audit trail leaves it out.
    void secret(std::string_view name, std::string_view value);
    void number(std::string_view name, std::int64_t value);
    void boolean(std::string_view name, bool value);
    /// An entry of a map, whose element is opened by begin() and closed by end().
    void map_entry(std::string_view key, std::int64_t value);
    void map_entry(std::string_view key, std::string_view value);
    /// ISO 8601 in XML, seconds since 1970 in JSON, as AWS's two forms have it.
    void time(std::string_view name, Seconds value);
    /// The same with three digits behind the point.
    void time(std::string_view name, Milliseconds value);

  private:
    void note(ElementKind kind) {
        if (kinds_ != nullptr) kinds_->push_back(static_cast<char>(kind));
    }
    void text_leaf(std::string_view name, std::string_view value);
    void number_leaf(std::string_view name, std::int64_t value);
    void open(std::string_view name, std::string_view suffix, std::string_view xmlns);
    void close(std::string_view name, std::string_view suffix);
    void leaf_start(std::string_view name);
    void leaf_end(std::string_view name);
    void plain_leaf(std::string_view name, std::string_view value);
    std::size_t indent() const;
    void line();
    void json_key(std::string_view name, std::string_view suffix = {});
    void json_separator();
    void escaped(std::string_view text);

    AnswerFormat format_;
    std::string& out_;
    std::string* kinds_;
    std::string_view root_;
    int depth_ = 0;
    bool fresh_ = true;  ///< nothing was written since the innermost element was opened
};

}  // namespace iamlocal::protocol
