// Managed policies: the customers' own, with their versions, and AWS's catalogue behind the same functions. An ARN of
// AWS's (`arn:aws:iam::aws:policy/…`) is found from every account, one of another account from none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/page.hpp"
#include "store/tags.hpp"

namespace iamlocal::store {

struct ManagedPolicy {
    AccountId account;  ///< the customer's; empty for a policy of AWS's
    std::string id;     ///< ANPA…
    std::string name;
    std::string path;
    std::string arn;
    std::string default_version = "v1";
    std::optional<std::string> description;
    Seconds created{};
    Seconds updated{};                      ///< when the newest version was made
    std::int64_t attachment_count = 0;      ///< users, groups and roles of the account that was asked about
    std::int64_t boundary_usage_count = 0;  ///< users and roles of that account
    std::vector<Tag> tags;                  ///< insert() stores them; finding leaves them out (tags::all)

    bool is_aws() const { return account.empty(); }
};

struct PolicyVersion {
    std::string id;        ///< v1, v2, …
    std::string document;  ///< as it was given; page of versions: empty
    Seconds created{};
    bool is_default = false;
};

namespace policies {

enum class Scope { all, aws, local };
/// How a policy is used by an entity.
enum class Usage { any, attached, boundary };

struct Filter {
    Scope scope = Scope::all;
    std::optional<Usage> usage = std::nullopt;  ///< only policies that some entity uses so
    std::string_view path_prefix;
};

std::optional<ManagedPolicy> find(db::Transaction& tx, const AccountId& account, std::string_view arn);
/// Whether the ARN names a policy that this account may attach or use as a boundary.
bool exists(db::Transaction& tx, const AccountId& account, std::string_view arn);
/// The ARN of the customer policy of that name, in any case and at any path.
std::optional<std::string> arn_of_name(db::Transaction& tx, const AccountId& account, std::string_view name);
/// Whether a customer policy of that name exists, in any case and at any path.
bool name_taken(db::Transaction& tx, const AccountId& account, std::string_view name);
/// The account's own policies in order of their names, then AWS's.
Page<ManagedPolicy> page(db::Transaction& tx, const AccountId& account, const Filter& filter, PageRequest request);
/// Customer policies.
std::int64_t count(db::Transaction& tx, const AccountId& account);

/// Version v1 with that document. Throws db::ConstraintViolation for a name or id that is taken. `arn` and the counts
/// are not read: the ARN follows from account, path and name.
void insert(db::Transaction& tx, const ManagedPolicy& policy, std::string_view document);
/// The policy and its versions. Throws db::ConstraintViolation while it is attached. That no one uses it as a boundary
/// is the caller's to check.
void remove(db::Transaction& tx, const AccountId& account, std::string_view id);

/// `version`: "v3".
std::optional<PolicyVersion> find_version(db::Transaction& tx, const AccountId& account, std::string_view arn,
                                          std::string_view version);
std::optional<PolicyVersion> find_default_version(db::Transaction& tx, const AccountId& account, std::string_view arn);
/// Newest first, without documents.
Page<PolicyVersion> versions(db::Transaction& tx, const AccountId& account, std::string_view arn, PageRequest request);
std::int64_t version_count(db::Transaction& tx, const AccountId& account, std::string_view id);
/// The next version; a number is never used twice. `id`: the policy's unique id.
PolicyVersion add_version(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view document,
                          Seconds created, bool set_as_default);
/// The number of the newest version that there ever was.
std::int64_t newest_version(db::Transaction& tx, const AccountId& account, std::string_view id);
/// As if there had been versions up to this number, `highest_version` at most.
void skip_versions(db::Transaction& tx, const AccountId& account, std::string_view id, std::int64_t number);
inline constexpr std::int64_t highest_version = 1'000'000;
void set_default_version(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view version);
/// Whether there was one. The default version must not be deleted; that is the caller's to check.
bool remove_version(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view version);

}  // namespace policies
}  // namespace iamlocal::store
