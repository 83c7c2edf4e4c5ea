#include "policy/patterns.hpp"

#include <algorithm>
#include <utility>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "aws/service_principals.hpp"
#include "base/encoding.hpp"
#include "policy/principal_names.hpp"

namespace iamlocal::policy {
namespace {

bool is_white_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// The name in `role/path/name` or `assumed-role/name/session`.
std::string_view role_name(std::string_view resource) {
    constexpr std::string_view role = "role/";
    constexpr std::string_view session = "assumed-role/";
    if (resource.starts_with(role)) return resource.substr(resource.rfind('/') + 1);
    if (!resource.starts_with(session)) return {};
    resource.remove_prefix(session.size());
    return resource.substr(0, resource.find('/'));
}

}  // namespace

std::uint64_t service_key(std::string_view service) {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < sizeof key; ++i) {
        key = key << 8 | (i < service.size() ? static_cast<unsigned char>(service[i]) : 0U);
    }
    return key;
}

ActionName ActionName::of(std::string_view folded) { return {folded, service_key(folded.substr(0, folded.find(':')))}; }

ActionPattern ActionPattern::parse(std::string_view text) {
    ActionPattern pattern;
    // `*:*` has no documented meaning; linters and existing policies take it for every action.
    if (text == "*" || text == "*:*") {
        pattern.form_ = Form::everything;
        return pattern;
    }
    const std::size_t colon = text.find(':');
    const std::string_view name = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    if (name.empty() || std::any_of(name.begin(), name.end(), is_white_space)) return pattern;
    pattern.form_ = Form::text;
    pattern.service_size_ = static_cast<std::uint16_t>(std::min<std::size_t>(colon, UINT16_MAX));
    // A wildcard in the service is none. Both texts are cut at their first colon: the one that ends the service.
    pattern.text_.reserve(text.size());
    pattern.text_.append(text.substr(0, colon + 1), {});
    pattern.text_.append(name, {.wildcards = true});
    pattern.text_.fold();
    return pattern;
}

bool ActionPattern::matches(const ActionName& action) const {
    return form_ == Form::everything || (form_ == Form::text && text_.matches(action.text));
}

ResourceName ResourceName::of(std::string_view text) { return {text, std::count(text.begin(), text.end(), ':') >= 5}; }

ArnPattern ArnPattern::resource(std::string_view text, bool variables, Short missing) {
    ArnPattern pattern;
    if (text == "*") {
        pattern.form_ = Form::everything;
        return pattern;
    }
    Glob whole = Glob::parse(text, {.wildcards = true, .variables = variables});
    if (std::optional<Glob> arn = whole.for_arn()) {
        pattern.text_ = *std::move(arn);
        pattern.form_ = Form::arn;
        return pattern;
    }
    if (whole.has_variables()) {
        pattern.text_ = std::move(whole);
        pattern.form_ = Form::unresolved;
        return pattern;
    }
    if (missing == Short::never || (missing == Short::any_if_wildcard && text.find('*') == std::string_view::npos)) {
        return pattern;
    }
    const GlobSyntax in_part{.wildcards = true, .in_part = true};
    pattern.text_ = Glob::parse(text, in_part);
    for (auto colons = std::count(text.begin(), text.end(), ':'); colons < 4; ++colons) {
        pattern.text_.append(":*", in_part);
    }
    pattern.text_.append(":*", {.wildcards = true});
    pattern.form_ = Form::arn;
    return pattern;
}

ArnPattern ArnPattern::condition(std::string_view text, bool variables) {
    ArnPattern pattern;
    pattern.text_ = Glob::parse(text, {.wildcards = true, .variables = variables});
    if (std::optional<Glob> arn = pattern.text_.for_arn()) {
        pattern.text_ = *std::move(arn);
        pattern.form_ = Form::arn;
        return pattern;
    }
    if (!pattern.text_.has_variables()) return {};
    pattern.form_ = Form::unresolved;
    return pattern;
}

bool ArnPattern::is_broken(const RequestContext& context) const {
    if (form_ == Form::nothing) return true;
    if (form_ != Form::unresolved) return false;
    const std::optional<std::size_t> colons = text_.count_colons(context);
    return colons && *colons < 5;
}

bool ArnPattern::matches(const ResourceName& resource, const RequestContext& context) const {
    if (form_ == Form::everything) return true;
    if (form_ == Form::nothing || !resource.is_arn) return false;
    if (form_ == Form::arn && !text_.has_variables()) return text_.matches(resource.text);
    // Most differ before their first variable, and asking for its value costs more than this.
    if (!resource.text.starts_with(text_.leading_text())) return false;
    std::optional<Glob> resolved = text_.resolve(context, resource.text.size());
    if (resolved && form_ == Form::unresolved) resolved = resolved->for_arn();
    return resolved && resolved->matches(resource.text);
}

PrincipalPattern::Type PrincipalPattern::type_of(std::string_view name) {
    if (name == "AWS") return Type::aws;
    if (name == "Service") return Type::service;
    if (name == "Federated") return Type::federated;
    return Type::canonical_user;
}

