#include "admin/pending_json.hpp"

#include <fmt/format.h>

#include "base/time_format.hpp"

namespace iamlocal::admin {
namespace {

std::string exact_time(Instant at) { return format_iso8601(std::chrono::ceil<std::chrono::milliseconds>(at)); }

}  // namespace

nlohmann::ordered_json json_of(const db::PendingChanges& pending) {
    nlohmann::ordered_json changes = nlohmann::ordered_json::array();
    for (const db::PendingChange& change : pending.oldest) {
        nlohmann::ordered_json shown{{"action", change.action}};
        if (!change.resource.empty()) shown["resource"] = change.resource;
        shown["made"] = exact_time(change.made);
        shown["shown"] = exact_time(change.shown);
        shown["counts"] = exact_time(change.counts);
        changes.push_back(std::move(shown));
    }
    return {{"count", pending.count}, {"changes", std::move(changes)}};
}

std::string text_of(const db::PendingChanges& pending) {
    if (pending.count == 0) return {};
    std::string out = fmt::format("Not visible yet: {} change{}.\n", pending.count, pending.count == 1 ? "" : "s");
    for (const db::PendingChange& change : pending.oldest)
        out.append(fmt::format("  {}{}{}, made {}: shown from {}, counts from {}\n", change.action,
                               change.resource.empty() ? "" : " on ", change.resource, exact_time(change.made),
                               exact_time(change.shown), exact_time(change.counts)));
    if (pending.count > pending.oldest.size())
        out.append(fmt::format("  and {} more\n", pending.count - pending.oldest.size()));
    return out;
}

}  // namespace iamlocal::admin
