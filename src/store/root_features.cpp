#include "store/root_features.hpp"

namespace iamlocal::store::root_features {
namespace {

constexpr std::string_view iam_service = "iam.amazonaws.com";

}  // namespace

std::optional<Standing> find_standing(db::Transaction& tx, const AccountId& account) {
    return tx.one(
        "SELECT o.id, o.all_features,"
        " (SELECT count(*) FROM organization_services WHERE service = ?2),"
        " CASE WHEN o.management_account = ?1 THEN 1 ELSE 0 END,"
        " (SELECT count(*) FROM organization_delegates WHERE service = ?2 AND account = ?1) "
        "FROM organizations o WHERE o.management_account = ?1 "
        "OR EXISTS (SELECT 1 FROM organization_accounts WHERE account = ?1)",
        [](const db::Row& row) {
            return Standing{.organization_id = row.text(0),
                            .all_features = row.boolean(1),
                            .is_trusted = row.boolean(2),
                            .is_management = row.boolean(3),
                            .is_delegate = row.boolean(4)};
        },
        account, iam_service);
}

std::set<RootFeature> enabled(db::Transaction& tx, std::string_view organization_id) {
    std::set<RootFeature> features;
    tx.each(
        "SELECT feature FROM root_features WHERE organization = ?1",
        [&](const db::Row& row) { features.insert(static_cast<RootFeature>(row.integer(0))); }, organization_id);
    return features;
}

// No decision depends on the features, so the organization that workers keep compiled stays good.

void enable(db::Transaction& tx, std::string_view organization_id, RootFeature feature) {
    tx.execute_without_revision(
        "INSERT INTO root_features (organization, feature) VALUES (?1, ?2) ON CONFLICT DO NOTHING", organization_id,
        static_cast<int>(feature));
}

void disable(db::Transaction& tx, std::string_view organization_id, RootFeature feature) {
    tx.execute_without_revision("DELETE FROM root_features WHERE organization = ?1 AND feature = ?2", organization_id,
                                static_cast<int>(feature));
}

void keep_only(db::Transaction& tx, std::string_view organization_id) {
    tx.execute_without_revision("DELETE FROM root_features WHERE organization <> ?1", organization_id);
}

}  // namespace iamlocal::store::root_features
