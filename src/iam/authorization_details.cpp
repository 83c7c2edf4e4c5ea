// GetAccountAuthorizationDetails: all users, roles, groups and policies of the account, with what belongs to each.
#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "access/trust_principals.hpp"
#include "api/operation.hpp"
#include "api/page.hpp"
#include "api/tags.hpp"
#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "iam/operations.hpp"
#include "iam/output.hpp"
#include "iam/policy_output.hpp"
#include "iam/shapes.hpp"
#include "store/account_details.hpp"

namespace iamlocal::iam {
namespace {

using api::Context;
using api::PageInput;
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;

/// What the answer has, in the order in which the pages go through it, whatever the order of the filter.
enum class Part { users, roles, groups, local_policies, aws_policies };
constexpr std::pair<Part, std::string_view> parts[] = {{Part::users, "User"},
                                                       {Part::roles, "Role"},
                                                       {Part::groups, "Group"},
                                                       {Part::local_policies, "LocalManagedPolicy"},
                                                       {Part::aws_policies, "AWSManagedPolicy"}};

ApiError wrong_marker() { return validation_error("Marker and Filter do not match"); }

struct GetAccountAuthorizationDetailsInput {
    std::vector<std::string> filter;
    PageInput page;
    void describe(Fields& f) {
        f.list("Filter", Presence::optional, filter, {}, shape::entity_type);
        page.describe(f);
    }

    bool wants(std::string_view name) const {
        return filter.empty() || std::find(filter.begin(), filter.end(), name) != filter.end();
    }
    /// A bit for each part: markers are good for the same parts only.
    unsigned wanted() const {
        unsigned bits = 0;
        for (const auto& [part, name] : parts)
            if (wants(name)) bits |= 1U << static_cast<unsigned>(part);
        return bits;
    }
};

/// Where a page begins. In markers it is "WANTED/PART/AFTER".
struct Place {
    unsigned part = 0;
    std::string after;

    static Place parse(std::string_view text, unsigned wanted) {
        if (text.empty()) return {};
        const auto cut = [&] {
            unsigned number = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
            if (error != std::errc{} || end == text.data() + text.size() || *end != '/') throw wrong_marker();
            text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
            return number;
        };
        if (cut() != wanted) throw wrong_marker();
        const unsigned part = cut();
        return {part, std::string(text)};
    }
    std::string show(unsigned wanted) const { return fmt::format("{}/{}/{}", wanted, part, after); }
};

struct GetAccountAuthorizationDetailsOutput {
    std::vector<store::UserDetails> users;
    std::vector<store::RoleDetails> roles;
    std::vector<store::GroupDetails> groups;
    std::vector<store::PolicyDetails> policies;
    std::string next;
};

template <class Item, class WriteItem>
void write_list(AnswerWriter& out, const char* name, const std::vector<Item>& items, WriteItem write_item) {
    out.begin_list(name);
    for (const Item& item : items) {
        out.begin_member();
        write_item(item);
        out.end_member();
    }
    out.end_list(name);
}

void write_inlined(AnswerWriter& out, const char* name, const std::vector<store::InlinePolicy>& policies) {
    write_list(out, name, policies, [&](const store::InlinePolicy& policy) {
        out.text("PolicyName", policy.name);
        out.text("PolicyDocument", percent_encode(policy.document));
    });
}

void write_attached(AnswerWriter& out, const std::vector<store::AttachedPolicy>& policies) {
    write_list(out, "AttachedManagedPolicies", policies, [&](const store::AttachedPolicy& policy) {
        out.text("PolicyName", policy.name);
        out.text("PolicyArn", policy.arn);
    });
}

void write_policy_details(AnswerWriter& out, const store::PolicyDetails& details) {
    write_policy(out, details.policy, Detail::listed);
    write_list(out, "PolicyVersionList", details.versions,
               [&](const store::PolicyVersion& version) { write_policy_version(out, version, Detail::full); });
}

/// Unlike in other answers there are always tags, and inline policies only where there are some.
void write_user_details(AnswerWriter& out, const store::UserDetails& details) {
    write_user(out, details.user, Detail::listed);
    if (!details.inlined.empty()) write_inlined(out, "UserPolicyList", details.inlined);
    out.begin_list("GroupList");
    for (const std::string& group : details.groups) out.member(group);
    out.end_list("GroupList");
    write_attached(out, details.attached);
    write_boundary(out, details.user.boundary_arn);
    api::write_tags(out, details.user.tags, api::WhenEmpty::write);
}

void write_role_details(AnswerWriter& out, const store::RoleDetails& details) {
    const store::Role& role = details.role;
    write_role(out, role, {.description = false, .max_session_duration = false, .last_used = true});
    write_list(out, "InstanceProfileList", details.profiles,
               [&](const store::InstanceProfile& profile) { write_instance_profile(out, profile, role); });
    write_inlined(out, "RolePolicyList", details.inlined);
    write_attached(out, details.attached);
    write_boundary(out, role.boundary_arn);
    api::write_tags(out, role.tags, api::WhenEmpty::write);
}

void write_group_details(AnswerWriter& out, const store::GroupDetails& details) {
    write_group(out, details.group);
    write_inlined(out, "GroupPolicyList", details.inlined);
    write_attached(out, details.attached);
}

void write(AnswerWriter& out, const GetAccountAuthorizationDetailsOutput& output) {
    write_list(out, "Policies", output.policies,
               [&](const store::PolicyDetails& details) { write_policy_details(out, details); });
    write_list(out, "UserDetailList", output.users,
               [&](const store::UserDetails& details) { write_user_details(out, details); });
    write_list(out, "RoleDetailList", output.roles,
               [&](const store::RoleDetails& details) { write_role_details(out, details); });
    write_list(out, "GroupDetailList", output.groups,
               [&](const store::GroupDetails& details) { write_group_details(out, details); });
    api::write_page_end(out, output.next);
}

/// Appends a page to what there is, and gives how it goes on.
template <class Item>
std::string append(std::vector<Item>& all, store::Page<Item> page) {
    std::move(page.items.begin(), page.items.end(), std::back_inserter(all));
    return std::move(page.next);
}

class Reader {
  public:
    explicit Reader(Context& ctx) : ctx_(ctx) {}

