// IAM's features for the root users of an organization's members, and who may turn them on and off. They hang on the
// organization's id.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/named.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store {

/// Stored as these numbers, in the order of AWS's answers; never renumber.
enum class RootFeature { sessions = 1, credentials_management = 2 };

namespace root_features {

/// What an account is to its organization, as far as IAM's features go.
struct Standing {
    std::string organization_id;
    bool all_features = false;  ///< of the organization
    bool is_trusted = false;    ///< whether IAM has trusted access to the organization
    bool is_management = false;
    bool is_delegate = false;  ///< a delegated administrator for IAM
};

/// Empty for an account that is in no organization.
std::optional<Standing> find_standing(db::Transaction& tx, const AccountId& account);

std::set<RootFeature> enabled(db::Transaction& tx, std::string_view organization_id);
/// Doing it twice is fine.
void enable(db::Transaction& tx, std::string_view organization_id, RootFeature feature);
void disable(db::Transaction& tx, std::string_view organization_id, RootFeature feature);
/// Forgets the features of all organizations but this one.
void keep_only(db::Transaction& tx, std::string_view organization_id);

}  // namespace root_features
}  // namespace iamlocal::store
