// States of a database that are kept under a name, to go back to: all of it, or the rows of one account.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/named.hpp"

namespace iamlocal::db {

/// How many there may be, and how many bytes they may have together.
inline constexpr std::size_t most_snapshots = 100;
inline constexpr std::size_t most_snapshot_bytes = std::size_t{512} << 20;

/// Which rows of a table are an account's. Texts are literals.
struct RowsOfAccount {
    std::string_view table;
    std::string_view condition;  ///< SQL, with `?1` for the account
};

/// What a snapshot has.
struct SnapshotScope {
    /// Tables that refer to others stand before those that they refer to. Of all accounts it is every table.
    std::span<const RowsOfAccount> rows;
    std::string_view counted;               ///< the table whose rows are counted for people, one of `rows`
    std::optional<AccountId> account = {};  ///< nothing: everything
};

/// What is known of a snapshot without opening it.
struct SnapshotHead {
    std::string name;
    std::string notes = {};   ///< what was given with it, any text
    std::int64_t schema = 0;  ///< the last step that the database had
    std::int64_t counted = 0;
    std::size_t bytes = 0;
    bool is_damaged = false;  ///< then nothing but the name is known
};

/// Why something cannot be done with a snapshot; what() is a sentence for people, without a full stop.
class SnapshotRefused : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The snapshots of one database. Safe for threads; all of it takes milliseconds and more, so it is not for a thread
/// that others wait for. Throws what Backend throws. Names are made of letters, digits and `._-`, and do not begin with
/// a point; who calls looks at that.
class Snapshots {
  public:
    Snapshots() = default;
    Snapshots(const Snapshots&) = delete;
    Snapshots& operator=(const Snapshots&) = delete;
    virtual ~Snapshots() = default;

    /// Keeps the state of this moment. One of the same name is replaced. It lasts as a commit does. Throws
    /// SnapshotRefused where there are too many.
    virtual SnapshotHead save(const std::string& name, const std::string& notes, const SnapshotScope& scope) = 0;
    /// In the order of their names.
    virtual std::vector<SnapshotHead> list() = 0;
    virtual std::optional<SnapshotHead> find(const std::string& name) = 0;
    /// Back to it, in one transaction. `scope` is what it was saved with. `before_others` is called when nobody can
    /// write yet, to drop what is to be written of the state that goes. Throws SnapshotRefused where there is none of
    /// that name, it is damaged, a later release saved it, or what other accounts have by now stands in its way.
    virtual void restore(const std::string& name, const SnapshotScope& scope,
                         const std::function<void()>& before_others) = 0;
    /// Whether there was one.
    virtual bool remove(const std::string& name) = 0;
};

}  // namespace iamlocal::db