    /// Reads on within a part; empty when the part is at its end.
    std::string read(Part part, store::PageRequest request) {
        namespace details = store::account_details;
        switch (part) {
            case Part::users:
                return append(out_.users, details::users(ctx_.tx, ctx_.account(), std::move(request)));
            case Part::roles:
                return append(out_.roles, roles(std::move(request)));
            case Part::groups:
                return append(out_.groups, details::groups(ctx_.tx, ctx_.account(), std::move(request)));
            case Part::local_policies:
                return append(out_.policies, details::local_policies(ctx_.tx, ctx_.account(), std::move(request)));
            case Part::aws_policies:
                return append(out_.policies, details::aws_policies(ctx_.tx, ctx_.account(), std::move(request)));
        }
        return {};
    }
    std::size_t size() const {
        return out_.users.size() + out_.roles.size() + out_.groups.size() + out_.policies.size();
    }
    GetAccountAuthorizationDetailsOutput& output() { return out_; }

  private:
    store::Page<store::RoleDetails> roles(store::PageRequest request) {
        auto page = store::account_details::roles(ctx_.tx, ctx_.account(), std::move(request));
        for (store::RoleDetails& details : page.items) {
            details.role.trust_policy = access::show_principals(ctx_.tx, details.role.trust_policy);
            if (auto noted = ctx_.env.usage.find_role(details.role.id)) details.role.last_used = std::move(noted);
        }
        return page;
    }

    Context& ctx_;
    GetAccountAuthorizationDetailsOutput out_;
};

api::Slow<GetAccountAuthorizationDetailsOutput> get_account_authorization_details(
    Context& ctx, const GetAccountAuthorizationDetailsInput& in) {
    const unsigned wanted = in.wanted();
    const store::PageRequest request = in.page.request(wrong_marker);
    Place place = Place::parse(request.after, wanted);
    Reader reader(ctx);
    for (const auto& [part, name] : parts) {
        if (static_cast<unsigned>(part) < place.part || !in.wants(name)) continue;
        if (static_cast<unsigned>(part) > place.part) place = {static_cast<unsigned>(part), {}};
        if (reader.size() == request.limit) {
            // The page ends with the part before. Whether there is more is seen by reading on.
            Reader beyond(ctx);
            beyond.read(part, {{}, 1});
            if (beyond.size() == 0) continue;
            reader.output().next = place.show(wanted);
            break;
        }
        place.after = reader.read(part, {place.after, request.limit - reader.size()});
        if (place.after.empty()) continue;
        reader.output().next = place.show(wanted);
        break;
    }
    // A page may have megabytes of documents, whose encoding takes longer than reading them.
    return api::slowly([output = std::move(reader.output())]() mutable { return std::move(output); });
}

}  // namespace

std::span<const api::Operation> authorization_details_operations() {
    static constexpr api::Operation rows[] = {
        api::operation<get_account_authorization_details, api::no_resource<GetAccountAuthorizationDetailsInput>>(
            "iam:GetAccountAuthorizationDetails", api::reads),
    };
    return rows;
}

}  // namespace iamlocal::iam
