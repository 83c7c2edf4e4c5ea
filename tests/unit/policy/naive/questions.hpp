// Random questions: documents of every kind and the requests to decide with them, made of choices (see choices.hpp).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "policy/request.hpp"
#include "unit/policy/naive/callers.hpp"
#include "unit/policy/naive/choices.hpp"
#include "unit/policy/naive/combine.hpp"
#include "unit/policy/naive/text.hpp"
#include "unit/policy/naive/vocabulary.hpp"

namespace iamlocal::naive {

/// The facts of one request, which request() refers to.
struct Facts {
    policy::Principal principal;
    std::string action;
    std::string resource;
    std::string resource_account;
    std::vector<std::pair<std::string, policy::Values>> keys;
    policy::MapContext context;

    [[nodiscard]] policy::Request request() const { return {&principal, action, resource, resource_account, &context}; }
};

/// Makes questions of bytes.
class Maker {
  public:
    explicit Maker(std::span<const std::uint8_t> bytes) : choose_(bytes) {}

    /// All policies of a request.
    Question question() {
        Question made;
        made.identity = documents(DocumentKind::identity, 3, 25);
        if (choose_.percent(25)) made.boundary = documents(DocumentKind::boundary, 1, 75);
        if (choose_.percent(35)) made.session = documents(DocumentKind::session, 2, 75);
        if (choose_.percent(65)) {
            made.resource_kind = choose_.percent(25) ? DocumentKind::trust : DocumentKind::resource;
            made.resource = documents(made.resource_kind, 1, 25);
        }
        for (std::size_t n = levels(); n > 0; --n) made.scp.push_back(documents(DocumentKind::scp, 2, 75));
        for (std::size_t n = levels(); n > 0; --n) made.rcp.push_back(documents(DocumentKind::rcp, 2, 75));
        if (choose_.percent(15)) {
            for (std::size_t n = 1 + choose_.below(3); n > 0; --n)
                made.scope_down.push_back(documents(DocumentKind::session, 1, 75));
        }
        return made;
    }

    /// One request.
    Facts facts() {
        Facts made;
        made.principal = choose_.percent(40) ? choose_.pick(callers()) : callers()[choose_.below(10)];
        made.action = spelled(choose_.pick(vocabulary::actions));
        made.resource =
            choose_.percent(12) ? random_arn(vocabulary::text_pieces) : spelled(choose_.pick(vocabulary::resources));
        static constexpr std::array accounts{"111111111111", "222222222222", "", "aws"};
        made.resource_account = choose_.percent(30) ? choose_.pick(accounts) : made.principal.account;
        for (const vocabulary::Family& family : vocabulary::families) {
            if (family.operators.front() == "Null") break;
            for (std::size_t i = 0; i < 3; ++i) {
                if (!choose_.percent(75)) continue;
                made.keys.emplace_back(family.keys[i], values(family, i == 2));
            }
        }
        if (choose_.percent(80)) {
            made.keys.emplace_back("acc:one", policy::Values::single(choose_.percent(75) ? "111111111111" : "2*"));
        }
        if (choose_.percent(80)) made.keys.emplace_back("str:empty", policy::Values::single(""));
        for (const auto& [key, values] : made.keys) made.context.set(key, values);
        return made;
    }

    /// A document with one statement of that effect.
    Json addition(DocumentKind kind, const char* effect) {
        Json added = statement(kind, 20);
        added["Effect"] = effect;
        return {{"Version", "2012-10-17"}, {"Statement", added}};
    }

    Choices& choose() { return choose_; }

  private:
    std::size_t levels() { return choose_.percent(25) ? 1 + choose_.below(2) : 0; }

    /// Mostly six parts, as colons are among the pieces.
    template <class Table>
    std::string random_arn(const Table& pieces) {
        std::string arn = "arn:aws:x:";
        for (int part = 0; part < 2; ++part) arn += choose_.word(pieces, 2) + ':';
        return arn + choose_.word(pieces, 6);
    }

    /// A word with its `~` written out.
    static std::string spelled(std::string_view word) {
        std::string text;
        for (const char c : word) text += c == '~' ? std::string(120, 'x') : std::string(1, c);
        return text;
    }

    policy::Values values(const vocabulary::Family& family, bool multivalued) {
        if (!multivalued) return policy::Values::single(value(family));
        std::vector<std::string> items;
        for (std::size_t n = choose_.below(4); n > 0; --n) items.push_back(value(family));
        return policy::Values::list(std::move(items));
    }

    std::string value(const vocabulary::Family& family) {
        if (family.keys[0] == "str:name" && choose_.percent(20)) return choose_.word(vocabulary::text_pieces, 5);
        return std::string(narrowed(family.values));
    }

    /// A word from the front of a table more often than from the rest: what is well-formed, common and has an equal in
    /// another spelling stands there.
    std::string_view narrowed(std::span<const vocabulary::Word> table) {
        const std::size_t part = choose_.below(3);
        const std::size_t front = part == 0 ? 6 : part == 1 ? (table.size() + 2) / 3 : table.size();
        return table[choose_.below(std::min(front, table.size()))];
    }

