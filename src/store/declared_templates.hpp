// The templates that the test bench has declared, as their text (templates/declaration.hpp). There is one text at most.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store {

struct DeclaredTemplates {
    std::string text;
    Seconds since{};
};

namespace declared_templates {

std::optional<DeclaredTemplates> find(db::Transaction& tx);
void replace(db::Transaction& tx, std::string_view text, Seconds now);
/// Whether there were any.
bool remove(db::Transaction& tx);

}  // namespace declared_templates
}  // namespace iamlocal::store
