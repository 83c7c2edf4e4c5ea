#include "iam/role_trust.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "access/trust_principals.hpp"
#include "api/errors.hpp"
#include "api/policy_documents.hpp"
#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "iam/errors.hpp"
#include "iam/quotas.hpp"
#include "policy/json.hpp"
#include "policy/parse.hpp"

namespace iamlocal::iam {
namespace {

constexpr std::string_view reserved_path = "/aws-reserved/";

using policy::json::Type;
using policy::json::Value;

/// The order in which AWS shows what a document and its statements have.
constexpr std::string_view document_order[] = {"Version", "Id", "Statement"};
constexpr std::string_view statement_order[] = {"Sid",    "Effect",    "Principal", "NotPrincipal",
                                                "Action", "NotAction", "Condition"};

/// A document without white space between its tokens, its elements in the order of AWS.
class Arranged {
  public:
    static std::string make(std::string_view document) {
        const auto read = policy::json::parse(document, {policy::max_document_bytes, policy::max_document_depth});
        Arranged arranged(document);
        arranged.add_object(std::get<policy::json::Document>(read).root(), document_order, &Arranged::add_element);
        return std::move(arranged.out_);
    }

  private:
    explicit Arranged(std::string_view source) : source_(source) {}

    using Add = void (Arranged::*)(const Value& value);

    void add_element(const Value& value) {
        if (value.key != "Statement") return add(value);
        if (value.is(Type::object)) return add_statement(value);
        add_list(value, &Arranged::add_statement);
    }

    void add_statement(const Value& value) { add_object(value, statement_order, &Arranged::add); }

    void add(const Value& value) {
        if (value.is(Type::object)) return add_object(value, {}, &Arranged::add);
        if (value.is(Type::array)) return add_list(value, &Arranged::add);
        out_.append(source_.substr(value.begin, value.end - value.begin));
    }

    void add_list(const Value& list, Add add_item) {
        out_.push_back('[');
        for (const Value& item : list.items) {
            if (&item != list.items.data()) out_.push_back(',');
            (this->*add_item)(item);
        }
        out_.push_back(']');
    }

    void add_object(const Value& object, std::span<const std::string_view> order, Add add_member) {
        std::vector<const Value*> members;
        for (const Value& member : object.items) members.push_back(&member);
        std::stable_sort(members.begin(), members.end(), [&](const Value* a, const Value* b) {
            return std::find(order.begin(), order.end(), a->key) < std::find(order.begin(), order.end(), b->key);
        });
        out_.push_back('{');
        for (const Value* const member : members) {
            if (out_.back() != '{') out_.push_back(',');
            out_.push_back('"');
            json_append(out_, member->key);
            out_.append("\":");
            (this->*add_member)(*member);
        }
        out_.push_back('}');
    }

    std::string_view source_;
    std::string out_;
};

}  // namespace

std::string require_trust_policy(api::Context& ctx, std::string_view document) {
    const std::int64_t size = api::admit_policy(document, policy::DocumentKind::trust);
    if (size > quota(ctx, Quota::trust_policy_size)) throw quota_exceeded(ctx, Quota::trust_policy_size);
    // AWS does not know a user or role here that was made a moment ago.
    auto bound = ctx.as_decisions_see(
        [&](db::Transaction& tx) { return access::bind_principals(tx, Arranged::make(document)); });
    if (const auto* const unknown = std::get_if<access::UnknownPrincipal>(&bound))
        throw api::malformed_policy(fmt::format("Invalid principal in policy: \"AWS\":\"{}\"", unknown->principal));
    return std::get<std::string>(std::move(bound));
}

void require_own_role_path(std::string_view path) {
    const bool of_services = path.starts_with(arn::service_role_path);
    if (!of_services && !path.starts_with(reserved_path)) return;
    throw ApiError(
        error_type::invalid_input,
        fmt::format("Path prefix '{}' can only be used for {}", of_services ? arn::service_role_path : reserved_path,
                    of_services ? "AWS Service linked Roles" : "roles reserved by AWS"));
}

bool is_service_linked(const store::Role& role) { return role.path.starts_with(arn::service_role_path); }

void require_modifiable(const store::Role& role) {
    if (!is_service_linked(role) && !role.path.starts_with(reserved_path)) return;
    throw ApiError(
        error_type::unmodifiable_entity,
        fmt::format("Cannot perform the operation on the protected role '{}' - this role is only modifiable by AWS",
                    role.name));
}

}  // namespace iamlocal::iam