PrincipalPattern PrincipalPattern::everyone() {
    PrincipalPattern pattern;
    pattern.form_ = Form::everyone;
    return pattern;
}

PrincipalPattern PrincipalPattern::parse(Type type, std::string_view text) {
    PrincipalPattern pattern;
    pattern.text_ = text;
    if (type == Type::service && aws::is_service_principal(text)) pattern.form_ = Form::service;
    if (type == Type::federated && is_identity_provider(text)) pattern.form_ = Form::federated;
    if (type == Type::canonical_user) pattern.form_ = Form::canonical_user;
    if (type != Type::aws) return pattern;
    if (text == "*") return everyone();
    if (ids::is_account_id(text)) {
        pattern.form_ = Form::account;
        pattern.account_ = text;
        return pattern;
    }
    const std::optional<ArnParts> parts = ArnParts::split(text);
    if (!parts) {
        // What IAM stores in place of the ARN of a user or role, and all that is left when it is deleted.
        if (ids::is_unique_id(text)) pattern.form_ = Form::unique_id;
        return pattern;
    }
    const auto& [arn, partition, service, region, account, resource] = parts->part;
    pattern.partition_ = partition;
    pattern.account_ = account;
    if (arn != "arn" || !region.empty() || resource.find_first_of("*?") != std::string_view::npos) return pattern;
    if (service == "iam" && resource == "root") pattern.form_ = Form::account;
    if (service == "iam" && resource.starts_with("user/")) pattern.form_ = Form::user;
    if (service == "iam" && resource.starts_with("role/")) {
        pattern.form_ = Form::role;
        pattern.role_ = role_name(resource);
    }
    if (service == "sts" && (resource.starts_with("assumed-role/") || resource.starts_with("federated-user/"))) {
        pattern.form_ = Form::session;
    }
    return pattern;
}

namespace {

/// The specificity of naming the identity behind a caller: the user, or the role of a session.
PrincipalSpecificity through_identity(PrincipalKind kind) {
    switch (kind) {
        case PrincipalKind::user:
        case PrincipalKind::user_session:
            return PrincipalSpecificity::direct;
        case PrincipalKind::federated_user:
            return PrincipalSpecificity::via_user;
        case PrincipalKind::role_session:
            return PrincipalSpecificity::via_role;
        default:
            return PrincipalSpecificity::none;
    }
}

bool is_of_an_account(PrincipalKind kind) {
    return kind == PrincipalKind::root || through_identity(kind) != PrincipalSpecificity::none;
}

std::string_view user_arn(const Principal& principal) {
    if (principal.kind == PrincipalKind::user) return principal.arn;
    if (principal.kind == PrincipalKind::user_session && principal.user_arn.empty()) return principal.arn;
    if (principal.kind == PrincipalKind::role_session) return {};
    return principal.user_arn;
}

}  // namespace

PrincipalSpecificity PrincipalPattern::match(const Principal& principal) const {
    const auto if_equal = [](bool equal, PrincipalSpecificity specificity) {
        return equal ? specificity : PrincipalSpecificity::none;
    };
    switch (form_) {
        case Form::everyone:
            return PrincipalSpecificity::direct;
        case Form::account: {
            if (!is_of_an_account(principal.kind) || principal.account != account_) return PrincipalSpecificity::none;
            const std::optional<ArnParts> caller = ArnParts::split(principal.arn);
            if (!partition_.empty() && caller && caller->part[1] != partition_) return PrincipalSpecificity::none;
            return principal.kind == PrincipalKind::root ? PrincipalSpecificity::direct : PrincipalSpecificity::account;
        }
        case Form::user:
            return if_equal(user_arn(principal) == text_, through_identity(principal.kind));
        case Form::role: {
            if (principal.kind != PrincipalKind::role_session || principal.account != account_)
                return PrincipalSpecificity::none;
            const std::optional<ArnParts> caller = ArnParts::split(principal.arn);
            return if_equal(caller && caller->part[1] == partition_ && role_name(caller->part[5]) == role_,
                            PrincipalSpecificity::via_role);
        }
        case Form::session:
            return if_equal(
                (principal.kind == PrincipalKind::role_session || principal.kind == PrincipalKind::federated_user) &&
                    principal.arn == text_,
                PrincipalSpecificity::direct);
        case Form::unique_id:
            return if_equal(principal.unique_id == text_, through_identity(principal.kind));
        case Form::service:
            return if_equal(principal.kind == PrincipalKind::service && principal.arn == text_,
                            PrincipalSpecificity::direct);
        case Form::federated:
            return if_equal(!principal.provider.empty() && principal.provider == text_, PrincipalSpecificity::direct);
        case Form::canonical_user:  // nobody here has such an id
        case Form::never:
            return PrincipalSpecificity::none;
    }
    return PrincipalSpecificity::none;
}

}  // namespace iamlocal::policy
