#include "tree/to_json.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace iamlocal::tree {
namespace {

constexpr std::size_t account_digits = 12;

class TreeWriter {
  public:
    explicit TreeWriter(Numbers numbers, bool traces = false) : numbers_(numbers), traces_(traces) {}

    void write(const Node& node) {
        note(node);
        switch (node.kind) {
            case Kind::null:
                json_.text += "null";
                return;
            case Kind::boolean:
                json_.text += fold_case(node.text);
                return;
            case Kind::number:
                if (is_number(node))
                    json_.text += node.text;
                else
                    quote(node.text);
                return;
            case Kind::text:
                return quote(node.text);
            case Kind::list:
                return list(node);
            case Kind::map:
                return map(node);
        }
    }

    TracedJson take() { return std::move(json_); }

  private:
    void note(const Node& node) {
        if (traces_) json_.origins.emplace_back(json_.text.size(), &node);
    }

    bool is_number(const Node& node) const {
        if (!node.is_plain) return true;
        const bool is_account =
            node.text.size() == account_digits && node.text.find_first_of("-.") == std::string::npos;
        return numbers_ == Numbers::are_numbers && !is_account;
    }

    void quote(std::string_view text) {
        json_.text.push_back('"');
        json_append(json_.text, text);
        json_.text.push_back('"');
    }

    void list(const Node& node) {
        json_.text.push_back('[');
        for (const Node* const& item : node.items) {
            if (&item != node.items.data()) json_.text.push_back(',');
            write(*item);
        }
        json_.text.push_back(']');
    }

    void map(const Node& node) {
        json_.text.push_back('{');
        for (const Entry& entry : node.entries) {
            if (&entry != node.entries.data()) json_.text.push_back(',');
            note(*entry.key);
            quote(entry.key->text);
            json_.text.push_back(':');
            write(*entry.value);
        }
        json_.text.push_back('}');
    }

    Numbers numbers_;
    bool traces_;
    TracedJson json_;
};

/// The byte at a column that is counted in UTF-16 units from 1.
std::size_t byte_at(std::string_view text, std::size_t column) {
    std::size_t at = 0;
    for (std::size_t units = 1; units < column && at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const bool continues = (byte & 0xc0U) == 0x80;
        if (!continues) units += byte >= 0xf0 ? 2 : 1;
    }
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80) ++at;
    return at;
}

}  // namespace

std::string to_json(const Node& node, Numbers numbers) {
    TreeWriter writer(numbers);
    writer.write(node);
    return writer.take().text;
}

const Node& TracedJson::node_at(std::size_t column) const {
    const std::size_t byte = byte_at(text, column);
    const auto after = std::upper_bound(origins.begin(), origins.end(), byte,
                                        [](std::size_t wanted, const auto& origin) { return wanted < origin.first; });
    return *std::prev(after)->second;
}

TracedJson to_traced_json(const Node& node, Numbers numbers) {
    TreeWriter writer(numbers, true);
    writer.write(node);
    return writer.take();
}

}  // namespace iamlocal::tree
