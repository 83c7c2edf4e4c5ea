#include "store/principal_ids.hpp"

#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "store/entities.hpp"

namespace iamlocal::store {
namespace {

constexpr int user_kind = static_cast<int>(EntityKind::user);
constexpr int role_kind = static_cast<int>(EntityKind::role);

}  // namespace

std::optional<std::string> arn_of_unique_id(db::Transaction& tx, std::string_view id) {
    // Kinds in numbers, so that both engines see that the index of users and roles will do.
    static_assert(role_kind == 2 && user_kind == 3);
    return tx.one(
        "SELECT account, kind, path, name FROM entities WHERE id = ?1 AND kind IN (2, 3)",
        [](const db::Row& row) {
            return arn::iam(AccountId(row.view(0)), row.integer(1) == user_kind ? "user" : "role", row.view(2),
                            row.view(3));
        },
        id);
}

std::optional<std::string> unique_id_of_arn(db::Transaction& tx, std::string_view text) {
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn || arn->partition != "aws" || arn->service != "iam" || !arn->region.empty()) return std::nullopt;
    const bool is_user = arn->resource.starts_with("user/");
    if (!is_user && !arn->resource.starts_with("role/")) return std::nullopt;
    const std::string_view path_and_name = arn->resource.substr(4);
    const std::size_t name_at = path_and_name.rfind('/') + 1;
    const std::string_view path = path_and_name.substr(0, name_at);
    const std::string_view name = path_and_name.substr(name_at);
    return tx.one(
        "SELECT id FROM entities WHERE account = ?1 AND kind = ?2 AND name_key = ?3 AND path = ?4 AND name = ?5",
        [](const db::Row& row) { return row.text(0); }, arn->account, is_user ? user_kind : role_kind, fold_case(name),
        path, name);
}

}  // namespace iamlocal::store