    /// One value or a list, which may be long or empty.
    template <class Make>
    Json some(Make make) {
        if (!choose_.percent(35)) return make();
        Json list = Json::array();
        const std::size_t most = choose_.percent(8) ? 14 : 3;
        if (choose_.percent(1)) return list;
        for (std::size_t n = 1 + choose_.below(most); n > 0; --n) list.push_back(make());
        return list;
    }

    Json policy_value(const vocabulary::Family& family) {
        if (family.keys[0] == "str:name" && choose_.percent(15)) return choose_.word(vocabulary::glob_pieces, 5);
        const bool pattern = choose_.percent(50);
        const std::string_view text = narrowed(pattern ? family.policy_values : family.values);
        return text.starts_with('#') ? Json::parse(text.substr(1)) : Json(text);
    }

    Json conditions() {
        Json condition = Json::object();
        for (std::size_t n = 1 + choose_.below(2); n > 0; --n) {
            const vocabulary::Family& family = choose_.pick(vocabulary::families);
            const vocabulary::Family& other = choose_.percent(8) ? choose_.pick(vocabulary::families) : family;
            std::string name;
            const bool null = family.operators.front() == "Null";
            const std::size_t key = choose_.below(3);
            const bool quantified = choose_.percent(key == 2 && !null ? 85 : 12);
            if (quantified) name = choose_.percent(50) ? "ForAnyValue:" : "ForAllValues:";
            name += choose_.pick(family.operators);
            if (!null && choose_.percent(20)) name += "IfExists";
            if (choose_.percent(10)) name = lowered(name);
            std::string key_name(other.keys[key]);
            if (choose_.percent(10)) key_name = "str:missing";
            if (choose_.percent(10)) key_name[0] = static_cast<char>(key_name[0] - 'a' + 'A');
            condition[name][key_name] = some([&] { return policy_value(family); });
        }
        return condition;
    }

    Json principal() {
        if (choose_.percent(15)) return "*";
        Json element = Json::object();
        static constexpr std::array others{"Service", "Federated", "CanonicalUser"};
        if (choose_.percent(20)) element[choose_.pick(others)] = some([&] { return other_principal(); });
        if (element.empty() || choose_.percent(30)) {
            element["AWS"] = some([&] { return std::string(narrowed(vocabulary::aws_principals)); });
        }
        return element;
    }

    std::string other_principal() { return std::string(choose_.pick(vocabulary::other_principals)); }

    /// `broad_share`: how many of 100 match every action and resource. Most limits (boundaries, SCPs) have to, or all
    /// would be denied.
    Json statement(DocumentKind kind, unsigned broad_share) {
        const bool broad = choose_.percent(broad_share);
        Json made = Json::object();
        made["Effect"] = choose_.percent(broad ? 3 : 14) ? "Deny" : "Allow";
        if (broad) {
            made["Action"] = "*";
        } else {
            made[choose_.percent(15) ? "NotAction" : "Action"] =
                some([&] { return spelled(narrowed(vocabulary::action_patterns)); });
        }
        if (kind != DocumentKind::trust) {
            if (broad) {
                made["Resource"] = "*";
            } else {
                made[choose_.percent(15) ? "NotResource" : "Resource"] = some([&] { return resource_pattern(); });
            }
        }
        if (kind == DocumentKind::resource || kind == DocumentKind::trust || kind == DocumentKind::rcp) {
            if (kind == DocumentKind::rcp && choose_.percent(broad ? 95 : 60)) {
                made["Principal"] = "*";
            } else if (choose_.percent(96)) {
                made[choose_.percent(12) ? "NotPrincipal" : "Principal"] = principal();
            }
        }
        if (!broad && choose_.percent(50)) made["Condition"] = conditions();
        return made;
    }

    std::string resource_pattern() {
        if (choose_.percent(12)) return random_arn(vocabulary::glob_pieces);
        return spelled(narrowed(choose_.percent(30) ? std::span<const vocabulary::Word>(vocabulary::resources)
                                                    : vocabulary::resource_patterns));
    }

    Json document(DocumentKind kind, unsigned broad_share) {
        if (choose_.percent(1)) return nullptr;
        Json made = Json::object();
        if (!choose_.percent(12)) made["Version"] = choose_.percent(12) ? "2008-10-17" : "2012-10-17";
        Json first = statement(kind, broad_share);
        if (choose_.percent(50)) {
            made["Statement"] = std::move(first);
            return made;
        }
        Json& list = made["Statement"] = Json::array({std::move(first)});
        const std::size_t most = choose_.percent(25) ? 12 : 3;
        for (std::size_t n = choose_.below(most); n > 0; --n) list.push_back(statement(kind, broad_share));
        return made;
    }

    Documents documents(DocumentKind kind, std::size_t most, unsigned broad_share) {
        Documents made;
        if (choose_.percent(3)) return made;
        for (std::size_t n = 1 + choose_.below(most); n > 0; --n) made.push_back(document(kind, broad_share));
        return made;
    }

    Choices choose_;
};

}  // namespace iamlocal::naive
