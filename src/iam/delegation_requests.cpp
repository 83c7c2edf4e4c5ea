// Delegation requests: made by a partner, looked at, listed and summarized in the account that they are for. What
// happens to them there is in delegation_states.cpp.
#include "store/delegation_requests.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "api/page.hpp"
#include "api/policy_documents.hpp"
#include "api/shape_text.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "iam/delegation.hpp"
#include "iam/errors.hpp"
#include "iam/operations.hpp"
#include "store/declared_templates.hpp"
#include "store/principal_ids.hpp"
#include "templates/declaration.hpp"
#include "templates/render.hpp"

namespace iamlocal::iam {
namespace {

using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;
using store::DelegationParameter;
using store::DelegationRequest;
using store::DelegationState;

// Constraints
// -----------------------------------------------------------------------------------------------------------

bool is_latin_text(std::string_view text) { return shape::delegation_notes.matches(text); }
bool is_latin_word(std::string_view text) { return !text.empty() && is_latin_text(text); }
bool is_printable(std::string_view text) {
    return !text.empty() && shape::every(text, [](char c) { return c >= ' ' && c <= '~'; });
}
bool is_channel(std::string_view text) {
    return !text.empty() && shape::every(text, [](char c) { return shape::is_word(c) || shape::is_one_of(c, ":.-"); });
}
bool is_owner(std::string_view text) {
    return !text.empty() &&
           shape::every(text, [](char c) { return shape::is_word(c) || shape::is_one_of(c, ":/+=,.@-"); });
}

/// `http://` or `https://`, a place, perhaps a query, perhaps a fragment.
bool is_url(std::string_view text) {
    if (!text.starts_with("http")) return false;
    text.remove_prefix(4);
    if (text.starts_with('s')) text.remove_prefix(1);
    if (!text.starts_with("://")) return false;
    text.remove_prefix(3);
    const auto skip = [&](std::string_view more) {
        while (!text.empty() && (shape::is_word(text[0]) || shape::is_one_of(text[0], more))) text.remove_prefix(1);
    };
    skip("./-");
    if (text.starts_with('?')) {
        text.remove_prefix(1);
        skip(".=&-");
    }
    if (text.starts_with('#')) {
        text.remove_prefix(1);
        skip("./-");
    }
    return text.empty();
}

constexpr const char* latin_pattern = R"([\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*)";
constexpr const char* latin_word_pattern = R"([\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+)";
constexpr const char* parameter_types[] = {"string", "stringList"};

const protocol::TextRule account_id = {.pattern = R"(\d{12})", .matches = ids::is_account_id};
const protocol::TextRule description = {.max = 1000, .pattern = latin_pattern, .matches = is_latin_text};
const protocol::TextRule request_message = {.max = 200, .pattern = latin_pattern, .matches = is_latin_text};
const protocol::TextRule workflow_id = {.min = 5, .max = 400, .pattern = latin_word_pattern, .matches = is_latin_word};
const protocol::TextRule redirect_url = {
    .min = 1,
    .max = 255,
    .pattern = R"(^http(s?)://[a-zA-Z0-9._/-]*(\?[a-zA-Z0-9._=&-]*)?(#[a-zA-Z0-9._/-]*)?$)",
    .matches = is_url};
const protocol::TextRule channel = {.min = 2, .max = 400, .pattern = "^[a-zA-Z0-9:_.-]+$", .matches = is_channel};
const protocol::TextRule owner_id = {.min = 20, .max = 2048, .pattern = "^[a-zA-Z0-9:/+=,.@_-]+$", .matches = is_owner};
const protocol::TextRule parameter_name = {.min = 5, .max = 256, .pattern = "[ -~]+", .matches = is_printable};
const protocol::TextRule parameter_value = {.pattern = "[ -~]+", .matches = is_printable};
const protocol::TextRule parameter_type = {.values = parameter_types};
const protocol::ListRule parameter_list = {.max = 50, .structure = "PolicyParameter"};
const protocol::ListRule any_list = {};
const protocol::NumberRule session_duration = {.min = 300, .max = 43200};

// How a request looks
// ---------------------------------------------------------------------------------------------------

void write_optional(AnswerWriter& out, std::string_view name, const std::optional<std::string>& value) {
    if (value) out.text(name, *value);
}

void write_request(AnswerWriter& out, const DelegationRequest& request) {
    out.text("DelegationRequestId", request.id);
    if (request.owner_account) out.text("OwnerAccountId", request.owner_account->view());
    out.text("Description", request.description);
    write_optional(out, "RequestMessage", request.message);
    out.begin("Permissions");
    out.text("PolicyTemplateArn", request.template_arn);
    out.begin_list("Parameters");
    for (const DelegationParameter& parameter : request.parameters) {
        out.begin_member();
        out.text("Name", parameter.name);
        out.begin_list("Values");
        for (const std::string& value : parameter.values) out.member(value);
        out.end_list("Values");
        out.text("Type", parameter.type);
        out.end_member();
    }
    out.end_list("Parameters");
    out.end("Permissions");
    out.text("PermissionPolicy", request.policy);
    if (const auto boundaries = demanded_boundaries(request.policy); !boundaries.empty()) {
        out.begin_list("RolePermissionRestrictionArns");
        for (const std::string& arn : boundaries) out.member(arn);
        out.end_list("RolePermissionRestrictionArns");
    }
    write_optional(out, "OwnerId", request.owner);
    write_optional(out, "ApproverId", request.approver);
    out.text("State", name_of(request.state));
    out.time("ExpirationTime", request.expires);
    out.text("RequestorId", request.requestor.view());
    out.text("RequestorName", request.requestor_name);
    out.time("CreateDate", request.created);
    out.number("SessionDuration", request.session_duration);
    write_optional(out, "RedirectUrl", request.redirect_url);
    write_optional(out, "Notes", request.notes);
    write_optional(out, "RejectionReason", request.rejection_reason);
    out.boolean("OnlySendByOwner", request.only_send_by_owner);
    out.time("UpdatedTime", request.updated);
}

// CreateDelegationRequest
// -----------------------------------------------------------------------------------------------

struct PermissionsInput {
    std::string template_arn;
    std::vector<DelegationParameter> parameters;
    bool has_template = false;
};

struct CreateDelegationRequestInput {
    std::optional<std::string> owner_account_id;
    std::string description;
    PermissionsInput permissions;
    std::optional<std::string> request_message;
    std::string requestor_workflow_id;
    std::optional<std::string> redirect_url;
    std::string notification_channel;
    std::int64_t session_duration = 0;
    std::optional<bool> only_send_by_owner;
    void describe(Fields& f) {
        f.optional("OwnerAccountId", owner_account_id, account_id);
        f.required("Description", description, iam::description);
        f.structure("Permissions", Presence::required, permissions, [](PermissionsInput& in, Fields& of) {
            of.optional("PolicyTemplateArn", in.template_arn, shape::arn);
            of.list("Parameters", Presence::optional, in.parameters, parameter_list,
                    [](DelegationParameter& parameter, Fields& item) {
                        item.optional("Name", parameter.name, parameter_name);
                        item.list("Values", Presence::optional, parameter.values, any_list, parameter_value);
                        item.optional("Type", parameter.type, parameter_type);
                    });
        });
        f.optional("RequestMessage", request_message, iam::request_message);
        f.required("RequestorWorkflowId", requestor_workflow_id, workflow_id);
        f.optional("RedirectUrl", redirect_url, iam::redirect_url);
        f.required("NotificationChannel", notification_channel, channel);
        f.required("SessionDuration", session_duration, iam::session_duration);
        f.optional("OnlySendByOwner", only_send_by_owner);
    }
};

Target create_target(Context& ctx, const CreateDelegationRequestInput& in) {
    Target target;
    target.resource = fmt::format("arn:aws:iam::{}:delegation-request/*", ctx.account().view());
    target.keys.push_back({"iam:delegationduration", policy::Values::single(std::to_string(in.session_duration))});
    target.keys.push_back({"iam:notificationchannel", policy::Values::single(in.notification_channel)});
    if (!in.permissions.template_arn.empty())
        target.keys.push_back({"iam:templatearn", policy::Values::single(in.permissions.template_arn)});
    return target;
}

/// The parameters of the request as values for the template's. Throws InvalidInput where they do not fit.
templates::Values require_values(const templates::DelegationTemplate& from,
                                 const std::vector<DelegationParameter>& parameters) {
    templates::Values values;
    for (const DelegationParameter& parameter : parameters) {
        const templates::Parameter* const known = from.find_parameter(parameter.name);
        if (known == nullptr) throw invalid_input(fmt::format("Unrecognized parameter: {}", parameter.name));
        if (parameter.type != (known->is_list ? "stringList" : "string"))
            throw invalid_input(fmt::format("Parameter '{}' must be of type {}.", parameter.name,
                                            known->is_list ? "stringList" : "string"));
        if (known->is_list ? parameter.values.empty() : parameter.values.size() != 1)
            throw invalid_input(fmt::format("Parameter '{}' must have {}, got {}.", parameter.name,
                                            known->is_list ? "a value" : "exactly one value", parameter.values.size()));
        if (!values.emplace(parameter.name, parameter.values).second)
            throw invalid_input(fmt::format("Parameter '{}' is given twice.", parameter.name));
    }
    for (const templates::Parameter& parameter : from.parameters)
        if (!parameter.default_value.empty()) values.try_emplace(parameter.name, 1, parameter.default_value);
    return values;
}

/// The policy that is asked for.
std::string require_policy(const templates::DelegationTemplate& from,
                           const std::vector<DelegationParameter>& parameters) {
    const templates::Rendered rendered = templates::render_document(from.policy, require_values(from, parameters));
    if (const auto* const missing = std::get_if<templates::MissingParameter>(&rendered))
        throw invalid_input(fmt::format("Parameter '{}' not found.", missing->name));
    if (std::holds_alternative<templates::TooLarge>(rendered)) throw invalid_input("The permissions are too large.");
    try {
        api::admit_policy(std::get<std::string>(rendered), policy::DocumentKind::identity);
    } catch (const ApiError& error) {
        throw invalid_input(fmt::format("The permissions are not valid: {}", error.message()));
    }
    return std::get<std::string>(rendered);
}

/// Notifications go to a topic of the requestor's account.
void require_channel(const Context& ctx, std::string_view text) {
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn || arn->service != "sns" || arn->region.empty() || arn->account != ctx.account().view())
        throw invalid_input(
            fmt::format("NotificationChannel must be the ARN of an SNS topic in account {}.", ctx.account().view()));
}

struct CreateDelegationRequestOutput {
    std::string id;
};

void write(AnswerWriter& out, const CreateDelegationRequestOutput& output) {
    out.text("ConsoleDeepLink",
             fmt::format("https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/delegation-requests/{}",
                         output.id));
    out.text("DelegationRequestId", output.id);
}

CreateDelegationRequestOutput create_request(Context& ctx, const CreateDelegationRequestInput& in) {
    const auto declared = store::declared_templates::find(ctx.tx);
    const auto read = templates::parse_declaration(declared ? std::string_view(declared->text) : "{}");
    const auto* const all = std::get_if<templates::Templates>(&read);
    const templates::DelegationTemplate* const from =
        all == nullptr ? nullptr : all->find_delegation(in.permissions.template_arn);
    // Templates of other partners are as unknown as those that do not exist.
    if (from == nullptr || from->partner != ctx.account())
        throw invalid_input(fmt::format("Policy template {} is not registered for account {}.",
                                        in.permissions.template_arn, ctx.account().view()));
    require_channel(ctx, in.notification_channel);
    std::string document = require_policy(*from, in.permissions.parameters);
    if (store::delegation_requests::is_used(ctx.tx, ctx.account(), in.requestor_workflow_id))
        throw ApiError(error_type::entity_already_exists,
                       fmt::format("Delegation Request with workflow id {} already exists.", in.requestor_workflow_id));
    const Seconds now = ctx.second();
    DelegationRequest request{.id = ids::request_id(ctx.env.entropy),
                              .requestor = ctx.account(),
                              .requestor_name = from->partner_name,
                              .workflow_id = in.requestor_workflow_id,
                              .owner_account = {},
                              .owner = {},
                              .approver = {},
                              .description = in.description,
                              .message = in.request_message,
                              .template_arn = from->arn,
                              .parameters = in.permissions.parameters,
                              .policy = std::move(document),
                              .redirect_url = in.redirect_url,
                              .channel = in.notification_channel,
                              .session_duration = in.session_duration,
                              .only_send_by_owner = in.only_send_by_owner.value_or(false),
                              .state = DelegationState::unassigned,
                              .created = now,
                              .updated = now,
                              .expires = expiry_of(DelegationState::unassigned, now),
                              .notes = {},
                              .rejection_reason = {}};
    if (in.owner_account_id) request.owner_account = AccountId(*in.owner_account_id);
    store::delegation_requests::insert(ctx.tx, request);
    return {std::move(request.id)};
}

// GetDelegationRequest
// --------------------------------------------------------------------------------------------------

struct GetDelegationRequestInput {
    std::string name;
    std::optional<bool> permission_check;
    void describe(Fields& f) {
        f.required("DelegationRequestId", name, shape::delegation_request_id);
        f.optional("DelegationPermissionCheck", permission_check);
    }
};

struct GetDelegationRequestOutput {
    DelegationRequest request;
    std::optional<PermissionCheck> check;
};

void write(AnswerWriter& out, const GetDelegationRequestOutput& output) {
    out.begin("DelegationRequest");
    write_request(out, output.request);
    out.end("DelegationRequest");
    if (!output.check) return;
    out.text("PermissionCheckStatus", "COMPLETE");
    out.text("PermissionCheckResult", *output.check == PermissionCheck::allowed  ? "ALLOWED"
                                      : *output.check == PermissionCheck::denied ? "DENIED"
                                                                                 : "UNSURE");
}

GetDelegationRequestOutput get_request(Context& ctx, const GetDelegationRequestInput& in, DelegationRequest& request) {
    GetDelegationRequestOutput output{std::move(request), {}};
    let_expire(ctx, output.request);
    if (in.permission_check.value_or(false)) output.check = check_permissions(ctx, output.request);
    return output;
}

// ListDelegationRequests
// ------------------------------------------------------------------------------------------------

struct ListDelegationRequestsInput {
    std::optional<std::string> owner;
    api::PageInput page;
    void describe(Fields& f) {
        f.optional("OwnerId", owner, owner_id);
        page.describe(f);
    }
};

Target list_target(Context&, const ListDelegationRequestsInput& in) {
    Target target;
    if (in.owner) target.keys.push_back({"iam:delegationrequestowner", policy::Values::single(*in.owner)});
    return target;
}

struct ListDelegationRequestsOutput {
    store::Page<DelegationRequest> page;
};

/// AWS's model spells this list's end differently from all others.
void write(AnswerWriter& out, const ListDelegationRequestsOutput& output) {
    out.begin_list("DelegationRequests");
    for (const DelegationRequest& request : output.page.items) {
        out.begin_member();
        write_request(out, request);
        out.end_member();
    }
    out.end_list("DelegationRequests");
    api::write_page_end(out, output.page.next, "isTruncated");
}

/// An owner is a user, a role or root of the caller's account.
void require_own_principal(Context& ctx, std::string_view text) {
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn || arn->service != "iam") throw invalid_input(invalid_arn_words(text));
    const bool exists = text == arn::root(ctx.account()) ||
                        (arn->account == ctx.account().view() && store::unique_id_of_arn(ctx.tx, text));
    if (!exists) throw ApiError(error_type::no_such_entity, fmt::format("ARN {} does not exist.", text));
}

