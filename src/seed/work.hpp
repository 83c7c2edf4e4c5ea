// What bringing accounts to a seed's state is done with: AWS's own operations, called as each account's root, so that
// every rule of theirs holds here, too.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "api/context.hpp"
#include "db/transaction.hpp"
#include "policy/document_kind.hpp"
#include "seed/values.hpp"

namespace iamlocal::seed {

/// The parameters of one call, and where their values stand.
class Arguments {
  public:
    Arguments() = default;
    Arguments(std::string_view name, std::string_view value) { add(name, value); }
    Arguments(std::string_view name, const Text& value) { add(name, value); }

    Arguments& add(std::string_view name, std::string_view value, const tree::Node* at = nullptr);
    /// Nothing for what was left out.
    Arguments& add(std::string_view name, const Text& value);
    Arguments& add(std::string_view name, const Number& value);
    Arguments& add(std::string_view name, const Flag& value);
    Arguments& add(std::string_view name, const Document& value, policy::DocumentKind kind);
    /// As `NAME.member.1`, ….
    Arguments& add_list(std::string_view name, const std::vector<Text>& values);
    Arguments& add_tags(const std::vector<std::pair<Text, Text>>& tags);

    /// As a request's body has them.
    const std::string& form() const { return form_; }
    /// Where the value stands that a message of AWS's is about, as far as that can be told.
    std::optional<tree::Place> place_of(std::string_view code, std::string_view message) const;
    /// Where the only value stands that is not at `thing`; nothing where there are several.
    std::optional<tree::Place> only_place_beside(const tree::Node& thing) const;

  private:
    struct Placed {
        std::string name;
        const tree::Node* at;
        std::optional<policy::DocumentKind> document;
    };
    std::string form_;
    std::vector<Placed> placed_;
};

/// What became of the things of a seed.
struct Counts {
    std::size_t created = 0;
    std::size_t updated = 0;
    std::size_t unchanged = 0;
    friend bool operator==(const Counts&, const Counts&) = default;
};

/// One seed on its way into the database, within a db::Batch on the connection.
class Work {
  public:
    Work(db::Connection& connection, const api::Environment& environment, Instant now);

    /// What follows is done in this account, for this thing of the seed. Refusals name the place.
    void begin(const AccountId& account, const void* thing, const tree::Node& at);
    /// The thing was not there.
    void note_created() { outcome_->created = true; }
    void note_changed() { outcome_->changed = true; }
    /// What was done to it has made no difference.
    void note_unchanged() { outcome_->changed = false; }

    /// An account that a seed names is one that was seen, whatever is in it.
    void see(const AccountId& account);
    /// Calls an operation of IAM. Throws Refused with AWS's code and words.
    void call(std::string_view operation, const Arguments& arguments);
    /// Refuses the thing that is worked on: at `at`, or where it begins.
    [[noreturn]] void refuse(std::string_view code, std::string_view message, const tree::Node* at = nullptr) const;

    /// `look(tx)` in a transaction that reads.
    template <class Look>
    auto read(Look look) {
        db::Transaction tx(connection_, db::Access::read);
        auto seen = look(tx);
        tx.commit();
        return seen;
    }
    /// `change(tx)` in one that writes, for what no operation does.
    template <class Change>
    void write(Change change) {
        db::Transaction tx(connection_, db::Access::write);
        change(tx);
        tx.commit();
        note_changed();
    }

    const AccountId& account() const { return account_; }
    const api::Environment& environment() const { return environment_; }
    Seconds now() const { return std::chrono::floor<std::chrono::seconds>(now_); }
    Counts counts() const;

  private:
    struct Outcome {
        bool created = false;
        bool changed = false;
    };
    const access::Identity& root();

    db::Connection& connection_;
    api::Environment environment_;  ///< as the server's, and nobody's policies are asked
    Instant now_;
    policy::Cache policies_;
    std::map<AccountId, std::shared_ptr<const access::Identity>> roots_;
    std::unordered_map<const void*, Outcome> outcomes_;
    AccountId account_;
    Outcome* outcome_ = nullptr;
    const tree::Node* at_ = nullptr;
};

/// Whether two documents say the same, whatever their white space.
bool are_same_documents(std::string_view a, std::string_view b);

}  // namespace iamlocal::seed
