#include "seed/sync.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "aws/error.hpp"
#include "base/encoding.hpp"
#include "store/attachments.hpp"
#include "store/inline_policies.hpp"
#include "store/policies.hpp"
#include "store/tags.hpp"

namespace iamlocal::seed {
namespace {

Arguments of(const Thing& thing) { return {thing.api.member, std::string_view(thing.name)}; }

void sync_inline_policies(Work& work, const Thing& thing, const Documents& wanted) {
    const auto names = all_of(work, [&](db::Transaction& tx, const store::PageRequest& request) {
        return store::inline_policies::page(tx, work.account(), thing.id, request);
    });
    for (const std::string& name : names) {
        const bool is_wanted = std::any_of(wanted.items.begin(), wanted.items.end(), [&](const auto& item) {
            return equals_ignoring_case(item.first.value, name);
        });
        if (!is_wanted)
            work.call(fmt::format("Delete{}Policy", thing.api.kind),
                      of(thing).add("PolicyName", std::string_view(name)));
    }
    for (const auto& [name, document] : wanted.items) {
        const auto present = work.read([&, policy = &name](db::Transaction& tx) {
            return store::inline_policies::find(tx, work.account(), thing.id, policy->value);
        });
        if (present && are_same_documents(*present, document.text())) continue;
        work.call(fmt::format("Put{}Policy", thing.api.kind),
                  of(thing).add("PolicyName", name).add("PolicyDocument", document, policy::DocumentKind::identity));
    }
}

void sync_attachments(Work& work, const Thing& thing, const Texts& wanted) {
    const auto attached = all_of(work, [&](db::Transaction& tx, const store::PageRequest& request) {
        return store::attachments::page(tx, work.account(), thing.id, {}, request);
    });
    std::vector<std::string> arns;
    for (const Text& policy : wanted.items) arns.push_back(arn_of_policy(work, policy));
    for (const store::AttachedPolicy& policy : attached)
        if (std::find(arns.begin(), arns.end(), policy.arn) == arns.end())
            work.call(fmt::format("Detach{}Policy", thing.api.kind),
                      of(thing).add("PolicyArn", std::string_view(policy.arn)));
    for (std::size_t i = 0; i < arns.size(); ++i) {
        const bool is_attached =
            std::any_of(attached.begin(), attached.end(),
                        [&](const store::AttachedPolicy& policy) { return policy.arn == arns[i]; });
        if (!is_attached)
            work.call(fmt::format("Attach{}Policy", thing.api.kind),
                      of(thing).add("PolicyArn", arns[i], wanted.items[i].at));
    }
}

}  // namespace

std::string arn_of_policy(Work& work, const Text& named) {
    if (named.value.find(':') != std::string::npos) return named.value;
    const auto arn =
        work.read([&](db::Transaction& tx) { return store::policies::arn_of_name(tx, work.account(), named.value); });
    if (!arn)
        work.refuse("NoSuchEntity", fmt::format("there is no managed policy {} in the account", named.value), named.at);
    return *arn;
}

void require_room(Work& work, aws::Quota quota, std::int64_t count, const tree::Node& at) {
    const std::int64_t limit = work.environment().quotas[quota];
    if (count > limit)
        work.refuse(error_type::limit_exceeded.name,
                    fmt::format("Cannot exceed quota for {}: {}", aws::name_of(quota), limit), &at);
}

void require_shape(Work& work, const protocol::TextRule& rule, std::string_view parameter, const Text& value) {
    if (!value) return;
    const bool has_good_size = value.value.size() >= rule.min && value.value.size() <= rule.max;
    if (has_good_size && (rule.matches == nullptr || rule.matches(value.value))) return;
    work.refuse(
        error_type::validation_error.name,
        fmt::format("The specified value for {} is invalid. {}", parameter,
                    rule.explained != nullptr
                        ? std::string(rule.explained)
                        : fmt::format("It must have {} to {} of the characters that AWS takes.", rule.min, rule.max)),
        value.at);
}

void require_same_path(Work& work, const Text& wanted, std::string_view path) {
    if (wanted && wanted.value != path)
        work.refuse({}, fmt::format("it is there already with the path {}, and no operation changes it", path),
                    wanted.at);
}

void sync_tags(Work& work, const Thing& thing, const Pairs& tags) {
    if (!tags) return;
    const auto present = work.read([&](db::Transaction& tx) { return store::tags::all(tx, work.account(), thing.id); });
    const auto key_case = store::tags::key_case_of(thing.id);
    Arguments removed = of(thing);
    std::size_t count = 0;
    for (const store::Tag& tag : present) {
        const bool is_wanted = std::any_of(tags.items.begin(), tags.items.end(), [&](const auto& wanted) {
            return store::tags::is_same_key(key_case, wanted.first.value, tag.key);
        });
        if (!is_wanted) removed.add(fmt::format("TagKeys.member.{}", ++count), std::string_view(tag.key));
    }
    if (count > 0) work.call(fmt::format("Untag{}", thing.api.kind), removed);
    std::vector<std::pair<Text, Text>> set;
    for (const auto& wanted : tags.items) {
        const bool is_there = std::any_of(present.begin(), present.end(), [&](const store::Tag& tag) {
            return tag.key == wanted.first.value && tag.value == wanted.second.value;
        });
        if (!is_there) set.push_back(wanted);
    }
    if (!set.empty()) work.call(fmt::format("Tag{}", thing.api.kind), of(thing).add_tags(set));
}

void sync_policies(Work& work, const Thing& thing, const HolderSeed& wanted,
                   const std::optional<std::string>& boundary_arn) {
    if (wanted.inline_policies) sync_inline_policies(work, thing, wanted.inline_policies);
    if (wanted.attached_policies) sync_attachments(work, thing, wanted.attached_policies);
    if (wanted.permissions_boundary.removed != nullptr && boundary_arn)
        work.call(fmt::format("Delete{}PermissionsBoundary", thing.api.kind), of(thing));
    if (!wanted.permissions_boundary) return;
    const std::string arn = arn_of_policy(work, wanted.permissions_boundary);
    if (arn != boundary_arn)
        work.call(fmt::format("Put{}PermissionsBoundary", thing.api.kind),
                  of(thing).add("PermissionsBoundary", arn, wanted.permissions_boundary.at));
}

}  // namespace iamlocal::seed
