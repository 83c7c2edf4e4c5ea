#include "store/declared_templates.hpp"

namespace iamlocal::store::declared_templates {

std::optional<DeclaredTemplates> find(db::Transaction& tx) {
    return tx.one("SELECT text, since FROM declared_templates", [](const db::Row& row) {
        return DeclaredTemplates{row.text(0), row.seconds(1)};
    });
}

void replace(db::Transaction& tx, std::string_view text, Seconds now) {
    remove(tx);
    tx.execute_without_revision("INSERT INTO declared_templates (id, text, since) VALUES (1, ?1, ?2)", text, now);
}

bool remove(db::Transaction& tx) { return tx.execute_without_revision("DELETE FROM declared_templates") > 0; }

}  // namespace iamlocal::store::declared_templates
