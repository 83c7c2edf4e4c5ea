#include "tools/policy_witness.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/key_names.hpp"
#include "base/encoding.hpp"
#include "policy/caller.hpp"

namespace iamlocal::tools {
namespace {

/// The context without what everybody knows of the caller.
analysis::Keys told_keys(const analysis::Witness& witness) {
    analysis::Keys keys = witness.context;
    for (const auto& [name, value] : policy::caller_keys(witness.principal)) {
        const std::string folded = fold_case(name);
        const policy::Values own = policy::Values::single(value);
        std::erase_if(keys, [&](const auto& key) { return key.first == folded && key.second == own; });
    }
    return keys;
}

std::string caller_of(const analysis::Witness& witness) {
    const policy::Principal& principal = witness.principal;
    if (principal.kind == policy::PrincipalKind::anonymous) return "*";
    return principal.arn.empty() ? principal.provider : principal.arn;
}

}  // namespace

std::string witness_text(const analysis::Witness& witness, const analysis::Model& model) {
    std::string text = fmt::format("{} on {}", witness.action, witness.resource);
    if (model.has_principals()) {
        const std::string caller = caller_of(witness);
        text.append(fmt::format(" by {}", caller == "*" ? "an anonymous caller" : caller));
    }
    std::string_view before = " with ";
    for (const auto& [key, values] : told_keys(witness)) {
        text.append(before).append(analysis::fact_of_key(key).name).append("=");
        text.append(values.multivalued ? fmt::format("[{}]", fmt::join(values.items, ","))
                                       : fmt::format("{}", fmt::join(values.items, ",")));
        before = ", ";
    }
    return text;
}

nlohmann::ordered_json witness_json(const analysis::Witness& witness, const analysis::Model& model) {
    nlohmann::ordered_json json{{"action", witness.action}, {"resource", witness.resource}};
    if (model.has_principals()) json["principal"] = caller_of(witness);
    json["context"] = nlohmann::ordered_json::object();
    for (const auto& [key, values] : told_keys(witness)) {
        nlohmann::ordered_json value = values.items;
        if (!values.multivalued && values.items.size() == 1) value = values.items.front();
        json["context"][analysis::fact_of_key(key).name] = std::move(value);
    }
    return json;
}

}  // namespace iamlocal::tools
