#include "iam/report_subject.hpp"

#include <utility>

#include <fmt/format.h>

#include "api/errors.hpp"
#include "api/page.hpp"
#include "aws/arn.hpp"
#include "iam/errors.hpp"
#include "iam/simulation_input.hpp"

namespace iamlocal::iam {
namespace {

ApiError not_supported(std::string_view arn) {
    return {error_type::invalid_input, fmt::format("Invalid Entity Arn: {} is not supported.", arn)};
}

ApiError no_entity(std::string_view arn) {
    return {error_type::invalid_input, fmt::format("Could not extract entity from ARN : {}", arn)};
}

ApiError other_account(const Context& ctx, std::string_view arn) {
    return api::access_denied(
        fmt::format("User: {} is not authorized to perform the operation on {}", ctx.caller.principal.arn, arn));
}

}  // namespace

ReportSubject report_subject(Context& ctx, const std::string& text, PolicySubjects policies) {
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn) throw validation_error(invalid_arn_words(text));
    if (arn->partition != "aws") throw validation_error("Invalid ARN partition");
    if (arn->service != "iam") throw validation_error("Invalid service in ARN");
    const bool with_policies = policies == PolicySubjects::yes;
    const bool of_aws = arn->account == "aws" && arn->resource.starts_with("policy/");
    if (arn->account != ctx.account().view() && !of_aws) throw other_account(ctx, text);
    const std::optional<EntityResource> entity = parse_entity_resource(arn->resource);
    if (!arn->region.empty() || !entity) throw with_policies ? not_supported(text) : no_entity(text);
    std::string name(entity->name);
    if (entity->type == "user") return {text, look_up<UserKind>(ctx, std::move(name))};
    if (entity->type == "group") return {text, look_up<GroupKind>(ctx, std::move(name))};
    if (entity->type == "role") return {text, look_up<RoleKind>(ctx, std::move(name))};
    if (entity->type == "policy" && with_policies) return {text, look_up<PolicyKind>(ctx, text)};
    throw not_supported(text);
}

void ReportSubject::require() const {
    const bool is_there = std::visit([](const auto& subject) { return subject.entity.has_value(); }, named);
    if (!is_there) throw ApiError(error_type::no_such_entity, fmt::format("ARN {} does not exist.", arn));
}

Target report_subject_target(Context& ctx, const ReportSubject& subject) {
    Target target =
        std::visit([&]<class Kind>(const LookedUp<Kind>& named) { return Kind::target(ctx, named.name, named.entity); },
                   subject.named);
    target.shown.clear();
    return target;
}

ApiError wrong_report_marker(std::string_view marker) {
    if (!api::is_marker(marker)) return api::invalid_marker();
    return {error_type::invalid_input, "The marker passed in the request was invalid."};
}

}  // namespace iamlocal::iam
