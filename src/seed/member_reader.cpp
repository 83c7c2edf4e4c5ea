#include "seed/member_reader.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "base/nearest.hpp"
#include "seed/refused.hpp"

namespace iamlocal::seed {
namespace {

using tree::Entry;
using tree::Kind;
using tree::Node;

const char* name_of_kind(const Node& node) {
    switch (node.kind) {
        case Kind::null:
            return "nothing";
        case Kind::boolean:
            return "true or false";
        case Kind::number:
            return "a number";
        case Kind::text:
            return "a text";
        case Kind::list:
            return "a list";
        case Kind::map:
            return "a map";
    }
    return "";
}

[[noreturn]] void refuse_kind(const Node& node, std::string_view name, std::string_view expected) {
    refuse(node, fmt::format("{} must be {}, and here is {}", name, expected, name_of_kind(node)));
}

const Node& require_kind(const Node& node, Kind kind, std::string_view name, std::string_view expected) {
    if (!node.is(kind)) refuse_kind(node, name, expected);
    return node;
}

/// In YAML every scalar that somebody wrote is a text, too.
Text text_of(const Node& node, std::string_view name) {
    const bool is_text = node.is(Kind::text) || (node.is_plain && node.is_scalar() && !node.is(Kind::null));
    if (!is_text) refuse_kind(node, name, "a text");
    Text text;
    text.at = &node;
    text.value = node.text;
    return text;
}

Document document_of(const Node& node, std::string_view name) {
    if (!node.is(Kind::map) && !node.is(Kind::text)) refuse_kind(node, name, "a policy document, or its text");
    return {{&node}};
}

class MemberReader final : public Members {
  public:
    MemberReader(const Node& node, std::string_view what) : node_(node), what_(what) {}

    void text(const Member& member, Text& value, TextForm form) override {
        const Node* const at = find(member, value);
        if (at == nullptr) return;
        value = text_of(*at, member.name);
        if (!form.choices.empty() &&
            std::find(form.choices.begin(), form.choices.end(), value.value) == form.choices.end())
            refuse(*at, fmt::format("{} is one of {}", member.name, fmt::join(form.choices, ", ")));
    }

    void number(const Member& member, Number& value) override {
        const Node* const at = find(member, value);
        if (at == nullptr) return;
        require_kind(*at, Kind::number, member.name, "a whole number");
        const char* const end = at->text.data() + at->text.size();
        const auto [stop, error] = std::from_chars(at->text.data(), end, value.value);
        if (error != std::errc() || stop != end) refuse(*at, fmt::format("{} must be a whole number", member.name));
        value.at = at;
    }

    void flag(const Member& member, Flag& value) override {
        const Node* const at = find(member, value);
        if (at == nullptr) return;
        require_kind(*at, Kind::boolean, member.name, "true or false");
        value.value = fold_case(at->text) == "true";
        value.at = at;
    }

    void texts(const Member& member, Texts& value, TextForm) override {
        const Node* const at = find(member, value);
        if (at == nullptr) return;
        value.at = &require_kind(*at, Kind::list, member.name, "a list");
        for (const Node* const item : at->items)
            value.items.push_back(text_of(*item, fmt::format("an item of {}", member.name)));
    }

    void pairs(const Member& member, Pairs& value) override {
        const Node* const at = find(member, value);
        if (at == nullptr) return;
        value.at = &require_kind(*at, Kind::map, member.name, "a map");
        for (const Entry& entry : at->entries)
            value.items.emplace_back(text_of(*entry.key, "a key"), text_of(*entry.value, entry.key->text));
    }

    void document(const Member& member, Document& value) override {
        if (const Node* const at = find(member, value)) value = document_of(*at, member.name);
    }

    void documents(const Member& member, Documents& value) override {
        const Node* const at = find(member, value);
        if (at == nullptr) return;
        value.at = &require_kind(*at, Kind::map, member.name, "a map");
        for (const Entry& entry : at->entries)
            value.items.emplace_back(text_of(*entry.key, "a name"), document_of(*entry.value, entry.key->text));
    }

    void object_or_text(const Member& member, Anything& value) override {
        const Node* const at = find(member, value);
        if (at == nullptr) return;
        if (!at->is(Kind::map) && !at->is(Kind::text)) refuse_kind(*at, member.name, "a map, or its text");
        value.at = at;
    }

    void object(const Member& member, Anything& value) override {
        const Node* const at = find(member, value);
        if (at == nullptr) return;
        value.at = &require_kind(*at, Kind::map, member.name, "a map");
    }

    /// To be called when all members were listed.
    void finish() const {
        for (const Entry& entry : node_.entries) {
            if (std::find(known_.begin(), known_.end(), entry.key->text) != known_.end()) continue;
            const std::string nearest = find_nearest(entry.key->text, known_);
            refuse(*entry.key, fmt::format("{} has no member '{}'; {}", what_, entry.key->text,
                                           nearest.empty() ? fmt::format("known are {}", fmt::join(known_, ", "))
                                                           : fmt::format("did you mean {}?", nearest)));
        }
        if (missing_ != nullptr) refuse(node_, fmt::format("{} needs the member '{}'", what_, missing_));
    }

  protected:
    void things(const Member& member, Shape shape, Given& value, const Add& add) override {
        const Node* const found = find(member, value);
        if (found == nullptr) return;
        value.at = found;
        switch (shape.form) {
            case Shape::Form::one:
                return read_members(*found, member.name, add({}));
            case Shape::Form::list:
                for (const Node* const item : require_kind(*found, Kind::list, member.name, "a list").items)
                    read_members(*item, fmt::format("an item of {}", member.name), add({}));
                return;
            case Shape::Form::map:
                for (const Entry& entry : require_kind(*found, Kind::map, member.name, "a map").entries)
                    read_members(*entry.value, fmt::format("'{}' in {}", entry.key->text, member.name),
                                 add(text_of(*entry.key, "a name")));
                return;
        }
    }

  private:
    /// Null for what is left out, and for what is to go.
    const Node* find(const Member& member, Given& value) {
        known_.emplace_back(member.name);
        const Node* const found = node_.find(member.name);
        if (found == nullptr && member.is_required && missing_ == nullptr) missing_ = member.name;
        if (found == nullptr || !found->is(Kind::null) || !member.takes_null) return found;
        value.removed = found;
        return nullptr;
    }

    const Node& node_;
    std::string_view what_;
    std::vector<std::string> known_;
    const char* missing_ = nullptr;
};

}  // namespace

void read_members(const Node& node, std::string_view what, const std::function<void(Members&)>& describe) {
    // `alice: ` in YAML: a thing of which nothing more is said.
    static const Node nothing_said = [] {
        Node empty;
        empty.kind = Kind::map;
        return empty;
    }();
    const bool says_nothing = node.is(Kind::null);
    if (!says_nothing) require_kind(node, Kind::map, what, "a map");
    Node of_file = nothing_said;
    if (says_nothing) {
        of_file.line = node.line;
        of_file.column = node.column;
        of_file.file = node.file;
    }
    const Node& read = says_nothing ? of_file : node;
    MemberReader reader(read, what);
    describe(reader);
    reader.finish();
}

}  // namespace iamlocal::seed
