// Service-specific credentials of users: a user name and a password for one service, or an alias and a long secret. The
// answer that makes them is the only one that shows the secret part, and it is not kept: no service here asks for it.
#include "iam/service_specific_credentials.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "api/page.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "iam/errors.hpp"
#include "iam/kinds.hpp"
#include "iam/operations.hpp"
#include "iam/quotas.hpp"
#include "iam/shapes.hpp"
#include "iam/targets.hpp"
#include "iam/user_or_root.hpp"
#include "store/service_specific_credentials.hpp"

namespace iamlocal::iam {
namespace {

using protocol::AnswerWriter;
using protocol::Fields;
using store::ServiceSpecificCredential;
using store::User;

// Services

struct Service {
    std::string_view name;
    std::string_view secret_prefix;  ///< of the long secrets; empty: it has user names and passwords
};

constexpr Service services[] = {
    {"codecommit.amazonaws.com", ""},         {"cassandra.amazonaws.com", ""},
    {"bedrock.amazonaws.com", "ABSK"},        {"logs.amazonaws.com", "ACWL"},
    {"cloudwatch.amazonaws.com", "APIAACWM"}, {"aws-external-anthropic.amazonaws.com", "AEAA"},
};

/// Case does not matter.
const Service* find_service(std::string_view name) {
    const auto* const found = std::find_if(std::begin(services), std::end(services), [&](const Service& service) {
        return equals_ignoring_case(service.name, name);
    });
    return found == std::end(services) ? nullptr : found;
}

const Service& get_service(std::string_view name) {
    const bool has_good_characters = std::all_of(name.begin(), name.end(), [](char c) {
        const char folded = fold_case(c);
        return (folded >= 'a' && folded <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    });
    if (!has_good_characters) throw validation_error("ServiceName must match [a-zA-Z0-9.-]*");
    const Service* const service = find_service(name);
    if (!service)
        throw ApiError(error_type::no_such_entity,
                       fmt::format("No such service {} is supported for Service Specific Credentials", name));
    return *service;
}

void add_service_key(Target& target, std::string_view service) {
    target.keys.push_back({"iam:servicespecificcredentialservicename", policy::Values::single(std::string(service))});
}

// Credentials

/// 60 characters of base64's alphabet.
Secret random_characters(Entropy& entropy) {
    std::array<unsigned char, 45> random;
    entropy.fill(random);
    return Secret(base64_encode(random));
}

Secret make_secret(Entropy& entropy, const Service& service, std::string_view name) {
    Secret characters = random_characters(entropy);
    if (service.secret_prefix.empty()) return characters;
    const std::string text = fmt::format("{}:{}", name, characters.reveal());
    return Secret(std::string(service.secret_prefix) + base64_encode(as_bytes(text)));
}

/// The first one that nobody has for this service: `bob-at-111122223333`, then `bob+1-at-111122223333`, and so on.
std::string make_name(Context& ctx, const User& user, const Service& service) {
    std::string name = fmt::format("{}-at-{}", user.name, ctx.account().view());
    for (int number = 1; store::service_specific_credentials::has_name(ctx.tx, ctx.account(), service.name, name);
         ++number)
        name = fmt::format("{}+{}-at-{}", user.name, number, ctx.account().view());
    return name;
}

/// What is shown everywhere; `secret` only by what has made it.
void write_credential(AnswerWriter& out, std::string_view user_name, const ServiceSpecificCredential& credential,
                      Instant now, const Secret* secret) {
    const Service* const service = find_service(credential.service);
    const bool has_password = !service || service->secret_prefix.empty();
    const bool is_expired = credential.expires && *credential.expires <= now;
    out.time("CreateDate", credential.created);
    if (credential.expires) out.time("ExpirationDate", *credential.expires);
    out.text("ServiceName", credential.service);
    out.text(has_password ? "ServiceUserName" : "ServiceCredentialAlias", credential.name);
    if (secret) out.secret(has_password ? "ServicePassword" : "ServiceCredentialSecret", secret->reveal());
    out.text("ServiceSpecificCredentialId", credential.id);
    out.text("UserName", user_name);
    out.text("Status", is_expired ? "Expired" : credential.active ? "Active" : "Inactive");
}

struct CredentialOutput {
    std::string user_name;
    ServiceSpecificCredential credential;
    Secret secret;
    Instant now;
};

void write(AnswerWriter& out, const CredentialOutput& output) {
    out.begin("ServiceSpecificCredential");
    write_credential(out, output.user_name, output.credential, output.now, &output.secret);
    out.end("ServiceSpecificCredential");
}

// CreateServiceSpecificCredential

struct CreateCredentialInput {
    std::string name;
    std::string service_name;
    std::optional<std::int64_t> credential_age_days;
    void describe(Fields& f) {
        f.required("UserName", name, shape::user_name);
        f.required("ServiceName", service_name, shape::service_name);
        f.optional("CredentialAgeDays", credential_age_days, shape::credential_age_days);
    }
};

constexpr auto with_service_and_age = [](Context&, const auto& in, const auto&, Target& target) {
    const Service* const service = find_service(in.service_name);
    add_service_key(target, service ? service->name : std::string_view(in.service_name));
    if (in.credential_age_days)
        target.keys.push_back(
            {"iam:servicespecificcredentialagedays", policy::Values::single(std::to_string(*in.credential_age_days))});
};

CredentialOutput create_credential(Context& ctx, const CreateCredentialInput& in, User& user) {
    const Service& service = get_service(in.service_name);
    require_quota(ctx, Quota::service_specific_credentials,
                  store::service_specific_credentials::count(ctx.tx, ctx.account(), user.id, service.name));
    ServiceSpecificCredential credential{.account = ctx.account(),
                                         .id = ids::unique_id(ctx.env.entropy, ids::Kind::service_specific_credential),
                                         .user_id = user.id,
                                         .service = std::string(service.name),
                                         .name = make_name(ctx, user, service),
                                         .active = true,
                                         .created = ctx.second(),
                                         .expires = {}};
    if (in.credential_age_days) credential.expires = credential.created + std::chrono::days(*in.credential_age_days);
    store::service_specific_credentials::insert(ctx.tx, credential);
    Secret secret = make_secret(ctx.env.entropy, service, credential.name);
    return {std::move(user.name), std::move(credential), std::move(secret), ctx.now};
}

// Operations on one credential

/// What a request names.
struct NamedCredential {
    UserOrRoot whose;
    std::optional<ServiceSpecificCredential> credential;
};

constexpr auto named_credential = [](Context& ctx, const auto& in) {
    return NamedCredential{user_or_caller(ctx, in.user_name),
                           store::service_specific_credentials::find(ctx.tx, ctx.account(), in.credential_id)};
};

constexpr auto named_credential_target = [](Context& ctx, const auto&, const NamedCredential& named) {
    Target target = user_or_root_target(ctx, named.whose);
    if (named.credential) add_service_key(target, named.credential->service);
    return target;
};

/// Throws what AWS says of a user who is not there, of an id that nobody has, and of one that another has.
ServiceSpecificCredential& require_credential(NamedCredential& named, std::string_view id) {
    const User* const user = named.whose.find_user();
    if (!named.credential || !user)
        throw ApiError(error_type::no_such_entity, fmt::format("No such credential {} exists", id));
    if (named.credential->user_id != user->id)
        throw validation_error(
            fmt::format("User {} does not have a service specific credential with id {}", user->name, id));
    return *named.credential;
}

struct OneCredentialInput {
    std::optional<std::string> user_name;
    std::string credential_id;
    void describe(Fields& f) {
        f.optional("UserName", user_name, shape::user_name);
        f.required("ServiceSpecificCredentialId", credential_id, shape::service_specific_credential_id);
    }
};

struct UpdateCredentialInput {
    std::optional<std::string> user_name;
    std::string credential_id;
    std::string status;
    void describe(Fields& f) {
        f.optional("UserName", user_name, shape::user_name);
        f.required("ServiceSpecificCredentialId", credential_id, shape::service_specific_credential_id);
        f.required("Status", status, shape::credential_status);
    }
};

void update_credential(Context& ctx, const UpdateCredentialInput& in, NamedCredential& named) {
    named.whose.find_user();  // who is not there is said first
    if (in.status == "Expired") throw unsupported_status(in.status);
    const ServiceSpecificCredential& credential = require_credential(named, in.credential_id);
    store::service_specific_credentials::set_active(ctx.tx, ctx.account(), credential.id, in.status == "Active");
}

/// A new secret; nothing else changes, and nothing is kept of it.
CredentialOutput reset_credential(Context& ctx, const OneCredentialInput& in, NamedCredential& named) {
    ServiceSpecificCredential& credential = require_credential(named, in.credential_id);
    Secret secret = make_secret(ctx.env.entropy, get_service(credential.service), credential.name);
    return {std::move(named.whose.require_user().name), std::move(credential), std::move(secret), ctx.now};
}

void delete_credential(Context& ctx, const OneCredentialInput& in, NamedCredential& named) {
    store::service_specific_credentials::remove(ctx.tx, ctx.account(), require_credential(named, in.credential_id).id);
}

// ListServiceSpecificCredentials

struct ListCredentialsInput {
    std::optional<std::string> user_name;
    std::string service_name;
    std::optional<bool> all_users;
    api::PageInput page;
    void describe(Fields& f) {
        f.optional("UserName", user_name, shape::user_name);
        f.optional("ServiceName", service_name, shape::service_name);
        f.optional("AllUsers", all_users);
        page.describe(f);
    }
    bool wants_all_users() const { return all_users.value_or(false); }
};

/// Nobody in particular, for all users.
std::optional<UserOrRoot> listed_user(Context& ctx, const ListCredentialsInput& in) {
    if (in.wants_all_users()) return std::nullopt;
    return user_or_caller(ctx, in.user_name);
}

Target list_credentials_target(Context& ctx, const ListCredentialsInput&, const std::optional<UserOrRoot>& whose) {
    if (whose) return user_or_root_target(ctx, *whose);
    return list_target(ctx, UserKind::type, "/*");
}

struct ListedCredential {
    std::string user_name;
    ServiceSpecificCredential credential;
};

struct ListCredentialsOutput {
    store::Page<ListedCredential> page;
    Instant now;
};

void write(AnswerWriter& out, const ListCredentialsOutput& output) {
    api::write_page(out, "ServiceSpecificCredentials", output.page, [&](AnswerWriter& w, const ListedCredential& item) {
        write_credential(w, item.user_name, item.credential, output.now, nullptr);
    });
}

ListCredentialsOutput list_credentials(Context& ctx, const ListCredentialsInput& in, std::optional<UserOrRoot>& whose) {
    if (in.wants_all_users() && in.user_name)
        throw ApiError(error_type::invalid_input, "Cannot list credentials for all users if a username is given");
    const User* const user = whose ? whose->find_user() : nullptr;
    store::service_specific_credentials::Filter filter;
    if (!in.service_name.empty()) filter.service = get_service(in.service_name).name;
    if (whose && !user) return {{}, ctx.now};  // root has none
    if (user) filter.user_id = user->id;
    auto page = store::service_specific_credentials::page(ctx.tx, ctx.account(), filter, in.page.request());
    const auto named = [&](ServiceSpecificCredential credential) {
        std::string name =
            user ? user->name : store::users::find_by_id(ctx.tx, ctx.account(), credential.user_id).value().name;
        return ListedCredential{std::move(name), std::move(credential)};
    };
    return {store::map_page(std::move(page), named), ctx.now};
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::optional<std::string_view> find_credential_service(std::string_view name) {
    const Service* const service = find_service(name);
    return service == nullptr ? std::nullopt : std::optional(service->name);
}

std::span<const api::Operation> service_specific_credential_operations() {
    static constexpr api::Operation rows[] = {
        on<UserKind, create_credential, with_service_and_age>("iam:CreateServiceSpecificCredential", writes),
        operation<update_credential, named_credential_target, named_credential>("iam:UpdateServiceSpecificCredential",
                                                                                writes),
        operation<reset_credential, named_credential_target, named_credential>("iam:ResetServiceSpecificCredential",
                                                                               writes),
        operation<delete_credential, named_credential_target, named_credential>("iam:DeleteServiceSpecificCredential",
                                                                                writes),
        operation<list_credentials, list_credentials_target, listed_user>("iam:ListServiceSpecificCredentials", reads),
    };
    return rows;
}

}  // namespace iamlocal::iam
