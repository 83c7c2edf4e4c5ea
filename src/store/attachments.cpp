#include "store/attachments.hpp"

#include <charconv>

#include "base/encoding.hpp"

namespace iamlocal::store::attachments {

bool attach(db::Transaction& tx, const AccountId& account, std::string_view owner_id, const ManagedPolicy& policy) {
    const db::Value policy_id = policy.is_aws() ? db::Value(nullptr) : db::Value(policy.id);
    return tx.run(account,
                  "INSERT INTO attachments (account, owner_id, policy_arn, policy_id, name, name_key, path) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
                  account, owner_id, policy.arn, policy_id, policy.name, fold_case(policy.name), policy.path) > 0;
}

bool detach(db::Transaction& tx, const AccountId& account, std::string_view owner_id, std::string_view policy_arn) {
    return tx.run(account, "DELETE FROM attachments WHERE account = ?1 AND owner_id = ?2 AND policy_arn = ?3", account,
                  owner_id, policy_arn) > 0;
}

void detach_all(db::Transaction& tx, const AccountId& account, std::string_view owner_id) {
    tx.run(account, "DELETE FROM attachments WHERE account = ?1 AND owner_id = ?2", account, owner_id);
}

bool is_attached(db::Transaction& tx, const AccountId& account, std::string_view owner_id,
                 std::string_view policy_arn) {
    return tx.exists("SELECT 1 FROM attachments WHERE account = ?1 AND owner_id = ?2 AND policy_arn = ?3", account,
                     owner_id, policy_arn);
}

Page<AttachedPolicy> page(db::Transaction& tx, const AccountId& account, std::string_view owner_id,
                          std::string_view path_prefix, PageRequest request) {
    // AWS and a customer may have a policy of the same name, so the ARN is part of the place: "name_key/arn".
    const std::size_t slash = std::string_view(request.after).find('/');
    const std::string_view name_key = std::string_view(request.after).substr(0, slash);
    const std::string_view arn =
        slash == std::string_view::npos ? std::string_view() : std::string_view(request.after).substr(slash + 1);
    return make_page(tx.list(
                         "SELECT name, policy_arn FROM attachments WHERE account = ?1 AND owner_id = ?2 "
                         "AND (name_key, policy_arn) > (?3, ?4) AND substr(path, 1, length(?5)) = ?5 "
                         "ORDER BY name_key, policy_arn LIMIT ?6",
                         [](const db::Row& row) {
                             return AttachedPolicy{row.text(0), row.text(1)};
                         },
                         account, owner_id, name_key, arn, path_prefix, request.limit + 1),
                     request.limit,
                     [](const AttachedPolicy& policy) { return fold_case(policy.name) + "/" + policy.arn; });
}

std::int64_t count(db::Transaction& tx, const AccountId& account, std::string_view owner_id) {
    return tx.number("SELECT count(*) FROM attachments WHERE account = ?1 AND owner_id = ?2", account, owner_id);
}

Page<PolicyEntity> entities(db::Transaction& tx, const AccountId& account, std::string_view policy_arn,
                            const EntityFilter& filter, PageRequest request) {
    // The place is "kind/name_key".
    const std::size_t slash = std::string_view(request.after).find('/');
    int after_kind = 0;
    std::from_chars(request.after.data(), request.after.data() + std::min(slash, request.after.size()), after_kind);
    const std::string_view after_name =
        slash == std::string_view::npos ? std::string_view() : std::string_view(request.after).substr(slash + 1);
    const int kind = filter.kind ? static_cast<int>(*filter.kind) : 0;
    return make_page(
        tx.list(
            "SELECT kind, id, name FROM entities WHERE account = ?1 AND id IN ("
            " SELECT owner_id FROM attachments WHERE account = ?1 AND policy_arn = ?2 AND ?3 = 1"
            " UNION ALL SELECT id FROM entities WHERE account = ?1 AND boundary_arn = ?2 AND ?4 = 1) "
            "AND (?5 = 0 OR kind = ?5) AND substr(path, 1, length(?6)) = ?6 AND (kind, name_key) > (?7, ?8) "
            "ORDER BY kind, name_key LIMIT ?9",
            [](const db::Row& row) {
                return PolicyEntity{static_cast<EntityKind>(row.integer(0)), row.text(1), row.text(2)};
            },
            account, policy_arn, filter.usage != policies::Usage::boundary, filter.usage != policies::Usage::attached,
            kind, filter.path_prefix, after_kind, after_name, request.limit + 1),
        request.limit, [](const PolicyEntity& entity) {
            return std::to_string(static_cast<int>(entity.kind)) + "/" + fold_case(entity.name);
        });
}

}  // namespace iamlocal::store::attachments
