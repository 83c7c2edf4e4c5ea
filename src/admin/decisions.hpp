// The decision log for people and tests: one decision explained, or the latest, pages of them, and all as they happen.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "access/decisions.hpp"
#include "access/rejected_signatures.hpp"
#include "admin/decision_query.hpp"
#include "admin/router.hpp"
#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "db/database.hpp"
#include "http/message/request.hpp"
#include "http/message/response.hpp"
#include "store/keyring.hpp"

namespace iamlocal::admin {

class Decisions {
  public:
    /// What it needs; all must outlive it. `keyring` and `entropy` seal what DecodeAuthorizationMessage opens, and the
    /// database knows the ARNs behind the ids of trust policies.
    struct Sources {
        access::DecisionLog& log;
        const access::RejectedSignatures& rejected_signatures;
        db::Database& database;
        const store::Keyring& keyring;
        Entropy& entropy;
        const Clock& clock;
        std::string enforcement;  ///< as health shows it
    };
    explicit Decisions(Sources sources) : sources_(std::move(sources)) {}

    static constexpr std::string_view root = "/_iamlocal/decisions";
    /// That path and all below it. This must outlive the route.
    Route route() const;

  private:
    void handle(const http::Request& request, http::Response& response) const;
    void stream(DecisionQuery query, http::Response& response) const;
    /// `absent`: what is said where there is no record.
    void show(const std::optional<access::DecisionRecord>& record, bool as_text, std::string_view absent,
              http::Response& response) const;
    std::string trust_text(const access::DecisionRecord& record) const;
    std::string text_of(const access::DecisionRecord& record) const;
    std::string json_of(const access::DecisionRecord& record) const;

    Sources sources_;
    mutable std::atomic<unsigned> streams_{0};  ///< that live
};

}  // namespace iamlocal::admin