ListDelegationRequestsOutput list_requests(Context& ctx, const ListDelegationRequestsInput& in) {
    if (in.owner) require_own_principal(ctx, *in.owner);
    ListDelegationRequestsOutput output{
        store::delegation_requests::page(ctx.tx, ctx.account(), in.owner, in.page.request())};
    for (DelegationRequest& request : output.page.items) let_expire(ctx, request);
    return output;
}

// GetHumanReadableSummary
// -----------------------------------------------------------------------------------------------

constexpr const char* console_locales[] = {"de", "en", "es", "fr", "id", "it", "ja", "ko", "pt", "tr", "zh"};
const protocol::TextRule locale = {.min = 2, .max = 12};

struct SummaryInput {
    std::string name;
    std::optional<std::string> locale;
    void describe(Fields& f) {
        f.required("EntityArn", name, shape::arn);
        f.optional("Locale", locale, iam::locale);
    }
};

struct SummaryOutput {
    std::string content;
    std::string locale;
    bool is_english = true;
};

void write(AnswerWriter& out, const SummaryOutput& output) {
    if (output.is_english) out.text("SummaryContent", output.content);
    out.text("Locale", output.locale);
    out.text("SummaryState", output.is_english ? "AVAILABLE" : "NOT_SUPPORTED");
}

/// `en`, `en-US`, `pt_BR`: only the language counts.
SummaryOutput get_summary(Context&, const SummaryInput& in, DelegationRequest& request) {
    std::string chosen = in.locale.value_or("en");
    const std::string language = chosen.substr(0, chosen.find_first_of("-_"));
    if (std::find(std::begin(console_locales), std::end(console_locales), language) == std::end(console_locales))
        throw invalid_input(fmt::format("Locale {} is not supported.", chosen));
    if (language != "en") return {{}, std::move(chosen), false};
    return {summarize(request), std::move(chosen), true};
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> delegation_operations() {
    static constexpr api::Operation rows[] = {
        operation<create_request, create_target>("iam:CreateDelegationRequest", writes),
        on<DelegationKind, get_request>("iam:GetDelegationRequest", reads),
        operation<list_requests, list_target>("iam:ListDelegationRequests", reads),
        on<DelegationArnKind, get_summary>("iam:GetHumanReadableSummary", reads),
    };
    return rows;
}

}  // namespace iamlocal::iam
