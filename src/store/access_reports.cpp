#include "store/access_reports.hpp"

namespace iamlocal::store::access_reports {
namespace {

std::int64_t micros(Instant at) { return at.time_since_epoch().count(); }

AccessReport read_report(const db::Row& row) {
    return {.account = AccountId(row.view(0)),
            .id = row.text(1),
            .kind = static_cast<AccessReport::Kind>(row.integer(2)),
            .caller = row.text(3),
            .subject = row.text(4),
            .requested = Instant(std::chrono::microseconds(row.integer(5))),
            .failure = row.text(6),
            .content = row.text(7)};
}

PolicyUser read_user(const db::Row& row) {
    return {static_cast<EntityKind>(row.integer(0)), row.text(1), row.text(2), row.text(3)};
}

constexpr int role_kind = static_cast<int>(EntityKind::role);
constexpr int user_kind = static_cast<int>(EntityKind::user);

}  // namespace

void insert(db::Transaction& tx, const AccessReport& report) {
    tx.execute_without_revision(
        "INSERT INTO access_reports (account, id, kind, caller, subject, requested, failure, content) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        report.account, report.id, static_cast<int>(report.kind), report.caller, report.subject,
        micros(report.requested), report.failure, report.content);
}

std::optional<AccessReport> find(db::Transaction& tx, const AccountId& account, std::string_view id) {
    return tx.one(
        "SELECT account, id, kind, caller, subject, requested, failure, content FROM access_reports "
        "WHERE account = ?1 AND id = ?2",
        read_report, account, id);
}

std::optional<AccessReport> find_newest(db::Transaction& tx, const AccountId& account, AccessReport::Kind kind,
                                        Instant since, std::string_view subject) {
    return tx.one(
        "SELECT account, id, kind, caller, subject, requested, failure, '' FROM access_reports "
        "WHERE account = ?1 AND kind = ?2 AND requested > ?3 AND (?4 = '' OR subject = ?4) "
        "ORDER BY requested DESC LIMIT 1",
        read_report, account, static_cast<int>(kind), micros(since), subject);
}

void keep_newest(db::Transaction& tx, const AccountId& account, std::string_view caller, std::int64_t count) {
    tx.execute_without_revision(
        "DELETE FROM access_reports WHERE account = ?1 AND caller = ?2 AND id NOT IN (SELECT id FROM access_reports "
        "WHERE account = ?1 AND caller = ?2 ORDER BY requested DESC, id LIMIT ?3)",
        account, caller, count);
}

void remove_older(db::Transaction& tx, const AccountId& account, Instant before) {
    tx.execute_without_revision("DELETE FROM access_reports WHERE account = ?1 AND requested < ?2", account,
                                micros(before));
}

std::vector<PolicyUser> users_of_policy(db::Transaction& tx, const AccountId& account, std::string_view policy_arn) {
    return tx.list(
        "SELECT kind, id, name, path FROM entities WHERE account = ?1 AND kind IN (?3, ?4) AND id IN ("
        " SELECT owner_id FROM attachments WHERE account = ?1 AND policy_arn = ?2"
        " UNION SELECT m.user_id FROM attachments a JOIN memberships m ON m.account = a.account"
        "  AND m.group_id = a.owner_id WHERE a.account = ?1 AND a.policy_arn = ?2) ORDER BY kind, name_key",
        read_user, account, policy_arn, role_kind, user_kind);
}

std::vector<PolicyUser> users_of_group(db::Transaction& tx, const AccountId& account, std::string_view group_id) {
    return tx.list(
        "SELECT e.kind, e.id, e.name, e.path FROM memberships m JOIN entities e ON e.account = m.account"
        " AND e.id = m.user_id WHERE m.account = ?1 AND m.group_id = ?2 ORDER BY e.name_key",
        read_user, account, group_id);
}

}  // namespace iamlocal::store::access_reports
