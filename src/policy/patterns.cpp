#include "policy/patterns.hpp"

#include <algorithm>
#include <utility>

#include "base/encoding.hpp"

namespace iamlocal::policy {
namespace {

constexpr std::string_view white_space = " \t\r\n\v\f";

bool is_account(std::string_view text) {
    return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

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

std::optional<ArnParts> ArnParts::split(std::string_view text) {
    ArnParts parts;
    for (std::size_t i = 0; i < 5; ++i) {
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos) return std::nullopt;
        parts.part[i] = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    parts.part[5] = text;
    return parts;
}

ActionPattern ActionPattern::parse(std::string_view text) {
    ActionPattern pattern;
    // `*:*` has no documented meaning; linters and existing policies take it for every action.
    if (text == "*" || text == "*:*") {
        pattern.everything_ = true;
        return pattern;
    }
    const std::size_t colon = text.find(':');
    const std::string_view name = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    if (name.empty() || name.find_first_of(white_space) != std::string_view::npos) {
        pattern.never_ = true;
        return pattern;
    }
    pattern.service_ = fold_case(text.substr(0, colon));
    pattern.name_ = Glob::parse(fold_case(name), {.wildcards = true});
    return pattern;
}

bool ActionPattern::matches(const ActionName& action) const {
    if (everything_) return true;
    return !never_ && service_ == action.service && name_.matches(action.name);
}

ArnPattern ArnPattern::resource(std::string_view text, bool variables, Short missing) {
    ArnPattern pattern;
    if (text == "*") {
        pattern.everything_ = true;
        return pattern;
    }
    const GlobSyntax rest_syntax{.wildcards = true, .variables = variables};
    const std::optional<ArnParts> parts = ArnParts::split(text);
    if (parts) {
        const std::string_view head = text.substr(0, text.size() - parts->part[5].size());
        pattern.rest_ = Glob::parse(parts->part[5], rest_syntax);
        if (head.find_first_of("*?") == std::string_view::npos) {
            pattern.head_ = head;
            return pattern;
        }
        for (std::size_t i = 0; i < 5; ++i) pattern.parts_.push_back(Glob::parse(parts->part[i], {.wildcards = true}));
        return pattern;
    }
    if (missing == Short::never || (missing == Short::any_if_wildcard && text.find('*') == std::string_view::npos)) {
        pattern.never_ = true;
        return pattern;
    }
    while (pattern.parts_.size() < 5) {
        const std::size_t colon = text.find(':');
        pattern.parts_.push_back(Glob::parse(text.substr(0, colon), {.wildcards = true}));
        text = colon == std::string_view::npos ? std::string_view("*") : text.substr(colon + 1);
    }
    pattern.rest_ = Glob::parse("*", rest_syntax);
    return pattern;
}

ArnPattern ArnPattern::condition(std::string_view text, bool variables) {
    ArnPattern pattern;
    pattern.rest_ = Glob::parse(text, {.wildcards = true, .variables = variables});
    if (pattern.rest_.has_variables()) {
        pattern.whole_ = true;
        return pattern;
    }
    std::optional<std::vector<Glob>> parts = pattern.rest_.split_arn();
    if (!parts) {
        pattern.never_ = true;
        return pattern;
    }
    pattern.rest_ = std::move(parts->back());
    parts->pop_back();
    pattern.parts_ = std::move(*parts);
    return pattern;
}

bool ArnPattern::matches(const ResourceName& resource, const Context& context) const {
    if (everything_) return true;
    if (never_ || !resource.parts) return false;
    const auto& subject = resource.parts->part;
    if (whole_) {
        const std::optional<Glob> resolved = rest_.resolve(context);
        if (!resolved) return false;
        const std::optional<std::vector<Glob>> parts = resolved->split_arn();
        return parts && std::equal(parts->begin(), parts->end(), subject.begin(), subject.end(),
                                   [](const Glob& glob, std::string_view part) { return glob.matches(part); });
    }
    if (parts_.empty()) {
        // The head ends with the fifth colon, so being a prefix means that all five parts are equal.
        if (!resource.text.starts_with(head_)) return false;
    } else {
        for (std::size_t i = 0; i < 5; ++i) {
            if (!parts_[i].matches(subject[i])) return false;
        }
    }
    if (!rest_.has_variables()) return rest_.matches(subject[5]);
    const std::optional<Glob> resolved = rest_.resolve(context);
    return resolved && resolved->matches(subject[5]);
}

PrincipalPattern PrincipalPattern::everyone() {
    PrincipalPattern pattern;
    pattern.form_ = Form::everyone;
    return pattern;
}

PrincipalPattern PrincipalPattern::parse(Type type, std::string_view text) {
    PrincipalPattern pattern;
    pattern.text_ = text;
    if (type == Type::service) pattern.form_ = Form::service;
    if (type == Type::federated) pattern.form_ = Form::federated;
    if (type != Type::aws) return pattern;  // nobody here has a canonical user id
    if (text == "*") return everyone();
    if (is_account(text)) {
        pattern.form_ = Form::account;
        pattern.account_ = text;
        return pattern;
    }
    const std::optional<ArnParts> parts = ArnParts::split(text);
    if (!parts) {
        // What IAM stores in place of the ARN of a user or role, and all that is left when it is deleted.
        if (!text.empty() && text.find_first_of(":*?") == std::string_view::npos) pattern.form_ = Form::unique_id;
        return pattern;
    }
    const auto& [arn, partition, service, region, account, resource] = parts->part;
    pattern.partition_ = partition;
    pattern.account_ = account;
    if (arn != "arn" || !region.empty()) return pattern;
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

/// The strength of naming the identity behind a caller: the user, or the role of a session.
Strength through_identity(PrincipalKind kind) {
    switch (kind) {
        case PrincipalKind::user:
        case PrincipalKind::user_session:
            return Strength::direct;
        case PrincipalKind::federated_user:
            return Strength::via_user;
        case PrincipalKind::role_session:
            return Strength::via_role;
        default:
            return Strength::none;
    }
}

bool is_of_an_account(PrincipalKind kind) {
    return kind == PrincipalKind::root || through_identity(kind) != Strength::none;
}

std::string_view user_arn(const Principal& principal) {
    if (principal.kind == PrincipalKind::user) return principal.arn;
    if (principal.kind == PrincipalKind::user_session && principal.user_arn.empty()) return principal.arn;
    if (principal.kind == PrincipalKind::role_session) return {};
    return principal.user_arn;
}

}  // namespace

Strength PrincipalPattern::match(const Principal& principal) const {
    const auto if_equal = [](bool equal, Strength strength) { return equal ? strength : Strength::none; };
    switch (form_) {
        case Form::everyone:
            return Strength::direct;
        case Form::account: {
            if (!is_of_an_account(principal.kind) || principal.account != account_) return Strength::none;
            const std::optional<ArnParts> caller = ArnParts::split(principal.arn);
            if (!partition_.empty() && caller && caller->part[1] != partition_) return Strength::none;
            return principal.kind == PrincipalKind::root ? Strength::direct : Strength::account;
        }
        case Form::user:
            return if_equal(user_arn(principal) == text_, through_identity(principal.kind));
        case Form::role: {
            if (principal.kind != PrincipalKind::role_session || principal.account != account_) return Strength::none;
            const std::optional<ArnParts> caller = ArnParts::split(principal.arn);
            return if_equal(caller && caller->part[1] == partition_ && role_name(caller->part[5]) == role_,
                            Strength::via_role);
        }
        case Form::session:
            return if_equal(
                (principal.kind == PrincipalKind::role_session || principal.kind == PrincipalKind::federated_user) &&
                    principal.arn == text_,
                Strength::direct);
        case Form::unique_id:
            return if_equal(principal.unique_id == text_, through_identity(principal.kind));
        case Form::service:
            return if_equal(principal.kind == PrincipalKind::service && principal.arn == text_, Strength::direct);
        case Form::federated:
            return if_equal(!principal.provider.empty() && principal.provider == text_, Strength::direct);
        case Form::never:
            return Strength::none;
    }
    return Strength::none;
}

}  // namespace iamlocal::policy
