// One thread's door to what programs are told of their machine: the accounts behind src/metadata, whose sessions are
// given out as AssumeRole gives them.
#pragma once

#include <memory>
#include <string>

#include "app/app.hpp"
#include "app/pipeline.hpp"
#include "metadata/sessions.hpp"
#include "sts/role_session.hpp"

namespace iamlocal::app {

class MetadataDoor final : public http::Handler, private metadata::Accounts {
  public:
    explicit MetadataDoor(const Shared& shared);
    ~MetadataDoor() override;

    std::unique_ptr<http::Deferred> handle(const http::Request& request, http::Response& response) override;
    void refuse(http::Fault fault, std::string_view peer, http::Response& response) override;
    void batch_done() override;

  private:
    std::optional<metadata::Profile> find_profile(const metadata::NamedThing& profile) override;
    std::optional<metadata::Role> find_role(const metadata::NamedThing& role) override;
    std::variant<metadata::Session, metadata::Refused> assume(const metadata::Wish& wish) override;

    void answer(http::Response& response);
    void keep_decision(const http::Response& response);
    void record_assumption(const metadata::Wish& wish, const access::Identity& service, const sts::RoleSession& made);

    const Shared& shared_;
    std::unique_ptr<db::Connection> connection_;
    policy::Cache policies_;
    access::OrganizationCache organizations_;
    metrics::ThreadCounts& counts_;
    // Of the request in work.
    Progress progress_;
    std::string_view request_id_;
    std::unique_ptr<access::DecisionRecord> record_ = std::make_unique<access::DecisionRecord>();

    std::string log_lines_;
};

}  // namespace iamlocal::app
