// What AWS's services know: their actions, resource types and condition keys ("Service Authorization Reference"). Facts
// for people who write policies; decisions never depend on them. Nothing is read before the first question, and each
// service is unpacked when it is first asked for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iamlocal::catalogue {

struct ConditionKey {
    std::string name;  ///< `s3:prefix`; with a part of the caller's choice `aws:RequestTag/${TagKey}`
    std::string type;  ///< `String`, `ArrayOfString`, `Bool`, `ARN`, `Date`, `Numeric`, `IPAddress`, …
};

struct ResourceType {
    std::string name;                         ///< `bucket`
    std::vector<std::string> arns;            ///< `arn:${Partition}:s3:::${BucketName}`; never empty, seldom two
    std::vector<std::string> condition_keys;  ///< by ConditionKey::name
};

/// A resource type as one action knows it.
struct ActionResource {
    std::string type;  ///< ResourceType::name
    bool required = false;
    std::vector<std::string> condition_keys;
    std::vector<std::string> dependent_actions;  ///< `iam:PassRole`
};

struct Action {
    std::string name;                         ///< `GetObject`
    std::string access_level;                 ///< `Read`, `Write`, `List`, `Tagging`, `Permissions management`
    std::vector<ActionResource> resources;    ///< empty: the action takes `*` only
    std::vector<std::string> condition_keys;  ///< those that do not hang on a resource type
};

struct ServiceReference {
    std::string prefix;  ///< `s3`
    std::string name;    ///< `Amazon S3`
    std::vector<Action> actions;
    std::vector<ResourceType> resource_types;
    std::vector<ConditionKey> condition_keys;

    /// Case does not matter. Null when there is none.
    [[nodiscard]] const Action* find_action(std::string_view action) const;
    [[nodiscard]] const ResourceType* find_resource_type(std::string_view type) const;
    /// `aws:RequestTag/Team` finds `aws:RequestTag/${TagKey}`; case does not matter.
    [[nodiscard]] const ConditionKey* find_condition_key(std::string_view key) const;
};

namespace service_reference {

/// A service by its prefix, whose case does not matter; lives as long as the program. Null when AWS has none. Safe for
/// threads.
[[nodiscard]] const ServiceReference* find_service(std::string_view prefix);
/// All prefixes, sorted.
[[nodiscard]] const std::vector<std::string>& prefixes();
/// One of the global keys (`aws:…`), by name as ServiceReference::find_condition_key does. Null when it is not global.
[[nodiscard]] const ConditionKey* find_global_key(std::string_view key);
/// All global keys, and those of services that come with the caller's credentials.
[[nodiscard]] const std::vector<ConditionKey>& global_keys();

}  // namespace service_reference
}  // namespace iamlocal::catalogue
