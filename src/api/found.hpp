// What a request names is wanted twice: to name the target that the caller must be allowed to touch, and by the
// operation itself. This spares the second lookup.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "db/transaction.hpp"

namespace iamlocal::api {

/// One user, role, … that the request's transaction has found.
template <class Entity>
class Found {
  public:
    /// Keeps what is in the store under this name in the caller's account, or under this ARN.
    void keep(const db::Transaction& tx, std::string_view name, std::optional<Entity> entity) {
        entity_ = std::move(entity);
        name_ = name;
        changes_ = tx.changes();
    }
    /// Gives it away. Nothing when something else was found last, or when the transaction has changed anything since.
    std::optional<Entity> take(const db::Transaction& tx, std::string_view name) {
        if (!entity_ || name_ != name || changes_ != tx.changes()) return std::nullopt;
        return std::exchange(entity_, std::nullopt);
    }

  private:
    std::optional<Entity> entity_;
    std::string name_;
    std::uint64_t changes_ = 0;
};

}  // namespace iamlocal::api
