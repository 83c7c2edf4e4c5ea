// The decision log for people and tests: one decision explained, pages of them, and all of them as they happen.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "db/database.hpp"
#include "lab/decision_query.hpp"
#include "service/decisions.hpp"
#include "store/keyring.hpp"
#include "wire/request.hpp"
#include "wire/response.hpp"

namespace iamlocal::lab {

class Decisions {
  public:
    /// What it needs; all must outlive it. `keyring` and `entropy` seal what DecodeAuthorizationMessage opens, and the
    /// database knows the ARNs behind the ids of trust policies.
    struct Sources {
        service::DecisionLog& log;
        db::Database& database;
        const store::Keyring& keyring;
        Entropy& entropy;
        const Clock& clock;
        std::string enforcement;  ///< as health shows it
    };
    explicit Decisions(Sources sources) : sources_(std::move(sources)) {}

    static constexpr std::string_view root = "/_iamlocal/decisions";
    /// Whether the path, without query, is one of these.
    static bool owns(std::string_view path);
    /// Answers a GET. Callable from every worker at once.
    void handle(const wire::Request& request, wire::Response& response) const;
    /// Forgets all.
    void clear() const { sources_.log.clear(); }

  private:
    void stream(DecisionQuery query, wire::Response& response) const;
    void one(std::string_view id, bool as_text, wire::Response& response) const;
    std::string trust_text(const service::DecisionRecord& record) const;
    std::string text_of(const service::DecisionRecord& record) const;
    std::string json_of(const service::DecisionRecord& record) const;

    Sources sources_;
    mutable std::atomic<unsigned> streams_{0};  ///< that live
};

}  // namespace iamlocal::lab
