#include "trail/sent.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace iamlocal::trail {
namespace {

using protocol::ListRule;
using protocol::Presence;
using protocol::TextRule;

/// Collects the names of secret members.
class SecretFinder final : public protocol::Fields {
  public:
    explicit SecretFinder(std::vector<std::string>& names) : names_(names) {}

  protected:
    void text(const char* name, Presence, const TextRule& rule, protocol::Slot<std::string_view>) override {
        note(name, rule);
    }
    void integer(const char*, Presence, const protocol::NumberRule&, protocol::Slot<std::int64_t>) override {}
    void boolean(const char*, Presence, protocol::Slot<bool>) override {}
    void text_list(const char* name, Presence, const ListRule&, const TextRule& item,
                   protocol::Slot<std::string_view>) override {
        note(name, item);
    }
    void structure_list(const char*, Presence, const ListRule&, protocol::StructureList list) override {
        list.append(list.target, *this);
    }
    void structure_member(const char*, Presence, protocol::StructureMember member) override {
        member.describe(member.target, *this);
    }
    void map_member(const char*, Presence, protocol::MapEntries entries) override {
        entries.append(entries.target, "key", *this);
    }

  private:
    void note(const char* name, const TextRule& rule) {
        if (rule.secret) names_.emplace_back(name);
    }

    std::vector<std::string>& names_;
};

/// Whether one of the dotted name's parts is a secret's: `ProvidedContexts.member.1.ContextAssertion`.
bool is_secret(std::string_view name, std::span<const std::string> secrets) {
    while (!name.empty()) {
        const std::size_t dot = std::min(name.find('.'), name.size());
        if (std::find(secrets.begin(), secrets.end(), name.substr(0, dot)) != secrets.end()) return true;
        name.remove_prefix(std::min(dot + 1, name.size()));
    }
    return false;
}

bool has_secret(const protocol::Parameters& parameters, std::span<const std::string> secrets) {
    if (secrets.empty()) return false;
    return std::any_of(parameters.begin(), parameters.end(),
                       [&](const protocol::Parameter& parameter) { return is_secret(parameter.name, secrets); });
}

}  // namespace

Secrets::Secrets(std::span<const api::Operation* const> operations) {
    for (const api::Operation* operation : operations) {
        std::vector<std::string> names;
        SecretFinder finder(names);
        operation->describe(finder);
        if (!names.empty()) names_.emplace(operation, std::move(names));
    }
}

std::span<const std::string> Secrets::of(const api::Operation& operation) const {
    const auto found = names_.find(&operation);
    if (found == names_.end()) return {};
    return found->second;
}

std::optional<Kept> sent_parameters(const api::Operation& operation, const Carriers& carriers,
                                    const protocol::Parameters& parameters, const Secrets& secrets) {
    const std::span<const std::string> names = secrets.of(operation);
    if (carriers.query.empty() && carriers.has_plain_body && !has_secret(parameters, names)) return std::nullopt;
    Kept kept;
    for (const protocol::Parameter& parameter : parameters) {
        if (is_secret(parameter.name, names)) {
            kept.secrets.emplace_back(parameter.value);
            continue;
        }
        if (!kept.form.empty()) kept.form.push_back('&');
        percent_append(kept.form, parameter.name);
        kept.form.push_back('=');
        percent_append(kept.form, parameter.value);
    }
    return kept;
}

std::string without_secrets(std::string message, std::span<const std::string> secrets) {
    constexpr std::string_view hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
    constexpr std::size_t shortest = 4;
    for (const std::string& secret : secrets) {
        if (secret.empty()) continue;
        // A letter or two stand everywhere; where they are repeated, they are quoted.
        const bool is_short = secret.size() < shortest;
        const std::string value = is_short ? "'" + secret + "'" : secret;
        for (std::size_t at = 0; (at = message.find(value, at)) != std::string::npos; at += hidden.size())
            message.replace(at, value.size(), hidden);
    }
    return message;
}

}  // namespace iamlocal::trail
