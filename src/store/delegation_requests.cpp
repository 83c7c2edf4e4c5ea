#include "store/delegation_requests.hpp"

#include <charconv>

#include <fmt/format.h>

namespace iamlocal::store::delegation_requests {
namespace {

DelegationRequest read_request(const db::Row& row) {
    DelegationRequest request{.id = row.text(0),
                              .requestor = AccountId(row.view(1)),
                              .requestor_name = row.text(2),
                              .workflow_id = row.text(3),
                              .owner_account = {},
                              .owner = row.optional_text(5),
                              .approver = row.optional_text(6),
                              .approver_session = row.optional_text(21),
                              .description = row.text(7),
                              .message = row.optional_text(8),
                              .template_arn = row.text(9),
                              .parameters = {},
                              .policy = row.text(10),
                              .redirect_url = row.optional_text(11),
                              .channel = row.text(12),
                              .session_duration = row.integer(13),
                              .only_send_by_owner = row.boolean(14),
                              .state = static_cast<DelegationState>(row.integer(15)),
                              .created = row.seconds(16),
                              .updated = row.seconds(17),
                              .expires = row.seconds(18),
                              .notes = row.optional_text(19),
                              .rejection_reason = row.optional_text(20)};
    if (!row.is_null(4)) request.owner_account = AccountId(row.view(4));
    return request;
}

/// A parameter without values has one row, whose value is NULL.
void load_parameters(db::Transaction& tx, DelegationRequest& request) {
    tx.each(
        "SELECT item, name, type, value FROM delegation_parameters WHERE request = ?1 ORDER BY position, item",
        [&](const db::Row& row) {
            if (row.integer(0) == 0) request.parameters.push_back({row.text(1), row.text(2), {}});
            if (!row.is_null(3)) request.parameters.back().values.push_back(row.text(3));
        },
        request.id);
}

/// Where a page ended: `seconds id`.
struct Place {
    std::int64_t created = 0;
    std::string_view id;
};

Place parse_place(std::string_view text) {
    Place place;
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return place;
    std::from_chars(text.data(), text.data() + space, place.created);
    place.id = text.substr(space + 1);
    return place;
}

std::string place_of(const DelegationRequest& request) {
    return fmt::format("{} {}", request.created.time_since_epoch().count(), request.id);
}

/// The account whose lists and decisions a request belongs to.
const AccountId& account_of(const DelegationRequest& request) {
    return request.owner_account ? *request.owner_account : request.requestor;
}

}  // namespace

std::optional<DelegationRequest> find(db::Transaction& tx, std::string_view id) {
    std::optional<DelegationRequest> request = tx.one(
        "SELECT id, requestor, requestor_name, workflow_id, owner_account, owner, approver, description, message,"
        " template_arn, policy, redirect_url, channel, session_duration, only_send_by_owner, state, created, updated,"
        " expires, notes, rejection_reason, approver_session FROM delegation_requests WHERE id = ?1",
        read_request, id);
    if (request) load_parameters(tx, *request);
    return request;
}

bool is_used(db::Transaction& tx, const AccountId& requestor, std::string_view workflow_id) {
    return tx.exists("SELECT 1 FROM delegation_requests WHERE requestor = ?1 AND workflow_id = ?2", requestor,
                     workflow_id);
}

Page<DelegationRequest> page(db::Transaction& tx, const AccountId& owner_account, std::optional<std::string_view> owner,
                             PageRequest request) {
    const Place after = parse_place(request.after);
    auto page = make_page(
        tx.list("SELECT id, requestor, requestor_name, workflow_id, owner_account, owner, approver, description,"
                " message, template_arn, policy, redirect_url, channel, session_duration, only_send_by_owner, state,"
                " created, updated, expires, notes, rejection_reason, approver_session FROM delegation_requests "
                "WHERE owner_account = ?1 AND owner IS NOT NULL AND (created, id) > (?2, ?3) "
                "AND (?4 = '' OR owner = ?4) ORDER BY created, id LIMIT ?5",
                read_request, owner_account, after.created, after.id, owner.value_or(std::string_view("")),
                request.limit + 1),
        request.limit, place_of);
    for (DelegationRequest& found : page.items) load_parameters(tx, found);
    return page;
}

void insert(db::Transaction& tx, const DelegationRequest& request) {
    const AccountId& account = account_of(request);
    tx.run(account,
           "INSERT INTO delegation_requests (id, requestor, requestor_name, workflow_id, owner_account, owner,"
           " approver, description, message, template_arn, policy, redirect_url, channel, session_duration,"
           " only_send_by_owner, state, created, updated, expires, notes, rejection_reason, approver_session) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,"
           " ?22)",
           request.id, request.requestor, request.requestor_name, request.workflow_id, request.owner_account,
           request.owner, request.approver, request.description, request.message, request.template_arn, request.policy,
           request.redirect_url, request.channel, request.session_duration, request.only_send_by_owner,
           static_cast<int>(request.state), request.created, request.updated, request.expires, request.notes,
           request.rejection_reason, request.approver_session);
    for (std::size_t position = 0; position < request.parameters.size(); ++position) {
        const DelegationParameter& parameter = request.parameters[position];
        const std::size_t rows = parameter.values.empty() ? 1 : parameter.values.size();
        for (std::size_t item = 0; item < rows; ++item) {
            std::optional<std::string_view> value;
            if (!parameter.values.empty()) value = parameter.values[item];
            tx.run(account,
                   "INSERT INTO delegation_parameters (request, position, item, name, type, value) "
                   "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                   request.id, position, item, parameter.name, parameter.type, value);
        }
    }
}

bool update(db::Transaction& tx, const DelegationRequest& request, DelegationState before) {
    return tx.run(account_of(request),
                  "UPDATE delegation_requests SET owner_account = ?2, owner = ?3, approver = ?4, state = ?5,"
                  " updated = ?6, expires = ?7, notes = ?8, rejection_reason = ?9, approver_session = ?10 "
                  "WHERE id = ?1 AND state = ?11",
                  request.id, request.owner_account, request.owner, request.approver, static_cast<int>(request.state),
                  request.updated, request.expires, request.notes, request.rejection_reason, request.approver_session,
                  static_cast<int>(before)) > 0;
}

}  // namespace iamlocal::store::delegation_requests
