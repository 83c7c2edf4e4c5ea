#include "tree/node.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tree/parse.hpp"

namespace iamlocal::tree {

std::string Place::text() const { return line == 0 ? file : fmt::format("{}:{}:{}", file, line, column); }

const Node* Node::find(std::string_view key) const {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key->text == key; });
    return found == entries.end() ? nullptr : found->value;
}

std::variant<Tree, Error> parse(std::string_view text, std::string_view file) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
        return Error{{std::string(file)}, "is UTF-16; save it as UTF-8"};
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    const bool is_json = file.ends_with(".json") || (first != std::string_view::npos && text[first] == '{');
    return is_json ? parse_json(text, file) : parse_yaml(text, file);
}

}  // namespace iamlocal::tree
