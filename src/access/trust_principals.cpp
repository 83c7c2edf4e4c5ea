#include "access/trust_principals.hpp"

#include <optional>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "policy/parse.hpp"
#include "store/principal_ids.hpp"

namespace iamlocal::access {
namespace {

/// `replacement(principal)` is what stands for an AWS principal, or nothing where the text stays.
template <class Replacement>
std::string replace_principals(std::string_view document, Replacement replacement) {
    std::string result;
    std::size_t copied = 0;
    for (const policy::PrincipalText& principal : policy::aws_principals(document)) {
        const std::optional<std::string> text = replacement(principal.value);
        if (!text) continue;
        result.append(document.substr(copied, principal.begin - copied)).push_back('"');
        json_append(result, *text);
        result.push_back('"');
        copied = principal.end;
    }
    return result.append(document.substr(copied));
}

/// The unique id to store for a principal; nothing for one that is stored as it is. `exists` says whether there is one.
std::optional<std::string> id_to_store(db::Transaction& tx, const std::string& principal, bool& exists) {
    exists = true;
    if (ids::is_unique_id(principal)) {
        exists = store::arn_of_unique_id(tx, principal).has_value();
        return std::nullopt;
    }
    const std::optional<Arn> arn = Arn::parse(principal);
    if (!arn) return std::nullopt;
    if (arn->partition != "aws" || !arn->region.empty() || !ids::is_account_id(arn->account)) {
        exists = false;
        return std::nullopt;
    }
    // Sessions are stored by their ARN: they exist only while somebody uses them.
    if (arn->service != "iam" || arn->resource == "root") return std::nullopt;
    std::optional<std::string> id = store::unique_id_of_arn(tx, principal);
    exists = id.has_value();
    return id;
}

}  // namespace

std::variant<std::string, UnknownPrincipal> bind_principals(db::Transaction& tx, std::string_view document) {
    std::optional<UnknownPrincipal> unknown;
    std::string bound = replace_principals(document, [&](const std::string& principal) {
        bool exists = false;
        std::optional<std::string> id = id_to_store(tx, principal, exists);
        if (!exists && !unknown) unknown = UnknownPrincipal{principal};
        return id;
    });
    if (unknown) return *std::move(unknown);
    return bound;
}

std::string show_principals(db::Transaction& tx, std::string_view document) {
    return replace_principals(document, [&](const std::string& principal) -> std::optional<std::string> {
        if (ids::is_account_id(principal)) return arn::root(AccountId(principal));
        if (!ids::is_unique_id(principal)) return std::nullopt;
        return store::arn_of_unique_id(tx, principal);
    });
}

}  // namespace iamlocal::access
