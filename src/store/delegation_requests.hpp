// Delegation requests: what somebody asks to be allowed in an account for some hours, and how far that has come. A
// request belongs to no account until one is its owner's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/page.hpp"

namespace iamlocal::store {

/// Stored as these numbers; never renumber. That a request has expired is not stored: it follows from the time.
enum class DelegationState {
    unassigned = 1,
    assigned = 2,
    pending_approval = 3,
    accepted = 4,
    finalized = 5,
    rejected = 6,
    expired = 7,
};

/// A value of a template's parameter, as the request gave it.
struct DelegationParameter {
    std::string name;
    std::string type;  ///< `string` or `stringList`
    std::vector<std::string> values;

    friend bool operator==(const DelegationParameter&, const DelegationParameter&) = default;
};

struct DelegationRequest {
    std::string id;
    AccountId requestor;
    std::string requestor_name;
    std::string workflow_id;  ///< unique among those of the requestor
    std::optional<AccountId> owner_account;
    std::optional<std::string> owner;     ///< ARN of the user or role, or of root
    std::optional<std::string> approver;  ///< likewise
    /// What the approver was, sealed by the key of session tokens: the session that is delegated is that and no more.
    std::optional<std::string> approver_session = {};
    std::string description;
    std::optional<std::string> message;
    std::string template_arn;
    std::vector<DelegationParameter> parameters;
    std::string policy;  ///< the template's, with the parameters in their places
    std::optional<std::string> redirect_url;
    std::string channel;
    std::int64_t session_duration = 0;  ///< seconds
    bool only_send_by_owner = false;
    DelegationState state = DelegationState::unassigned;
    Seconds created{};
    Seconds updated{};
    Seconds expires{};
    std::optional<std::string> notes;
    std::optional<std::string> rejection_reason;

    friend bool operator==(const DelegationRequest&, const DelegationRequest&) = default;
};

namespace delegation_requests {

std::optional<DelegationRequest> find(db::Transaction& tx, std::string_view id);
/// Whether the requestor has used the workflow id.
bool is_used(db::Transaction& tx, const AccountId& requestor, std::string_view workflow_id);
/// Those that somebody in the account owns, in the order in which they were made; `owner`: that one's alone.
Page<DelegationRequest> page(db::Transaction& tx, const AccountId& owner_account, std::optional<std::string_view> owner,
                             PageRequest request);
/// Throws db::ConstraintViolation for a workflow id that was used.
void insert(db::Transaction& tx, const DelegationRequest& request);
/// Stores owner, approver and what that was, state, times, notes and reason. False, and nothing is changed, unless the
/// stored state is still `before`.
bool update(db::Transaction& tx, const DelegationRequest& request, DelegationState before);

}  // namespace delegation_requests
}  // namespace iamlocal::store
