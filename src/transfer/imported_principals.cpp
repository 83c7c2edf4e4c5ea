#include <algorithm>
#include <optional>
#include <string>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "transfer/seed_draft.hpp"

namespace iamlocal::transfer {
namespace {

/// A user or a role that a policy names.
struct NamedPrincipal {
    std::string account;
    const char* kind;  ///< in seeds: users, roles
    std::string path;
    std::string name;
};

/// The unique id of somebody who is gone: AWS shows it in place of the ARN.
bool is_unique_id(std::string_view text) {
    return (text.starts_with("AIDA") || text.starts_with("AROA")) && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
           });
}

bool is_reserved(std::string_view resource) { return resource.starts_with("role/aws-"); }

/// `user/a/b/name` and the like. Nothing for root, and for whoever needs not be there.
std::optional<NamedPrincipal> principal_of(std::string_view text) {
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn || !ids::is_account_id(arn->account)) return std::nullopt;
    const std::string account(arn->account);
    const std::size_t slash = arn->resource.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const std::string_view type = arn->resource.substr(0, slash);
    if (type == "assumed-role") {
        const std::string_view rest = arn->resource.substr(slash + 1);
        return NamedPrincipal{account, "roles", "/", std::string(rest.substr(0, rest.find('/')))};
    }
    if (arn->service != "iam" || (type != "user" && type != "role")) return std::nullopt;
    const std::size_t last = arn->resource.rfind('/');
    return NamedPrincipal{account, type == "user" ? "users" : "roles",
                          std::string(arn->resource.substr(slash, last + 1 - slash)),
                          std::string(arn->resource.substr(last + 1))};
}

Json trust(const std::string& account) {
    return {{"Effect", "Allow"}, {"Principal", {{"AWS", account}}}, {"Action", "sts:AssumeRole"}};
}

/// One draft's principals.
class Completion {
  public:
    explicit Completion(SeedDraft& draft) : draft_(draft) {}

    /// The statements of a policy, which may be one or a list of them.
    void complete(Json& policy, const std::string& role) {
        const auto statements = policy.find("Statement");
        if (statements == policy.end()) return;
        if (!statements->is_array()) *statements = Json::array({*statements});
        Json kept = Json::array();
        for (Json& statement : *statements)
            if (complete_statement(statement, role)) kept.push_back(std::move(statement));
        *statements = std::move(kept);
        // AWS wants one at least. This one is about nobody.
        if (statements->empty())
            statements->push_back(
                Json{{"Effect", "Deny"}, {"Principal", {{"AWS", "*"}}}, {"Action", "sts:AssumeRole"}});
    }

  private:
    /// Whether anybody is left whom it is about.
    bool complete_statement(Json& statement, const std::string& role) {
        const auto principal = statement.find("Principal");
        if (principal == statement.end() || !principal->is_object()) return true;
        const auto names = principal->find("AWS");
        if (names == principal->end()) return true;
        Json kept = Json::array();
        for (const Json& name : names->is_array() ? *names : Json::array({*names}))
            if (!name.is_string() || stays(name.get<std::string>(), role)) kept.push_back(name);
        if (kept.empty())
            principal->erase("AWS");
        else
            *names = names->is_array() ? std::move(kept) : kept.front();
        return !principal->empty();
    }

    bool stays(const std::string& name, const std::string& role) {
        if (is_unique_id(name)) {
            draft_.remark("The trust policy names somebody who is gone, and no longer does", role);
            return false;
        }
        const std::optional<NamedPrincipal> principal = principal_of(name);
        if (!principal) return true;
        if (is_reserved(Arn::parse(name)->resource)) {
            draft_.remark("The trust policy names a role that only AWS makes, and no longer does", role);
            return false;
        }
        require(*principal);
        return true;
    }

    void require(const NamedPrincipal& principal) {
        if (draft_.holds(principal.account, principal.kind, principal.name)) return;
        Json thing = Json::object();
        if (principal.path != "/") thing["path"] = principal.path;
        if (std::string_view(principal.kind) == "roles")
            thing["trust_policy"] = {{"Version", "2012-10-17"}, {"Statement", Json::array({trust(principal.account)})}};
        draft_.accounts[principal.account][principal.kind][principal.name] = std::move(thing);
        ++draft_.things;
        draft_.remark("A placeholder, since trust policies name it", principal.account + " " + principal.name);
    }

    SeedDraft& draft_;
};

}  // namespace

void complete_principals(SeedDraft& draft) {
    Completion completion(draft);
    Json& own = draft.own();
    const auto roles = own.find("roles");
    if (roles == own.end()) return;
    // Placeholders of the account itself join the list while it is walked.
    std::vector<std::string> names;
    for (const auto& role : roles->items()) names.push_back(role.key());
    for (const std::string& name : names) {
        // Out of the list, which may grow meanwhile.
        Json policy = std::move(draft.own()["roles"][name]["trust_policy"]);
        completion.complete(policy, name);
        draft.own()["roles"][name]["trust_policy"] = std::move(policy);
    }
}

}  // namespace iamlocal::transfer
