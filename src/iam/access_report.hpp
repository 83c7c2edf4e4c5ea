// What a report on the access of services has found, and how the jobs that make them go on. A report is made when it is
// asked for, and shown a moment later, as AWS's are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/context.hpp"
#include "api/page.hpp"
#include "iam/service_access.hpp"
#include "store/access_reports.hpp"
#include "store/service_uses.hpp"

namespace iamlocal::iam {

using api::Context;

/// A service that may be accessed.
struct ReportedService {
    std::string prefix;
    std::vector<std::string> actions;  ///< those that are tracked and may be allowed; of reports by action only
};

/// A user or role, or an account of an organization.
struct ReportedEntity {
    std::string arn;  ///< of an account its entity path
    std::string type;
    std::string id;
    std::string name;
    std::string path;
};

/// When an entity last asked for an action.
struct ReportedUse {
    std::size_t entity = 0;  ///< its place in the list
    std::string action;      ///< `iam:GetUser`
    Seconds at{};
    std::string region;
};

struct ReportContent {
    std::vector<ReportedService> services;
    std::vector<ReportedEntity> entities;
    std::vector<ReportedUse> uses;

    /// A text to store, and back.
    std::string encode() const;
    static ReportContent decode(std::string_view text);

    /// The last use of the service; null when there is none.
    const ReportedUse* last_use(const ReportedService& service) const;
    /// Of one of its actions.
    const ReportedUse* last_use(const ReportedService& service, std::string_view action) const;
    /// When each entity last used a service, in the order of the entities.
    std::vector<std::optional<Seconds>> last_uses(std::string_view prefix) const;
};

enum class Granularity { services, actions };
/// The services that policies give access to. Takes long.
std::vector<ReportedService> reported_services(const Grants& grants, Granularity granularity);

/// Reports look so far back.
Seconds report_begin(const Context& ctx);
/// What the database has, with what was noted since. `entity_id`: of one entity; empty: of the whole account.
std::vector<store::ServiceUse> uses_of(Context& ctx, std::string_view entity_id);

/// Stores a job and forgets old ones.
void insert_report(Context& ctx, store::AccessReport report);
/// Who may read a job: all keys of a user, one session of a role.
std::string report_caller(const Context& ctx);
/// The caller's job of one of the kinds. Throws NoSuchEntity.
store::AccessReport get_report(Context& ctx, const std::string& job_id, bool of_organization);
bool is_pending(const Context& ctx, const store::AccessReport& report);
Seconds completed_at(const store::AccessReport& report);

/// A part of a list that belongs to a job.
struct ReportPage {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string next;
};
/// Throws ValidationError for a marker that is none, InvalidInput for one of another job or operation. `order`: by what
/// the list is sorted.
ReportPage report_page(const api::PageInput& page, const std::string& job_id, std::string_view order, std::size_t size);

}  // namespace iamlocal::iam
